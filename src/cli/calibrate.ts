import { InvalidArgumentError, Option, type Command } from 'commander';
import { limits } from '../domain/limits.ts';
import { defaultBudget } from '../features/norms/block-budget.ts';
import { parseStandingTime } from '../policy/duration.ts';
import type { CalibrateCommandOptions } from './run-calibrate.ts';

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Give a share above 0 and at most 1, such as 0.005.');
  return value;
}

/** `7d`, `36h`. */
export function past(text: string): number {
  const durationMs = parseStandingTime(text);
  if (durationMs === undefined || durationMs === Infinity || durationMs === 0)
    throw new InvalidArgumentError('Give a whole number and s, m, h or d, such as 7d; at most 365d.');
  return durationMs;
}

/** The champion is one of those that norms may describe. */
function folders(folder: string, those: readonly string[] = []): readonly string[] {
  if (those.length + 1 === limits.normsScoresMax)
    throw new InvalidArgumentError(`Norms describe at most ${limits.normsScoresMax} bundles.`);
  return [...those, folder];
}

export function register(program: Command): void {
  program
    .command('calibrate')
    .description("Learn what is usual on your platform from its past events, without labels: the model's norms.")
    .argument('[files...]', 'events as NDJSON, plain or gzip, each in the order of time')
    .requiredOption('--out <file>', 'where the norms go, as JSON')
    .option('--budget <share>', 'share of the accounts of a day that the score alone may block', share, defaultBudget)
    .addOption(
      new Option(
        '--bundle <folder>',
        'model bundle whose scores are described (default: the champion of models/deployment.json)',
      ).conflicts('withoutScores'),
    )
    .addOption(
      new Option(
        '--also <folder>',
        'a bundle whose scores are described beside it, such as your own before it gets a share of accounts; may be given again',
      )
        .argParser(folders)
        .conflicts('withoutScores'),
    )
    .option('--from-kafka', 'events of the topics that `winnow run` reads, instead of files')
    .addOption(
      new Option('--last <time>', 'how much of the past --from-kafka takes, by the timestamps of records')
        .argParser(past)
        .default(past('7d'), '7d'),
    )
    .option('--without-scores', 'features alone, for a training matrix: no model is needed')
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: its `reference` section counts, and `kafka`').env(
        'WINNOW_CONFIG',
      ),
    )
    .addHelpText(
      'after',
      `
Takes a week of events or more. Files are read in the order given, over one history, and again for a model that takes ranks.
The same events give the same bytes. winnow run takes the file by norms.file, replay and features by --norms.

Examples:
  $ winnow calibrate events.ndjson.gz --out norms.json
  $ winnow calibrate events.ndjson.gz --also models/mine/1 --out norms.json
  $ winnow calibrate --from-kafka --last 14d --config winnow.yaml --out norms.json
  $ winnow calibrate monday.ndjson tuesday.ndjson --out norms.json --budget 0.002`,
    )
    .action(async (files: readonly string[], options: CalibrateCommandOptions, command: Command) => {
      if (files.length > 0 === (options.fromKafka === true))
        command.error('error: give files of events, or --from-kafka', { exitCode: 2 });
      const { runCalibrate } = await import('./run-calibrate.ts');
      await runCalibrate(files, options);
    });
}
