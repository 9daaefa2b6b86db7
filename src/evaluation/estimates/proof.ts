import { drawOf, sampleOf, type Sampling } from '../../policy/sampling.ts';
import { Random } from '../../simulation/random.ts';
import { estimateShare, type Estimate, type Judged } from './share.ts';

/** What is estimated of each simulated quarter. */
export const quantities = [
  'precision of block',
  'precision of review',
  'precision of a shadow rule',
  'precision of block in one segment',
  'recall of block',
  'prevalence',
] as const;
export type Quantity = (typeof quantities)[number];

export interface ProofRow {
  readonly quantity: Quantity;
  /** Of all accounts of all quarters together, 0 to 1. */
  readonly truth: number;
  /** Of the quarters with enough labels, the mean of the estimates. */
  readonly mean: number;
  /** Of those quarters, the share whose interval holds the truth. */
  readonly coverage: number;
  /** Mean width of the intervals. */
  readonly width: number;
  /** Quarters without enough labels: nothing is said of them. */
  readonly silent: number;
}

export interface EstimateProof {
  readonly seeds: number;
  readonly rows: readonly ProofRow[];
  /** 1 less the share of blocks that appeals overturned: what is often given for the precision of block. */
  readonly naive: { readonly mean: number; readonly low: number; readonly high: number; readonly truth: number };
}

/** As a platform would draw them that blocks some thousand accounts a quarter. */
const sampling: Sampling = {
  periodMs: Infinity,
  holdOut: [
    { from: 0, probability: 0.1 },
    { from: 0.97, probability: 0.05 },
  ],
  audit: [
    { from: 0, probability: 0.01 },
    { from: 0.3, probability: 0.05 },
    { from: 0.8, probability: 0.1 },
  ],
  watchedTimes: 1,
};
/** The score that the rule takes: below it the audit looks too rarely for figures of one rule. */
const ruleScoreMin = 0.3;
const thresholds = { review: 0.8, block: 0.95 };
/** The smallest probability that an account has of which each quantity speaks. */
const rarest: Readonly<Record<Quantity, number>> = {
  'precision of block': 0.1,
  'precision of review': 0.1,
  'precision of a shadow rule': 0.05,
  'precision of block in one segment': 0.1,
  'recall of block': 0.01,
  prevalence: 0.01,
};
/** How many of those wrongly blocked appeal, and of the fakes; and how many of a fake's appeals succeed. */
const appeals = { genuine: 0.25, fake: 0.05, succeeding: 0.1 };

/** The accounts of one hand, or of one crowd of honest people. */
interface Cohort {
  readonly size: number;
  readonly isFake: boolean;
  /** Middle of the accounts' scores, and their spread, on the logistic scale. */
  readonly middle: number;
  readonly spread: number;
  /** How many of them the rule fires on, 0 to 1. */
  readonly ruleShare: number;
  readonly isInSegment: boolean;
}

/**
 * Simulates quarters of a platform, one a seed, draws the samples of each by the code that serves, has all that are drawn judged, and
 * counts how often the interval holds what is true. True is the share over all quarters: the figure of a quarter shall hold for the campaigns
 * that come, not only for those that came.
 */
export function proveEstimates(seeds: number): EstimateProof {
  const tallies = new Map(quantities.map((quantity) => [quantity, { part: 0, whole: 0, estimates: [] as Estimate[] }]));
  const naive: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const quarter = new Quarter(seed);
    for (const [quantity, tally] of tallies) {
      const { part, whole, sample } = quarter.of[quantity];
      tally.part += part;
      tally.whole += whole;
      tally.estimates.push(estimateShare(sample, rarest[quantity]));
    }
    naive.push(quarter.oneLessOverturned);
  }
  const rows = quantities.map((quantity) => rowOf(quantity, tallies.get(quantity)!));
  const sorted = naive.toSorted((first, second) => first - second);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { seeds, rows, naive: { mean: meanOf(naive), low: at(0.025), high: at(0.975), truth: rows[0]!.truth } };
}

