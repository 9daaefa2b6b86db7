import type { Action } from './decision.ts';

/** The action that stands for an account: the last one that was emitted. */
export interface Standing {
  readonly action: Action;
  /** The decision that brought it: what the next one supersedes. */
  readonly decisionId: string;
  /** Event time at which it came to stand, or at which the same evidence came again: milliseconds since the epoch. */
  readonly sinceMs: number;
}
