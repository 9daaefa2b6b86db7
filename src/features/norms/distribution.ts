import assert from 'node:assert/strict';
import { limits } from '../../domain/limits.ts';
import type { Distribution } from './norms.ts';

/**
 * Where a distribution is cut: closer at both ends, since what is rare is told apart there, and a model looks there. The first and the
 * last are the smallest and the largest value.
 */
const shares: readonly number[] = [
  0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8,
  0.85, 0.9, 0.925, 0.95, 0.975, 0.985, 0.99, 0.995, 0.9975, 0.999, 1,
];
assert(shares.length === limits.normsCutsMax);

/** Shares are kept to so many decimals: a file stays short, and its text the same everywhere. */
const shareScale = 1e6;

const nothing: readonly number[] = Object.freeze([]);

/**
 * Describes a sample by its cuts: by all of its values where these are few, which most counts are. Values of a sample that are equal are one cut, with the part of the sample that they are: the rank
 * of a value that many share is the middle of theirs.
 *
 * @param values NaN for missing. Sorted in place.
 */
export function describeDistribution(values: Float32Array): Distribution {
  // NaN comes last.
  values.sort();
  const firstMissing = values.findIndex(Number.isNaN);
  const known = values.subarray(0, firstMissing < 0 ? values.length : firstMissing);
  if (known.length === 0) return { missing: 1, values: nothing, below: nothing, upTo: nothing };
  // -0 and 0 are one value, as their comparison says.
  const different = firstDifferent(known, limits.normsCutsMax + 1);
  const cuts =
    different.size <= limits.normsCutsMax
      ? different
      : new Set(shares.map((share) => known[Math.min(known.length - 1, Math.floor(share * known.length))]! + 0));
  const ascending = [...cuts].toSorted((first, second) => first - second);
  return {
    missing: rounded(1 - known.length / values.length),
    values: ascending,
    below: ascending.map((value) => rounded(firstNot(known, (each) => each < value) / known.length)),
    upTo: ascending.map((value) => rounded(firstNot(known, (each) => each <= value) / known.length)),
  };
}

/** Different values of an ascending list, until there are `most`. */
function firstDifferent(ascending: Float32Array, most: number): Set<number> {
  const different = new Set<number>();
  for (const value of ascending) {
    different.add(value + 0);
    if (different.size === most) break;
  }
  return different;
}

/** How many of the first values are so; none behind the first that is not. */
function firstNot(ascending: Float32Array, isSo: (value: number) => boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(ascending[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rounded(share: number): number {
  return Math.round(share * shareScale) / shareScale;
}
