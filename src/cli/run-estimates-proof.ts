import { proveEstimates, type EstimateProof } from '../evaluation/estimates/proof.ts';
import { drawnWorld, worlds, type World } from '../evaluation/estimates/proof-worlds.ts';
import { formatCount, formatShare, table } from './style.ts';

/** Those below were looked at while the method was chosen. */
const firstUnseen = 100;

/** Prints how often the 95 % intervals hold what is true, on several platforms, and how far off it is to count appeals. */
export function runEstimatesProof(seeds: number, drawn: number): void {
  process.stdout.write(
    `${formatCount(seeds)} simulated quarters a platform, each with samples of its own; of the intervals 95 % should hold what is true:\nthe share over all quarters, and not only of the campaigns that came. Where a handful of large crowds are most of who was wrongly blocked it is some less:\na quarter in which none of them came looks like one where there are none. Where most campaigns are alike it is some more.\n`,
  );
  const unseen = Array.from({ length: drawn }, (_, index) => drawnWorld(firstUnseen + index));
  const proofs = [...worlds, ...unseen].map((world) => {
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
  const header = [
    '',
    'true',
    'mean estimate',
    'intervals that hold it',
    'above it',
    'below it',
    'mean width',
    'not enough labels',
  ];
  const lines = rows.map(({ quantity, truth, mean, coverage, tooHigh, tooLow, width, silent }) => [
    quantity,
    ...[truth, mean, coverage, tooHigh, tooLow, width].map(formatShare),
    formatCount(silent),
  ]);
  return `On ${name}\n${table([header, ...lines])}`;
}
