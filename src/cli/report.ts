import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDays, parseQuarter, type Period } from '../reports/period.ts';
import type { QuarterOptions } from './report/run-quarter.ts';
import type { StatementOptions } from './report/run-statements.ts';
import type { TransparencyOptions } from './report/run-transparency.ts';

function quarter(text: string): Period {
  return parseQuarter(text) ?? refuse('Give a quarter, such as 2026-Q3.');
}

function days(text: string): Period {
  return parseDays(text) ?? refuse('Give the first and the last day, such as 2026-01-01/2026-06-30.');
}

/** A time, or the end of a day; milliseconds since the epoch. */
function cutOff(text: string): number {
  const day = parseDays(`${text}/${text}`);
  const timeMs = day === undefined && /^\d{4}-\d{2}-\d{2}T.*Z$/.test(text) ? Date.parse(text) : (day?.untilMs ?? NaN);
  return Number.isNaN(timeMs)
    ? refuse('Give a day, which is its end, or a time such as 2026-10-05T00:00:00Z.')
    : timeMs;
}

function quarterOut(path: string, former: readonly string[] = []): readonly string[] {
  return /\.(html|json|csv)$/.test(path) ? [...former, path] : refuse('Give a path that ends in .html, .json or .csv.');
}

function refuse(message: string): never {
  throw new InvalidArgumentError(message);
}

/** Nothing of a period is known before it begins. @param cutOffMs the clock's time where it is not given */
function refuseBefore({ name, fromMs }: Period, cutOffMs: number | undefined, command: Command): void {
  if ((cutOffMs ?? Date.now()) > fromMs) return;
  command.error(`error: the cut-off is before ${name} begins: give a later --cut-off`, { exitCode: 2 });
}

/** What all reports are asked by. */
function reportCommand(report: Command, name: string, description: string): Command {
  return report
    .command(name)
    .description(description)
    .option('--archive <file>', 'the archive (default: the one that the configuration names)')
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: sections `reports` and `archive` count').env(
        'WINNOW_CONFIG',
      ),
    );
}

export function register(program: Command): void {
  const report = program
    .command('report')
    .description('Answer for what was decided, from the archive: statements of reasons, harmonised report, quarter.');

  reportCommand(report, 'dsa', "Send a statement of reasons for each restriction to the EU's transparency database.")
    .option('--days <first/last>', 'restrictions of these days (default: all that have no statement yet)', days)
    .option(
      '--registered <file>',
      'account_id,registered: the day on which accounts were registered, where decisions do not say it',
    )
    .option('--left-out <file>', 'account_id,decision,why: restrictions that got no statement')
    .option('--out <file>', 'write the statements, one a line, instead of sending them')
    .option('--dry-run', 'tell what would be sent')
    .addHelpText(
      'after',
      `
Only with neither --out nor --dry-run does it connect, and only to reports.dsa.url, with the token of WINNOW_REPORTS_DSA_TOKEN_FILE. Each restriction
comes to have one statement, however often the command is ended and run again. Facts that only the platform knows are settings;
while one is missing the command refuses and names it.

Examples:
  $ winnow report dsa --archive archive.db --config winnow.yaml --dry-run
  $ winnow report dsa --archive archive.db --config winnow.yaml --out statements.ndjson --left-out left-out.csv
  $ winnow report dsa --config winnow.yaml --registered registered.csv`,
    )
    .action(async (options: StatementOptions) => {
      const { runStatements } = await import('./report/run-statements.ts');
      await runStatements(options);
    });

  reportCommand(report, 'transparency', 'Fill parts 6, 7 and 8 of the harmonised report of Regulation (EU) 2024/2835.')
    .requiredOption('--days <first/last>', 'the period, such as 2026-01-01/2026-06-30', days)
    .option('--cut-off <time>', 'count what was known by then (default: now)', cutOff)
    .option(
      '--facts <file>',
      'cells of parts 7 and 8 that only the platform knows, as unknown-facts.json of a run has them',
    )
    .option('--languages <file>', 'account_id,language: the rows by language, which very large platforms have to fill')
    .requiredOption('--out <folder>', 'where the three parts go, and unknown-facts.json')
    .addHelpText(
      'after',
      `
What neither the archive nor the platform says stays empty. unknown-facts.json lists it: put figures where it says null, and give it with --facts.

Examples:
  $ winnow report transparency --archive archive.db --config winnow.yaml --days 2026-01-01/2026-06-30 --out report
  $ winnow report transparency --archive archive.db --config winnow.yaml --days 2026-01-01/2026-06-30 --facts facts.json --languages languages.csv --out report`,
    )
    .action(async (options: TransparencyOptions, command: Command) => {
      refuseBefore(options.days, options.cutOff, command);
      const { runTransparency } = await import('./report/run-transparency.ts');
      await runTransparency(options);
    });

  reportCommand(
    report,
    'quarter',
    'Report a quarter: prevalence, accounts actioned, proactive rate, appealed, restored.',
  )
    .argument('<quarter>', 'such as 2026-Q3', quarter)
    .option('--cut-off <time>', 'count what was known by then (default: now)', cutOff)
    .option('--out <file>', 'quarter.html, quarter.json or quarter.csv; may be given again', quarterOut)
    .addHelpText(
      'after',
      `
The same archive and cut-off give the same report. What was reported is kept in the archive: a later report of the quarter says which
figures it restates.

Examples:
  $ winnow report quarter 2026-Q3 --archive archive.db --cut-off 2026-10-05 --out quarter.html --out quarter.json
  $ winnow report quarter 2026-Q3 --archive archive.db`,
    )
    .action(async (period: Period, options: QuarterOptions, command: Command) => {
      refuseBefore(period, options.cutOff, command);
      const { runQuarter } = await import('./report/run-quarter.ts');
      await runQuarter(period, options);
    });
}