function rowOf(
  quantity: Quantity,
  { part, whole, estimates }: { part: number; whole: number; estimates: readonly Estimate[] },
): ProofRow {
  const truth = part / whole;
  const told = estimates.filter((one) => one.kind === 'estimated');
  return {
    quantity,
    truth,
    mean: meanOf(told.map(({ share }) => share)),
    coverage: told.filter(({ low, high }) => low <= truth && truth <= high).length / told.length,
    width: meanOf(told.map(({ low, high }) => high - low)),
    silent: estimates.length - told.length,
  };
}

/** What is true of a quantity in a quarter, and the sample that tells it. */
class Measured {
  part = 0;
  whole = 0;
  readonly sample: Judged[] = [];

  add(isPart: boolean, drawn: Omit<Judged, 'isPart'> | null): void {
    this.whole++;
    if (isPart) this.part++;
    if (drawn !== null) this.sample.push({ ...drawn, isPart });
  }
}

class Quarter {
  readonly of = Object.fromEntries(quantities.map((quantity) => [quantity, new Measured()])) as Record<
    Quantity,
    Measured
  >;
  #blocks = 0;
  #overturned = 0;
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
    let number = 0;
    for (const cohort of cohortsOf(this.#random)) this.#take(cohort, number++);
  }

  get oneLessOverturned(): number {
    return 1 - this.#overturned / this.#blocks;
  }

  #take({ size, isFake, middle, spread, ruleShare, isInSegment }: Cohort, number: number): void {
    const random = this.#random;
    for (let account = 0; account < size; account++) {
      const score = 1 / (1 + Math.exp(-(middle + spread * random.normal())));
      const isBlock = score >= thresholds.block;
      const drawn = sampleOf(drawOf(sampling, random.unit(), score, false), isBlock);
      // Crowds of honest people are as many clusters as campaigns are: who blocks one of a class blocks the class.
      const cluster = size === 1 ? `alone ${number}` : `cohort ${number}`;
      const judged = drawn === undefined ? null : { probability: drawn.ofAny ?? drawn.probability, cluster };
      if (isBlock) {
        this.of['precision of block'].add(isFake, judged);
        if (isInSegment) this.of['precision of block in one segment'].add(isFake, judged);
        this.#appeal(isFake);
      }
      if (score >= thresholds.review) this.of['precision of review'].add(isFake, judged);
      if (score >= ruleScoreMin && random.chance(ruleShare)) this.of['precision of a shadow rule'].add(isFake, judged);
      if (isFake) this.of['recall of block'].add(isBlock, judged);
      this.of['prevalence'].add(isFake, judged);
    }
  }

  #appeal(isFake: boolean): void {
    this.#blocks++;
    const succeeds = isFake ? appeals.fake * appeals.succeeding : appeals.genuine;
    if (this.#random.chance(succeeds)) this.#overturned++;
  }
}

/** One quarter: people alone, crowds of people that look alike, and campaigns from a few accounts to some hundred. */
function* cohortsOf(random: Random): Generator<Cohort> {
  const single = { size: 1, isFake: false, middle: -3, spread: 2.2 };
  for (let person = 0; person < 15_000; person++)
    yield { ...single, ruleShare: 0.005, isInSegment: random.chance(0.5) };
  for (let crowd = random.poisson(80); crowd > 0; crowd--) {
    const size = 2 + Math.round(random.logNormal(12, 0.7));
    const middle = -1 + 2 * random.normal();
    yield {
      size,
      isFake: false,
      middle,
      spread: 1,
      ruleShare: random.chance(0.3) ? 0.7 : 0,
      isInSegment: random.chance(0.5),
    };
  }
  for (let campaign = random.poisson(200); campaign > 0; campaign--) {
    const size = 1 + Math.round(random.logNormal(15, 0.9));
    const middle = 4.2 + 2 * random.normal();
    yield {
      size,
      isFake: true,
      middle,
      spread: 1,
      ruleShare: random.chance(0.4) ? 0.8 : 0,
      isInSegment: random.chance(0.5),
    };
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
