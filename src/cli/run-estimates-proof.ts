import { proveEstimates, type EstimateProof } from '../evaluation/estimates/proof.ts';
import { worlds, type World } from '../evaluation/estimates/proof-worlds.ts';
import { formatCount, formatShare, table } from './style.ts';

/** Prints how often the 95 % intervals hold what is true, on several platforms, and how far off it is to count appeals. */
export function runEstimatesProof(seeds: number): void {
  process.stdout.write(
    `${formatCount(seeds)} simulated quarters a platform, each with samples of its own; of the intervals 95 % should hold what is true.\nWhere a few large campaigns or crowds bring most of what varies it is some less: they are too few to be known by.\n`,
  );
  const proofs = worlds.map((world) => {
    const proof = proveEstimates(seeds, world);
    process.stdout.write(`\n${describeProof(world, proof)}`);
    return proof;
  });
  const { naive } = proofs[0]!;
  process.stdout.write(
    `\nOn the first, 1 less the share of blocks that appeals overturned says ${formatShare(naive.mean)} (${formatShare(naive.low)} to ${formatShare(naive.high)}) of a precision of ${formatShare(naive.truth)}:\n` +
      `  it counts ${formatShare(1 - naive.mean)} wrong blocks where ${formatShare(1 - naive.truth)} are.\n`,
  );
}

function describeProof({ name }: World, { rows }: EstimateProof): string {
  const header = ['', 'true', 'mean estimate', 'intervals that hold it', 'mean width', 'not enough labels'];
  const lines = rows.map(({ quantity, truth, mean, coverage, width, silent }) => [
    quantity,
    ...[truth, mean, coverage, width].map(formatShare),
    formatCount(silent),
  ]);
  return `On ${name}\n${table([header, ...lines])}`;
}
