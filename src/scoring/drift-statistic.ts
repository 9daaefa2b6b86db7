import type { Distribution } from '../features/norms/norms.ts';

/** What came of one type, held against its norms. */
export interface Comparison {
  /** Population stability index: the sum over bins of (came - usual) × ln(came / usual). */
  readonly index: number;
  /** Bins less one. */
  readonly freedom: number;
  /** Accounts that what came is of: events of one account are no separate witnesses. */
  readonly accounts: number;
  /** The same of the norms. */
  readonly normAccounts: number;
  /** Events that it stands for. */
  readonly events: number;
}

/** Share that a bin of known values has at least: with less, chance fills and empties it. */
const binShareMin = 0.1;
/** What an empty bin is taken for: the index would be infinite. */
const shareFloor = 1e-3;
/** Chance of one false alarm among all features of a window. */
const falseAlarms = 0.001;

/** Counts values into bins of at least a tenth of what is usual, and one for what is missing. @param values NaN for missing. */
export function compare(usual: Distribution, values: Float32Array): Pick<Comparison, 'index' | 'freedom'> {
  const { edges, shares } = binsOf(usual);
  const counts = new Array<number>(shares.length).fill(0);
  // By index: half a million values a window pass here, on the loop that handles the stream.
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    let bin = 0;
    if (!Number.isNaN(value)) while (value > edges[bin++]!);
    counts[bin]!++;
  }
  let index = 0;
  for (const [bin, share] of shares.entries()) {
    const [came, expected] = [Math.max(shareFloor, counts[bin]! / values.length), Math.max(shareFloor, share)];
    index += (came - expected) * Math.log(came / expected);
  }
  return { index, freedom: Math.max(1, shares.length - 1) };
}

/** The upper edge of each bin of known values, the last Infinity; and the shares, that of the missing first. */
interface Bins {
  readonly edges: Float64Array;
  readonly shares: readonly number[];
}

/** Norms stay, and are asked in every window. */
const binsKnown = new WeakMap<Distribution, Bins>();

function binsOf(usual: Distribution): Bins {
  let bins = binsKnown.get(usual);
  if (bins === undefined) binsKnown.set(usual, (bins = makeBins(usual)));
  return bins;
}

function makeBins({ missing, values, upTo }: Distribution): Bins {
  const edges: number[] = [];
  const shares = [missing];
  let from = 0;
  for (const [at, value] of values.entries()) {
    if (upTo[at]! - from < binShareMin || 1 - upTo[at]! < binShareMin) continue;
    edges.push(Math.fround(value));
    shares.push((upTo[at]! - from) * (1 - missing));
    from = upTo[at]!;
  }
  return { edges: Float64Array.of(...edges, Infinity), shares: [...shares, (1 - from) * (1 - missing)] };
}

/**
 * The drift of one feature over the types that have it. Without drift an index is like chi-square over the two samples: index ÷ (1/n + 1/m)
 * (Yurdakul, 2018), so that what is much in a sample of a hundred may be chance, and what is little in one of a million is none.
 * @param tests how many features are looked at: the more, the more of them look odd by chance.
 */
export function criticalDrift(
  comparisons: readonly Comparison[],
  tests: number,
): { readonly index: number; readonly isMoreThanChance: boolean } {
  let [index, events, statistic, freedom] = [0, 0, 0, 0];
  for (const each of comparisons) {
    index += each.index * each.events;
    events += each.events;
    statistic += each.index / (1 / Math.max(1, each.accounts) + 1 / Math.max(1, each.normAccounts));
    freedom += each.freedom;
  }
  return { index: index / events, isMoreThanChance: statistic > chiSquare(falseAlarms / tests, freedom) };
}

/** The value that chi-square exceeds with the given chance (Wilson and Hilferty, 1931). */
function chiSquare(chance: number, freedom: number): number {
  const part = 2 / (9 * freedom);
  return freedom * (1 - part + normalDeviation(chance) * Math.sqrt(part)) ** 3;
}

/** The deviation that a normal number exceeds with the given chance, below a half (Abramowitz and Stegun 26.2.23). */
function normalDeviation(chance: number): number {
  const t = Math.sqrt(-2 * Math.log(chance));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
}
