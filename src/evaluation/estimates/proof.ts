import { drawOf, sampleOf, type Sampling } from '../../policy/sampling.ts';
import { Random } from '../../simulation/random.ts';
import { cohortsOf, type Cohort, type World } from './proof-worlds.ts';
import { estimateRecall, estimateTrait, type Answered, type Estimate } from './share.ts';

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
  /** Of those quarters, the share whose interval lies above the truth, and the share whose interval lies below it. */
  readonly tooHigh: number;
  readonly tooLow: number;
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

/**
 * Simulates quarters of a platform, one a seed, draws the samples of each by the code that serves, has all that are drawn judged, and
 * counts how often the interval holds what is true. True is the share over all quarters: the figure of a quarter shall hold for the campaigns
 * that come, not only for those that came.
 */
export function proveEstimates(seeds: number, world: World): EstimateProof {
  const tallies = new Map(quantities.map((quantity) => [quantity, { part: 0, whole: 0, estimates: [] as Estimate[] }]));
  const naive: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const quarter = new Quarter(seed, world);
    for (const [quantity, tally] of tallies) {
      const { part, whole, sample } = quarter.of[quantity];
      tally.part += part;
      tally.whole += whole;
      const corrected = quantity === 'recall of block' ? estimateRecall : estimateTrait;
      tally.estimates.push(corrected(sample, world.wrongAnswers, rarest[quantity]));
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
  const tooHigh = told.filter(({ low }) => low > truth).length / told.length;
  const tooLow = told.filter(({ high }) => high < truth).length / told.length;
  return {
    quantity,
    truth,
    mean: meanOf(told.map(({ share }) => share)),
    coverage: 1 - tooHigh - tooLow,
    tooHigh,
    tooLow,
    width: meanOf(told.map(({ low, high }) => high - low)),
    silent: estimates.length - told.length,
  };
}

/** What is true of a quantity in a quarter, and the sample that tells it. */
class Measured {
  part = 0;
  whole = 0;
  readonly sample: Answered[] = [];

  add(isWhole: boolean, isPart: boolean, drawn: Answered | null): void {
    if (isWhole) this.whole++;
    if (isWhole && isPart) this.part++;
    if (drawn !== null) this.sample.push(drawn);
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
  readonly #wrongAnswers: number;

  constructor(seed: number, world: World) {
    this.#random = new Random(seed);
    this.#wrongAnswers = world.wrongAnswers;
    let number = 0;
    for (const cohort of cohortsOf(world, this.#random)) this.#take(cohort, number++);
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
      const isWrong = this.#wrongAnswers > 0 && drawn !== undefined && random.chance(this.#wrongAnswers);
      const probability = drawn === undefined ? NaN : (drawn.ofAny ?? drawn.probability);
      const judged =
        drawn === undefined ? null : { probability, cluster, isFake: isFake !== isWrong, isReached: isBlock };
      if (isBlock) {
        this.of['precision of block'].add(true, isFake, judged);
        if (isInSegment) this.of['precision of block in one segment'].add(true, isFake, judged);
        this.#appeal(isFake);
      }
      if (score >= thresholds.review) this.of['precision of review'].add(true, isFake, judged);
      if (score >= ruleScoreMin && random.chance(ruleShare))
        this.of['precision of a shadow rule'].add(true, isFake, judged);
      this.of['recall of block'].add(isFake, isBlock, judged);
      this.of['prevalence'].add(true, isFake, judged);
    }
  }

  #appeal(isFake: boolean): void {
    this.#blocks++;
    const succeeds = isFake ? appeals.fake * appeals.succeeding : appeals.genuine;
    if (this.#random.chance(succeeds)) this.#overturned++;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
