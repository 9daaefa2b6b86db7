import { InvalidArgumentError, type Command } from 'commander';
import type { EstimatesOptions } from './run-estimates.ts';
import { wholeNumber } from './simulate.ts';

function path(text: string, former: readonly string[] = []): readonly string[] {
  return [...former, text];
}

/** Of answers that are wrong half of the time nothing could be known. */
const wrongShareMax = 0.4;

function wrongShare(text: string): number {
  const share = text.trim() === '' ? NaN : Number(text);
  if (!(share >= 0 && share <= wrongShareMax)) throw new InvalidArgumentError(`Give a share of 0 to ${wrongShareMax}.`);
  return share;
}

export function register(program: Command): void {
  const estimates = program
    .command('estimates')
    .description('How many blocks are right, and how many fakes are found: from random samples, with intervals.');
  estimates
    .command('show')
    .description('Estimate from the samples of past decisions, and what people said of them.')
    .argument(
      '<decisions...>',
      'decisions as NDJSON, of all members, in the order of each account; shadow decisions too',
    )
    .requiredOption(
      '--answers <file>',
      'account_id,label of the page of `winnow queue --samples`; again for each',
      path,
    )
    .option('--queue <file>', 'queue.csv of `winnow queue --samples`: accounts of one group count as one campaign')
    .option('--segments <file>', 'account_id,label,segment: figures for each segment')
    .option('--policy <file>', 'the policy that drew them (default: the one that ships)')
    .option(
      '--wrong-answers <share>',
      'of the answers, the share that is wrong, 0 to 0.4: figures allow for it',
      wrongShare,
      0,
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
The policy draws the samples (src/policy/README.md). Who appeals is no random part of those that were blocked: appeals are not used.

Example:
  $ winnow queue events.ndjson --samples decisions.ndjson --out queue.csv --out queue.html
  $ winnow estimates show decisions.ndjson --answers answers.csv --queue queue.csv`,
    )
    .action(async (files: readonly string[], options: EstimatesOptions) => {
      const { runEstimates } = await import('./run-estimates.ts');
      await runEstimates(files, options);
    });
  estimates
    .command('prove')
    .description('Simulate quarters whose truth is known, and count how often the intervals hold it.')
    .option('--seeds <number>', 'quarters', wholeNumber(10), 1_000)
    .option('--drawn <number>', 'beside five platforms that are given, this many drawn at random', wholeNumber(0), 3)
    .action(async ({ seeds, drawn }: { readonly seeds: number; readonly drawn: number }) => {
      const { runEstimatesProof } = await import('./run-estimates-proof.ts');
      runEstimatesProof(seeds, drawn);
    });
}
