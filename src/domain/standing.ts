import { strengthOf, type Action } from './decision.ts';

/** The action that stands for an account, and what people last said of it. */
export interface Standing {
  readonly action: Action;
  /** The decision that brought it: what the next one supersedes. Null where none did: a person said that what stood was right. */
  readonly decisionId: string | null;
  /** Event time at which it came to stand, or at which the same evidence came again: milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The last word of a person; absent where none has spoken. */
  readonly word?: Word;
  /** Stores keep it beyond the account's history: no time ends it, or a person's protection is part of it. */
  readonly lasts?: true;
  /** `cohortTag` of the group that brought it, or took it back: it may do so again. Absent where something else did. */
  readonly cohort?: number;
}

/**
 * What a person said of an account, as far as it has to be remembered. It outranks whatever machines find: they may go beyond
 * `holds`, and never below.
 */
export interface Word {
  /** Event time of the label: milliseconds since the epoch. */
  readonly saidMs: number;
  /** The weakest action that may stand: `allow` where the account was found genuine. */
  readonly holds: Action;
  /** Until when the account is protected from automatic blocks: milliseconds since the epoch; 0 where it was found fake. */
  readonly protectedUntilMs: number;
}

/**
 * Whether a word takes the place of another: said later, by the time of its event. Of two that were said in the same millisecond the
 * one that holds less does, in whichever order they come.
 */
export function outranks(word: Pick<Word, 'saidMs' | 'holds'>, former: Word | undefined): boolean {
  if (former === undefined || word.saidMs !== former.saidMs) return word.saidMs > (former?.saidMs ?? -Infinity);
  return strengthOf(word.holds) < strengthOf(former.holds);
}
