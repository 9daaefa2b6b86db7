import type { Command } from 'commander';

interface FeaturesOptions {
  readonly labels?: string;
  readonly out: string;
}

export function register(program: Command): void {
  program
    .command('features')
    .description('Write the training matrix of a stream: one row per scored event, by the code that serves.')
    .argument('<file>', 'events as NDJSON, plain or gzip; - for standard input')
    .option('--labels <file>', 'account_id,label,segment for each account')
    .requiredOption('--out <file>', 'the matrix as CSV; - for standard output')
    .addHelpText(
      'after',
      `
A missing value is an empty field. The first line names the catalogue's version.

Examples:
  $ winnow features events.ndjson --labels labels.csv --out matrix.csv`,
    )
    .action(async (file: string, { labels, out }: FeaturesOptions) => {
      const { writeMatrixFile } = await import('../app/matrix.ts');
      const rows = await writeMatrixFile({ events: file, out, ...(labels === undefined ? {} : { labels }) });
      process.stderr.write(`Wrote ${rows} rows.\n`);
    });
}
