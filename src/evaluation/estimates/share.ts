import assert from 'node:assert/strict';
import { normalQuantile, studentQuantile } from './quantiles.ts';

/** One account of a random sample that people have judged. */
export interface Judged {
  /** With which it came into the sample, above 0 and at most 1. */
  readonly probability: number;
  /** Whether it has what is asked for. */
  readonly isPart: boolean;
  /** Accounts of one campaign have the same one: together they tell little more than one of them. */
  readonly cluster: string;
}

/** What a sample says of a share of accounts. */
export type Estimate = EstimatedShare | NotEnoughLabels;

export interface EstimatedShare {
  readonly kind: 'estimated';
  /** 0 to 1. */
  readonly share: number;
  /** The 95 % interval, 0 to 1. */
  readonly low: number;
  readonly high: number;
  /** Accounts that were judged. */
  readonly judged: number;
  /** Independent accounts, all equally probable, that would be worth as much. */
  readonly effective: number;
  /** Campaigns and single accounts among them. */
  readonly clusters: number;
}

export interface NotEnoughLabels {
  readonly kind: 'not-enough-labels';
  readonly judged: number;
  /** Of those, the accounts that have it, unweighted: a fact about them, and about nobody else. */
  readonly found: number;
  readonly effective: number;
}

/** What those of a sample leave open about whom nobody answered. */
export interface Unanswered {
  readonly count: number;
  /** The share had all of them been judged as speaks least for it, and most, 0 to 1; null where the sample has nobody. Nothing is assumed of why they were left out. */
  readonly low: number | null;
  readonly high: number | null;
}

/** An account of a sample, judged or not. */
export interface Drawn {
  readonly probability: number;
  readonly isJudged: boolean;
  /** Whether it would have what is asked for, at the least and at the most; null: it would be none of those of whom the share is. */
  readonly least: boolean | null;
  readonly most: boolean | null;
}

/** Effective accounts below which nothing is said. */
export const effectiveMin = 30;

/**
 * The share of accounts that have something, of all that the sample was drawn from: the ratio of Hájek (1971), the sum of weights of those that have it
 * by the sum of all weights, each weight 1 by the probability.
 *
 * Where all have the same weight and each is a cluster of its own, the interval is that of Wilson (1927). Else the variance of the ratio is
 * linearised over clusters, each residual raised by what its cluster pulls the ratio towards itself (Bell and McCaffrey 2002), and the interval is Wilson's for the sample
 * size that would have this variance (Franco, Little, Louis and Slud 2019), with Student's quantile for as many degrees of freedom as there are
 * effective clusters (Carter, Schnepel and Steigerwald 2017), and as the variance is known by (Pan and Wall 2002). Clusters are taken as drawn from all campaigns that there might be: the figure holds for
 * those that come, not only for those that came.
 *
 * Whether enough is known to say anything must not depend on what was found, or the lucky samples would speak: the effective size is that of the
 * clusters' weights (Kish 1965), and at most what it would be were all accounts as rarely drawn as some might be. A sample in which those happen to
 * be missing looks surer than it is.
 * @param rarest the smallest probability that an account of this kind may have had; of those that were drawn, unless given.
 */
export function estimateShare(sample: readonly Judged[], rarest = rarestOf(sample)): Estimate {
  return estimateRatio(
    sample.map(({ probability, isPart, cluster }) => ({ probability, cluster, part: Number(isPart), whole: 1 })),
    rarest,
  );
}

/** What people said of an account of a sample, right or wrong. */
export interface Answered {
  readonly probability: number;
  readonly cluster: string;
  readonly isFake: boolean;
  /** Whether the action took it. */
  readonly isReached: boolean;
}

/**
 * The share of fakes where a known share of the answers is wrong, as often of fakes as of genuine ones (Rogan and Gladen 1978): what was seen is the
 * truth drawn towards a half, and its interval with it. That the share of wrong answers is itself but known roughly is not in the interval.
 * @param wrong 0 to below 0.5
 */
