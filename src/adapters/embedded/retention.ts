/**
 * What goes first when history is full, as pure arithmetic over a word that each entity has: what was seen of it.
 *
 * An entity has a rank, and the lower one goes first. Ranks are made of what a stranger cannot have cheaply: to be touched once
 * costs one event, to come back costs a second that was no mere attempt, to be regular costs hours, and standing and label are given
 * by decisions and by people. So a flood of names, devices or targets that are used once presses out its like, and not those who
 * come back. Sources: 2Q (Johnson and Shasha, 1994) and S3-FIFO (Yang et al., 2023), which keep what was used once in a queue of its
 * own, so that a scan cannot flush what is used again.
 */
export const ranks = [
  /** Touched by one event, or by attempts alone (failed signups, failed logins). */
  'once',
  /** Touched again by an event that was no attempt. */
  'again',
  /** Came back twice after `awayMsMin` or more. */
  'regular',
  /** An account that has acted and for which another action than allow stands or stood. */
  'standing',
  /** People said what the account is, or what accounts of this entity are. */
  'labelled',
] as const;
export type Rank = (typeof ranks)[number];

/** Milliseconds of event time without a touch after which the next one is a return. */
export const awayMsMin = 3_600_000;

/** Returns that make an entity regular. */
const returnsMin = 2;

// The word, from its lowest bit: acts (2 bits, touches that were no attempts, 2 at most), returns (2 bits), and flags.
const act = 1 << 0;
const actsMask = 3 << 0;
const aReturn = 1 << 2;
const returnsMask = 3 << 2;
/** Touched since it was given its place in its queue. */
const touchedFlag = 1 << 4;
/** Not touched yet. */
const newFlag = 1 << 5;
const standingFlag = 1 << 6;
const labelledFlag = 1 << 7;

/** Of an entity that comes to be by the touch that follows. */
export const unseen = newFlag;

/** Place in `ranks`. */
export function rankOf(seen: number): number {
  if ((seen & labelledFlag) !== 0) return 4;
  const acts = seen & actsMask;
  if ((seen & standingFlag) !== 0 && acts > 0) return 3;
  if ((seen & returnsMask) >= returnsMin * aReturn) return 2;
  return acts > act ? 1 : 0;
}

/**
 * After a touch.
 * @param isAttempt whether the event only tried something: it costs nothing, so it raises no rank.
 * @param idleMs milliseconds since the touch before, NaN for none.
 */
export function seenAgain(seen: number, isAttempt: boolean, idleMs: number): number {
  let now = (seen & newFlag) === 0 ? seen | touchedFlag : seen & ~newFlag;
  if (isAttempt) return now;
  if ((now & actsMask) < 2 * act) now += act;
  if (idleMs >= awayMsMin && (now & returnsMask) < returnsMin * aReturn) now += aReturn;
  return now;
}

/** After an action other than allow came to stand. What stands later, and be it allow, is as worth keeping. */
export function withStanding(seen: number): number {
  return seen | standingFlag;
}

export function withLabel(seen: number, isLabelled: boolean): number {
  return isLabelled ? seen | labelledFlag : seen & ~labelledFlag;
}

/** Whether it was touched since it was given its place, so that it may be given another before it goes. */
export function wasTouched(seen: number): boolean {
  return (seen & touchedFlag) !== 0;
}

export function inNewPlace(seen: number): number {
  return seen & ~touchedFlag;
}
