import { Random } from '../../simulation/random.ts';

/** A platform on which the estimates are proven. */
export interface World {
  readonly name: string;
  /** People who have nothing in common with anybody. */
  readonly people: number;
  /** Crowds of honest people that look alike, in the mean; middle of their sizes, and the spread of those on a logarithmic scale. */
  readonly crowds: { readonly count: number; readonly size: number; readonly spread: number };
  readonly campaigns: { readonly count: number; readonly size: number; readonly spread: number };
  /** The share of answers that are wrong, 0 to below 0.5; the estimates are told of it. */
  readonly wrongAnswers: number;
}

const platform: World = {
  name: 'a platform of 19,000 accounts',
  people: 15_000,
  crowds: { count: 80, size: 12, spread: 0.7 },
  campaigns: { count: 200, size: 15, spread: 0.9 },
  wrongAnswers: 0,
};

/** The first one was looked at while the estimates were written. The others were drawn up later; what they showed is why `freedomOf` asks for the weights of clusters, and for what they add. */
export const worlds: readonly [World, ...World[]] = [
  platform,
  {
    ...platform,
    name: 'half as many fakes, in larger campaigns',
    campaigns: { count: 50, size: 30, spread: 1.1 },
  },
  {
    ...platform,
    name: 'twice as many fakes, in small campaigns',
    campaigns: { count: 1_500, size: 4, spread: 0.5 },
  },
  {
    ...platform,
    name: 'large crowds of honest people',
    crowds: { count: 60, size: 40, spread: 0.9 },
  },
  { ...platform, name: 'the first one, where 5 % of the answers are wrong', wrongAnswers: 0.05 },
];

/**
 * A platform that nobody chose: its size, crowds and campaigns are drawn at random. The method was chosen by some of those below 100 and by others made by
 * hand; `winnow estimates prove` shows those from 100 on, which were looked at once it was chosen.
 */
export function drawnWorld(number: number): World {
  const random = new Random(9_000_000 + number);
  return {
    name: `a platform drawn at random, number ${number}`,
    people: Math.round(random.logBetween(5_000, 40_000)),
    crowds: {
      count: Math.round(random.logBetween(10, 200)),
      size: random.logBetween(4, 60),
      spread: random.between(0.3, 1.1),
    },
    campaigns: {
      count: Math.round(random.logBetween(40, 1_500)),
      size: random.logBetween(3, 40),
      spread: random.between(0.3, 1.1),
    },
    wrongAnswers: random.chance(0.25) ? 0.05 : 0,
  };
}

/** The accounts of one hand, or of one crowd of honest people. */
export interface Cohort {
  readonly size: number;
  readonly isFake: boolean;
  /** Middle of the accounts' scores, and their spread, on the logistic scale. */
  readonly middle: number;
  readonly spread: number;
  /** How many of them the rule fires on, 0 to 1. */
  readonly ruleShare: number;
  readonly isInSegment: boolean;
}

/** One quarter: people alone, crowds of people that look alike, and campaigns. */
export function* cohortsOf({ people, crowds, campaigns }: World, random: Random): Generator<Cohort> {
  const single = { size: 1, isFake: false, middle: -3, spread: 2.2 };
  for (let person = 0; person < people; person++)
    yield { ...single, ruleShare: 0.005, isInSegment: random.chance(0.5) };
  for (let crowd = random.poisson(crowds.count); crowd > 0; crowd--) {
    const size = 2 + Math.round(random.logNormal(crowds.size, crowds.spread));
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
  for (let campaign = random.poisson(campaigns.count); campaign > 0; campaign--) {
    const size = 1 + Math.round(random.logNormal(campaigns.size, campaigns.spread));
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