export function estimateTrait(sample: readonly Answered[], wrong: number, rarest = rarestOf(sample)): Estimate {
  const seen = estimateShare(
    sample.map(({ probability, cluster, isFake }) => ({ probability, cluster, isPart: isFake })),
    rarest,
  );
  if (wrong === 0 || seen.kind === 'not-enough-labels') return seen;
  const truth = (share: number): number => Math.min(1, Math.max(0, (share - wrong) / (1 - 2 * wrong)));
  return { ...seen, share: truth(seen.share), low: truth(seen.low), high: truth(seen.high) };
}

/**
 * How many of the fakes were reached, where a known share of the answers is wrong: those who were said to be genuine count too, by as much as they are
 * likely to be fake after all, which is less than nothing where fakes are rarer than wrong answers.
 */
export function estimateRecall(sample: readonly Answered[], wrong: number, rarest = rarestOf(sample)): Estimate {
  const told = wrong === 0 ? sample.filter(({ isFake }) => isFake) : sample;
  return estimateRatio(
    told.map(({ probability, cluster, isFake, isReached }) => {
      const whole = (Number(isFake) - wrong) / (1 - 2 * wrong);
      return { probability, cluster, part: isReached ? whole : 0, whole };
    }),
    rarest,
  );
}

/** What an account adds to the two sums of a ratio. */
interface Weighed {
  readonly probability: number;
  readonly cluster: string;
  readonly part: number;
  readonly whole: number;
}

function estimateRatio(sample: readonly Weighed[], rarest: number): Estimate {
  const counted = sample.filter(({ whole }) => whole > 0);
  const judged = counted.length;
  const clusters = clustersOf(sample);
  const total = sum(clusters, ({ whole }) => whole);
  const weight = sum(clusters, ({ weight: own }) => own);
  const effective = weight === 0 ? 0 : Math.min(kishSize(clusters, weight), weight * rarest);
  // The heaviest of a sample may be its rarest: what rounding takes from thirty is not missing.
  // Nor does a share of nobody say anything: where wrong answers bring more fakes than were told, none may be left.
  if (effective < effectiveMin - 1e-9 || total <= 0) {
    const found = counted.filter(({ part }) => part > 0).length;
    return { kind: 'not-enough-labels', judged, found, effective };
  }
  const share = Math.min(1, Math.max(0, sum(clusters, ({ part }) => part) / total));
  const isSimple = clusters.length === sample.length && clusters.every(({ whole }) => whole === clusters[0]!.whole);
  const interval = isSimple
    ? wilson(share, judged)
    : intervalOf(clusters, share, judged, studentQuantile(Math.min(effective - 1, freedomOf(clusters, share))));
  const found = clusters.filter(({ weight: own }) => own > 0).length;
  return { kind: 'estimated', share, ...interval, judged, effective, clusters: found };
}

/** The bounds of a share over all who were drawn (Horowitz and Manski 2000): wide where many were left unanswered, as is true. */
export function unansweredOf(drawn: readonly Drawn[]): Unanswered {
  const ratio = (end: 'least' | 'most'): number | null => {
    const members = drawn.filter((one) => one[end] !== null);
    if (members.length === 0) return null;
    const part = members.filter((one) => one[end] === true);
    return sum(part, weightOf) / sum(members, weightOf);
  };
  return { count: drawn.filter(({ isJudged }) => !isJudged).length, low: ratio('least'), high: ratio('most') };
}

function weightOf({ probability }: { readonly probability: number }): number {
  return 1 / probability;
}

/** The interval of Wilson for a share of `size` accounts: all that there is where they are none. */
export function wilson(share: number, size: number, quantile = normalQuantile): { low: number; high: number } {
  if (size === 0) return { low: 0, high: 1 };
  const square = quantile ** 2;
  const middle = (share + square / (2 * size)) / (1 + square / size);
  const half = (quantile * Math.sqrt((share * (1 - share)) / size + square / (4 * size ** 2))) / (1 + square / size);
  // At the ends these are the bounds but for what rounding adds.
  return { low: share === 0 ? 0 : Math.max(0, middle - half), high: share === 1 ? 1 : Math.min(1, middle + half) };
}

export function rarestOf(sample: readonly { readonly probability: number }[]): number {
  return sample.reduce((least, { probability }) => Math.min(least, probability), 1);
}

