import { Option, type Command } from 'commander';
import type { ReplayCommandOptions } from './run-replay.ts';

export function register(program: Command): void {
  program
    .command('replay')
    .description('Take past events through the pipeline: what would this model and this policy have decided?')
    .argument('<file>', 'events as NDJSON, plain or gzip; - for standard input')
    .option('--out <file>', 'decisions as NDJSON; - for standard output, with everything else on standard error')
    .option('--dead-letters <file>', 'lines that are no event, unchanged')
    .option(
      '--bundle <folder>',
      'model bundle, models/<name>/<version> (default: the champion of models/deployment.json)',
    )
    .option('--policy <file>', 'policy document (default: the one that ships)')
    .option(
      '--norms <file>',
      'what is usual on the platform, by `winnow calibrate`: without it the score alone asks for review at most',
    )
    .option(
      '--lists <file>',
      'whom people let through, stop and watch, by `winnow list`; entries end by the time of the events',
    )
    .option(
      '--archive <file>',
      'an archive to fill, made where it is not there: for `winnow report` and `winnow evidence`',
    )
    .option('--report <file>', 'what it came to as a page, report.html')
    .option('--labels <file>', 'account_id,label,segment for each account: adds precision, recall and campaigns')
    .addOption(
      new Option(
        '--config <file>',
        'as `winnow run` has it: its `reference` section counts, and state.keySecret for lists',
      ).env('WINNOW_CONFIG'),
    )
    .addOption(
      new Option('--emit <which>', 'changes of what stands for an account, or one decision per event, allow too')
        .choices(['changes', 'all'])
        .default('changes'),
    )
    .option('--json', 'the summary as JSON')
    .addHelpText(
      'after',
      `
The same events, model and policy give the same bytes. The stream may be larger than memory.

Examples:
  $ winnow replay events.ndjson.gz --out decisions.ndjson
  $ winnow replay events.ndjson --labels labels.csv --policy stricter.yaml --json
  $ winnow replay events.ndjson --norms norms.json --out decisions.ndjson
  $ winnow replay events.ndjson --emit all --archive archive.db
  $ zcat events.gz | winnow replay - --emit all --out - | jq .data.score`,
    )
    .action(async (file: string, options: ReplayCommandOptions) => {
      const { runReplay } = await import('./run-replay.ts');
      await runReplay(file, options, { total: null });
    });
}
