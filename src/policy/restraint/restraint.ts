import type { Action, Degradation, ScoreHold } from '../../domain/decision.ts';
import type { GroupHold } from '../../domain/group-verdict.ts';
import type { Listed } from '../../domain/listed.ts';
import type { Claim } from '../claim.ts';

/** What is known of an event beside what its evidence asks for: all that a restraint may look at. */
export interface Circumstances {
  /** What was missing; empty when nothing was. */
  readonly degraded: readonly Degradation[];
  /** Why the score alone may not block; undefined where it may. */
  readonly scoreHeldBy: ScoreHold | undefined;
  /** The one group of features that carries the score to a block, where none may alone, or `unexplained`; undefined where others agree. */
  readonly carriedBy: string | undefined;
  /** Whether a person found the account genuine, not so long ago that it no longer counts. */
  readonly isProtected?: boolean;
  /** The strongest action of those enforced rules that fired and that protection does not hold; `allow` where none did. */
  readonly overridingAction?: Action;
  /** Whether a person has ordered that nothing blocks by itself. */
  readonly isKilled?: boolean;
  /** The entries of lists that hold for the event; absent where none does. */
  readonly listed?: Listed | undefined;
  /** Whether the account is let through to see whether it would have been blocked rightly: asked only where nothing else held a block. */
  readonly isHeldOut?: boolean;
  /** What the governor holds of those that ask for a block; absent where it holds none. */
  readonly governed?: Governed | undefined;
  /** What is left of what the account's group asks for, and what holds it; absent where nothing does. */
  readonly group?: HeldGroup | undefined;
}

/** A group's verdict that holds less than what its ties ask for. */
export interface HeldGroup {
  readonly action: Action;
  /** `established`: an account that is old and had a life of its own is no member of a group that one hand made. */
  readonly heldBy: readonly (GroupHold | 'established')[];
}

/** What the governor holds, each named as in `restrained_by`. */
export interface Governed {
  /** Undefined where the score may block. */
  readonly score: string | undefined;
  /** Of the rules that ask for a block; null where one of them may, or none asks. */
  readonly rules: readonly string[] | null;
  /** Absent where the list may block, or none asks. */
  readonly list?: string | undefined;
  /** Of the kinds of ties that hold the group together; absent where they may block, or no group asks. */
  readonly group?: readonly string[] | undefined;
}

/** A claim that is held back, and by what. */
export interface HeldBack {
  readonly claim: Claim;
  /** As in `restrained_by` of a decision: identifiers, without personal data. */
  readonly by: string | readonly string[];
}

/**
 * Holds back what the evidence asks for, for a reason of its own.
 *
 * A restraint is pure and looks at nothing but its two arguments. No action that it returns is stronger than the one that it was given, and
 * it never lets through what another held: `mayLift` only ever becomes false. Its own result it leaves as it is. Null where it
 * holds nothing. What was asked for is kept by the chain, not here.
 */
export type Restraint = (claim: Claim, circumstances: Circumstances) => HeldBack | null;