interface Cluster {
  /** Of those who count among whom the share is of. */
  weight: number;
  whole: number;
  part: number;
}

function clustersOf(sample: readonly Weighed[]): readonly Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const { probability, part, whole, cluster } of sample) {
    assert(probability > 0 && probability <= 1, 'who was drawn could be');
    const own = clusters.get(cluster) ?? { weight: 0, whole: 0, part: 0 };
    clusters.set(cluster, own);
    if (whole > 0) own.weight += 1 / probability;
    own.whole += whole / probability;
    own.part += part / probability;
  }
  return [...clusters.values()];
}

function kishSize(clusters: readonly Cluster[], total: number): number {
  return total ** 2 / sum(clusters, ({ weight }) => weight ** 2);
}

/**
 * Wilson's for the simple sample whose share would vary as this one's. Where all that were judged are alike no variance is seen: as many as the
 * clusters are worth. A share that wrong answers have driven to one end varies all the same, as no simple sample of any size does: the
 * interval is that of the clusters, and as wide as the variance says at least.
 */
function intervalOf(
  clusters: readonly Cluster[],
  share: number,
  judged: number,
  quantile: number,
): { low: number; high: number } {
  const variance = varianceOf(clusters, share);
  const worth = kishSize(
    clusters,
    sum(clusters, ({ weight }) => weight),
  );
  const isEnd = share === 0 || share === 1;
  const size = isEnd || variance === 0 ? worth : Math.min(judged, (share * (1 - share)) / variance);
  const { low, high } = wilson(share, size, quantile);
  const reach = isEnd ? quantile * Math.sqrt(variance) : 0;
  return { low: Math.max(0, Math.min(low, share - reach)), high: Math.min(1, Math.max(high, share + reach)) };
}

/** Infinity where one cluster is all that there is, or more than is left of all: nothing is known then. */
function varianceOf(clusters: readonly Cluster[], share: number): number {
  return sum(variancesOf(clusters, share), (own) => own);
}

/** What each cluster adds to the variance. */
function variancesOf(clusters: readonly Cluster[], share: number): readonly number[] {
  const total = sum(clusters, ({ whole }) => whole);
  return clusters.map(({ part, whole }) =>
    whole < total ? (part - share * whole) ** 2 / (1 - whole / total) / total ** 2 : Infinity,
  );
}

/**
 * Degrees of freedom of a variance (Satterthwaite 1946): twice its square by its own variance. That is known in two ways, each blind where the other
 * sees, and the fewer count:
 * - as if each cluster added to it by the square of its weight, as clusters of one hand do, which are right or wrong together. By the weights, and
 *   not by what was found: a few large campaigns bring most of it, whatever they turned out to be;
 * - by how much what the clusters added differs (Pan and Wall 2002), among those that draw the share up and among those that draw it down: how many there are of
 *   either is in Wilson's interval already. A few large crowds of honest people, found among many campaigns that are all fake, bring most
 *   of it however small a part of the sample they are.
 */
function freedomOf(clusters: readonly Cluster[], share: number): number {
  const squares = clusters.map(({ whole }) => whole ** 2);
  const byWeight = sum(squares, (own) => own) ** 2 / sum(squares, (own) => own ** 2);
  const added = variancesOf(clusters, share);
  const isUp = clusters.map(({ part, whole }) => part > share * whole);
  const ofVariance = [true, false].reduce(
    (former, side) => former + spreadOf(added.filter((_, index) => isUp[index] === side)),
    0,
  );
  const byFound = ofVariance > 0 ? (2 * sum(added, (own) => own) ** 2) / ofVariance : Infinity;
  return Math.max(1, Math.min(byWeight, Number.isNaN(byFound) ? 1 : byFound));
}

/** The variance of a sum of as many as these: of one alone nobody knows how much it might differ, and it counts whole. */
function spreadOf(values: readonly number[]): number {
  const count = values.length;
  if (count < 2) return sum(values, (own) => own ** 2);
  const mean = sum(values, (own) => own) / count;
  return (count / (count - 1)) * sum(values, (own) => (own - mean) ** 2);
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
