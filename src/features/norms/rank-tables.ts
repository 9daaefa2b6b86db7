import type { Distribution } from './norms.ts';

/** How the ranks of one distribution are found, as records of ranks.wat say it. */
export interface RankTable {
  /** The first bucket: what is lower belongs to it as well. */
  readonly lowest: number;
  /** At least one and at most `bucketsMax`. What is higher than the last belongs to that. */
  readonly buckets: readonly Bucket[];
  /** Ascending, before them the least number: nothing is below it. */
  readonly cuts: readonly Cut[];
}

export interface Bucket {
  /** The value that is likely, and its rank: most features are counts, and most counts are one of few. NaN for none. */
  readonly value: number;
  readonly rank: number;
  /** The place among the cuts of the last that no value of the bucket is below. */
  readonly start: number;
}

/** The rank of a value that is the cut is `rank`; behind it ranks go `above + (value - cut) × slope`, and no higher than `end`. */
export interface Cut {
  readonly cut: number;
  readonly rank: number;
  readonly above: number;
  readonly slope: number;
  readonly end: number;
}

/**
 * Bits of a float32 that its bucket leaves open: it has the sign, the exponent and four more, so that each count up to 32 has a bucket of its
 * own.
 */
export const openBits = 19;

/** Buckets of a distribution: enough for cuts of which one is 2^63 times another. What is lower is looked up from its first cut on. */
const bucketsMax = 1_024;

/** Nothing is below it: the difference to minus infinity would be infinite. */
const least: Cut = { cut: -(2 ** 127) * (2 - 2 ** -23), rank: 0, above: 0, slope: 0, end: 0 };

/** @param distribution of at least one value. */
export function rankTable({ values, below, upTo }: Distribution): RankTable {
  const cuts = values.map((value, at): Cut => {
    const cut = Math.fround(value);
    const rank = (below[at]! + upTo[at]!) / 2;
    const end = below[at + 1];
    if (end === undefined) return { cut, rank, above: 1, slope: 0, end: 1 };
    return { cut, rank, above: upTo[at]!, slope: (end - upTo[at]!) / (Math.fround(values[at + 1]!) - cut), end };
  });
  const keys = cuts.map(({ cut }) => bucketOf(cut));
  const highest = keys.at(-1)!;
  // Below the second cut there is one bucket: numbers between 0 and 1 need none of their own.
  const lowest = Math.max(keys[1] ?? highest, highest - bucketsMax + 2) - 1;
  const cutIn = new Map(keys.map((key, at) => [Math.max(lowest, key), cuts[at]!] as const).toReversed());
  const buckets: Bucket[] = [];
  for (let bucket = lowest, start = 0; bucket <= highest; bucket++) {
    if (bucket > lowest) while (start < cuts.length && cuts[start]!.cut <= lowestOf(bucket)) start++;
    const { cut: value, rank } = cutIn.get(bucket) ?? nothing;
    buckets.push({ value, rank, start });
  }
  return { lowest, buckets, cuts: [least, ...cuts] };
}

const nothing = { cut: NaN, rank: NaN };
const scratch = new DataView(new ArrayBuffer(4));

/** Never lower for a higher value. */
function bucketOf(value: number): number {
  scratch.setFloat32(0, value);
  return ascending(scratch.getInt32(0)) >> openBits;
}

/** The lowest float of a bucket. */
function lowestOf(bucket: number): number {
  scratch.setInt32(0, ascending(bucket << openBits));
  return scratch.getFloat32(0);
}

/** Makes the bits of a float32 ascend with its value. */
function ascending(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fff_ffff);
}
