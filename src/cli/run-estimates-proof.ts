import { proveEstimates } from '../evaluation/estimates/proof.ts';
import { formatCount, formatShare, table } from './style.ts';

/** Prints how often the 95 % intervals hold what is true, and how far off it is to count appeals. */
export function runEstimatesProof(seeds: number): void {
  const { rows, naive } = proveEstimates(seeds);
  const header = ['', 'true', 'mean estimate', 'intervals that hold it', 'mean width', 'not enough labels'];
  const lines = rows.map(({ quantity, truth, mean, coverage, width, silent }) => [
    quantity,
    ...[truth, mean, coverage, width].map(formatShare),
    formatCount(silent),
  ]);
  process.stdout.write(
    `${formatCount(seeds)} simulated quarters, each with samples of its own; of the intervals 95 % should hold what is true\n${table([header, ...lines])}` +
      `\n1 less the share of blocks that appeals overturned says ${formatShare(naive.mean)} (${formatShare(naive.low)} to ${formatShare(naive.high)}) of a precision of ${formatShare(naive.truth)}:\n` +
      `  it counts ${formatShare(1 - naive.mean)} wrong blocks where ${formatShare(1 - naive.truth)} are.\n`,
  );
}
