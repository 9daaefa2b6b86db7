import { InvalidArgumentError, Option, type Command } from 'commander';

interface FeaturesOptions {
  readonly labels?: string;
  readonly config?: string;
  readonly out: string;
}

/** Where the matrix goes: the ending says in which format, so that a wrong one is not taken for CSV. */
function matrixPath(path: string): string {
  if (path !== '-' && !path.endsWith('.csv') && !path.endsWith('.parquet'))
    throw new InvalidArgumentError('Give a path that ends in .csv or .parquet, or - for CSV on standard output.');
  return path;
}

export function register(program: Command): void {
  program
    .command('features')
    .description('Write the training matrix of a stream: one row per scored event, by the code that serves.')
    .argument('<file>', 'events as NDJSON, plain or gzip; - for standard input')
    .option('--labels <file>', 'account_id,label,segment for each account')
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: its `reference` section counts').env('WINNOW_CONFIG'),
    )
    .requiredOption('--out <file>', 'the matrix, .csv or .parquet; - for CSV on standard output', matrixPath)
    .addHelpText(
      'after',
      `
A missing value is an empty field in CSV and null in Parquet. Both name the catalogue's version and each feature's group.

Examples:
  $ winnow features events.ndjson --labels labels.csv --out matrix.parquet`,
    )
    .action(async (file: string, { labels, config, out }: FeaturesOptions) => {
      const { writeMatrixFile } = await import('../evaluation/matrix.ts');
      const { offlineSettings } = await import('./offline-settings.ts');
      const winnowVersion = program.version()!;
      const { rows, leftOut, unreadable, unusedLabels } = await writeMatrixFile({
        events: file,
        out,
        winnowVersion,
        reference: offlineSettings(config),
        ...(labels === undefined ? {} : { labels }),
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
