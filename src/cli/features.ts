import { InvalidArgumentError, Option, type Command } from 'commander';
import { rankable } from '../features/norms/forms.ts';
import { past } from './calibrate.ts';
import { time } from './import.ts';
import type { FeaturesCommandOptions } from './run-features.ts';

/** Where the matrix goes: the ending says in which format, so that a wrong one is not taken for CSV. */
function matrixPath(path: string): string {
  if (path !== '-' && !path.endsWith('.csv') && !path.endsWith('.parquet'))
    throw new InvalidArgumentError('Give a path that ends in .csv or .parquet, or - for CSV on standard output.');
  return path;
}

/** Features that become ranks: `all` that have one, or names. */
function rankedFeatures(text: string): readonly string[] {
  const names = text === 'all' ? rankable : text.split(',');
  const unknown = names.filter((name) => !rankable.includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`No rank is made of ${unknown.slice(0, 5).join(', ')}.`);
  return names;
}

export function register(program: Command): void {
  program
    .command('features')
    .description('Write the training matrix of a stream: one row per scored event, by the code that serves.')
    .argument('[file]', 'events as NDJSON, plain or gzip; - for standard input')
    .option('--from-kafka', 'events of the topics that `winnow run` reads, instead of a file')
    .addOption(
      new Option('--last <time>', 'how much of the past --from-kafka takes, by the timestamps of records')
        .argParser(past)
        .default(past('7d'), '7d'),
    )
    .option('--labels <file>', 'account_id,label,segment for each account')
    .option('--labels-of-events', 'labels that the events say (account.labelled), the last one of each account')
    .option('--labelled', 'rows of labelled accounts alone, none after the own label')
    .option('--from <time>', 'rows of events from then on; what came before is history', time)
    .option('--until <time>', 'rows of events before then', time)
    .addOption(
      new Option(
        '--norms <file>',
        'what is usual in the stream, by `winnow calibrate`: makes the ranks of --ranks',
      ).implies({ ranks: rankable }),
    )
    .option(
      '--ranks <names>',
      'features that become ranks, separated by commas (default: all that have one)',
      rankedFeatures,
    )
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: its `reference` section counts').env('WINNOW_CONFIG'),
    )
    .requiredOption('--out <file>', 'the matrix, .csv or .parquet; - for CSV on standard output', matrixPath)
    .addHelpText(
      'after',
      `
A missing value is an empty field in CSV and null in Parquet. Both name the catalogue's version and each feature's group.

Examples:
  $ winnow features events.ndjson --labels labels.csv --out matrix.parquet
  $ winnow features events.ndjson --labels labels.csv --norms norms.json --out ranks.csv
  $ winnow features --from-kafka --last 28d --config winnow.yaml --labels-of-events --labelled --out matrix.parquet
  $ winnow features events.ndjson --labels labels.csv --from 2026-11-01T00:00:00Z --until 2026-11-15T00:00:00Z --out train.csv`,
    )
    .action(async (file: string | undefined, options: FeaturesCommandOptions, command: Command) => {
      if ((file !== undefined) === (options.fromKafka === true))
        command.error('error: give a file of events, or --from-kafka', { exitCode: 2 });
      const { runFeatures } = await import('./run-features.ts');
      await runFeatures(file, options, program.version()!);
    });
}
