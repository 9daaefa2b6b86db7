import { catalogue, featureColumn } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { featureGroups, type FeatureGroup } from '../features/feature.ts';

/** [column] the place of its feature's group. */
const groupOfColumn = Uint8Array.from(catalogue, ({ group }) => featureGroups.indexOf(group));

const age = columnOf('account_age_h');
const past = columnOf('account_past_events');
const watched = columnOf('history_age_h');

const phoneBlockSignups = columnOf('phone_prefix_signups_24h');
/** Columns of what is told of numbers near each other. */
const phoneBlock = catalogue.flatMap(({ name }, column) => (name.startsWith('phone_prefix_') ? [column] : []));

/** Columns of what an account does. */
const habits = catalogue.flatMap(({ group }, column) => (group === 'activity' ? [column] : []));

/** An account of this age that also had a life before this week is nobody's throw-away, hours. */
const establishedAgeHours = 720;
const establishedEvents = 10;
/** History that is younger than this cannot tell a life from a sleep: the age alone then counts, hours. */
const watchedHoursMin = 168;

/** A score, and what came of each feature. */
export interface Explained {
  /** Probability of fake, 0 to 1. */
  readonly score: number;
  /** Log-odds by catalogue column, starting at `row`. */
  readonly contributions: Float32Array;
  readonly row: number;
}

/**
 * The group of features that alone carries a score to where it blocks: without what the group adds to the log-odds, the score would
 * not even ask for a challenge. Null when no group does: then others agree with the strongest.
 *
 * One group can be turned against somebody: a device by accounts made on it, a mailbox by signups in its name, an account's
 * requests by whoever took it over.
 *
 * @param challenge probability from which a challenge is due.
 */
export function carryingGroup({ score, contributions, row }: Explained, challenge: number): FeatureGroup | null {
  const sums = new Float64Array(featureGroups.length);
  for (let column = 0; column < featureCount; column++) sums[groupOfColumn[column]!]! += contributions[row + column]!;
  let strongest = 0;
  for (let group = 1; group < sums.length; group++) if (sums[group]! > sums[strongest]!) strongest = group;
  return logOdds(score) - sums[strongest]! < logOdds(challenge) ? featureGroups[strongest]! : null;
}

/**
 * Whether neighbouring numbers alone carry a score to where it blocks: without them it would not even ask for a challenge. A relief
 * organisation hands out SIM cards of one batch, and a school or a firm has a block of its own.
 * @param challenge probability from which a challenge is due.
 */
export function carryingPhoneBlock(explained: Explained, challenge: number): 'phone-block' | null {
  return logOddsWithout(phoneBlock, explained) < logOdds(challenge) ? 'phone-block' : null;
}

/**
 * Whether what an account does carries a score to where it blocks: without it, the account would sooner be genuine. How much, how fast and
 * with whom people deal is another thing on each platform, and an evening of quick talk on one is what only programs do on another.
 */
export function carryingHabits(explained: Explained): 'activity' | null {
  return logOddsWithout(habits, explained) < 0 ? 'activity' : null;
}

function logOddsWithout(columns: readonly number[], { score, contributions, row }: Explained): number {
  let added = 0;
  for (const column of columns) added += contributions[row + column]!;
  return logOdds(score) - added;
}

/** Whether others signed up with numbers of the block of this one. @param row where the features of the event begin. */
export function sharesPhoneBlock(features: Float32Array, row: number): boolean {
  return features[row + phoneBlockSignups]! > 1;
}

/** Whether an account is old and had a life before this week. @param row where its features begin. */
export function isEstablished(features: Float32Array, row: number): boolean {
  if (!(features[row + age]! >= establishedAgeHours)) return false;
  return features[row + past]! >= establishedEvents || !(features[row + watched]! >= watchedHoursMin);
}

/** Nearly 0 and nearly 1 have finite log-odds too: scores are kept in 32 bits. */
const probabilityMargin = 2 ** -24;

function logOdds(probability: number): number {
  const bounded = Math.min(1 - probabilityMargin, Math.max(probabilityMargin, probability));
  return Math.log(bounded / (1 - bounded));
}

function columnOf(name: string): number {
  return featureColumn(name)!;
}
