import { InvalidArgumentError, type Command } from 'commander';

interface SimulateOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly days?: number;
  readonly reviews?: true;
  readonly out: string;
  readonly labels?: string;
}

/** A whole number from the command line. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < minimum)
      throw new InvalidArgumentError(`Give a whole number from ${minimum}.`);
    return value;
  };
}

export function register(program: Command): void {
  program
    .command('simulate')
    .description('Write a simulated stream of signups and activity, with attack campaigns in it, and who is who.')
    .option('--seed <number>', 'the same seed gives the same stream', wholeNumber(0), 1)
    .option('--accounts <number>', 'accounts in the stream', wholeNumber(100), 20_000)
    .option('--days <number>', 'days that the stream covers', wholeNumber(1))
    .option('--reviews', 'with the judgements of people on some accounts, as account.labelled events')
    .requiredOption('--out <file>', 'events as NDJSON; - for standard output')
    .option('--labels <file>', 'account_id,label,segment for each account')
    .addHelpText(
      'after',
      `
Examples:
  $ winnow simulate --seed 7 --accounts 20000 --out events.ndjson --labels labels.csv
  $ winnow simulate --accounts 1000 --out - | winnow replay - --out decisions.ndjson`,
    )
    .action(async ({ seed, accounts, days, reviews, out, labels }: SimulateOptions) => {
      const { simulateFiles } = await import('../evaluation/simulate-files.ts');
      const options = { seed, accounts, reviews: reviews === true, ...(days === undefined ? {} : { days }) };
      const written = await simulateFiles(options, { events: out, ...(labels === undefined ? {} : { labels }) });
      process.stderr.write(`Wrote ${written.events} events of ${written.accounts} accounts.\n`);
    });
}
