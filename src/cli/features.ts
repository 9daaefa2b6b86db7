import { InvalidArgumentError, Option, type Command } from 'commander';
import { rankable } from '../features/norms/forms.ts';

interface FeaturesOptions {
  readonly labels?: string;
  readonly norms?: string;
  readonly ranks?: readonly string[];
  readonly config?: string;
  readonly out: string;
}

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
    .argument('<file>', 'events as NDJSON, plain or gzip; - for standard input')
    .option('--labels <file>', 'account_id,label,segment for each account')
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
  $ winnow features events.ndjson --labels labels.csv --norms norms.json --out ranks.csv`,
    )
    .action(async (file: string, { labels, norms, ranks = [], config, out }: FeaturesOptions) => {
      const { writeMatrixFile } = await import('../evaluation/matrix.ts');
      const { offlineSettings } = await import('./offline-settings.ts');
      const { loadNormsFile, orThrow } = await import('../app/versions.ts');
      if (norms === undefined && ranks.length > 0) throw new InvalidArgumentError('--ranks takes --norms.');
      const winnowVersion = program.version()!;
      const { rows, leftOut, unreadable, unusedLabels } = await writeMatrixFile({
        events: file,
        out,
        winnowVersion,
        reference: offlineSettings(config),
        ...(labels === undefined ? {} : { labels }),
        ...(norms === undefined ? {} : { ranks: { norms: orThrow(await loadNormsFile(norms)), features: ranks } }),
      });
      const { describeLeftOut, describeUnreadable, describeUnusedLabels } = await import('./left-out.ts');
      const told = [
        `Wrote ${rows} rows.`,
        describeLeftOut(leftOut),
        describeUnreadable(unreadable),
        describeUnusedLabels(unusedLabels),
      ];
      process.stderr.write(`${told.filter((line) => line !== '').join('\n')}\n`);
    });
}
