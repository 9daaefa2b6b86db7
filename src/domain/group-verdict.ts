import assert from 'node:assert/strict';

/** What accounts may share that ties them into a group: hard to share by chance, each of its own kind. In the order of reasons. */
export const groupEdgeKinds = ['device', 'mailbox', 'phone', 'avatar', 'bio', 'text', 'name-template'] as const;
export type EdgeKind = (typeof groupEdgeKinds)[number];

/** What a group's verdict may ask for: some of the actions of a decision. `allow`: the group's former verdict is taken back. */
export const groupActions = ['block', 'review', 'allow'] as const;
export type GroupAction = (typeof groupActions)[number];

/** Why a group that could be blocked is only looked at. In `restrained_by` each stands behind `group:`. */
export const groupHolds = [
  /** Too many of its accounts are aged, verified, protected or found genuine. */
  'honest-share',
  /** It is larger than what may be blocked without a person. */
  'size',
  /** All that its accounts share is of one kind. */
  'one-kind',
] as const;
export type GroupHold = (typeof groupHolds)[number];

/** What a member has in common with others of its group: a reason of its decision. */
export interface GroupTie {
  readonly kind: EdgeKind;
  /** Accounts of the group that have it in common with the member, the member among them: 2 or more. */
  readonly accounts: number;
}

/**
 * The verdict of a group about one of its accounts. It travels to whoever owns the account, who decides. It holds no raw value of what
 * the accounts share.
 */
export interface GroupVerdict {
  /** `coh_` and 32 hex digits: the group, the same as long as it lives. */
  readonly cohort: string;
  /** The account id of the member. */
  readonly subject: string;
  readonly action: GroupAction;
  /** What the ties asked for, where `heldBy` restrained it; else as `action`. */
  readonly due: GroupAction;
  /** What restrained it; empty where nothing did. */
  readonly heldBy: readonly GroupHold[];
  /** From 1; it rises whenever the group has another verdict about the member. With cohort, subject and action it makes the id. */
  readonly revision: number;
  /** Kinds of ties that hold the whole group together, each once. */
  readonly kinds: readonly EdgeKind[];
  /** The member's own ties, the rarest first. Empty where the verdict is taken back. */
  readonly ties: readonly GroupTie[];
  /** Accounts of the group, the member among them: 2 or more. */
  readonly size: number;
  /** Of the terms by which it was found (`hashOfTerms`), which need not be those in force when it is decided. Absent where a version from before they were told found it. */
  readonly terms?: string;
  /** Own time of the event by which the group had this verdict, milliseconds since the epoch. */
  readonly timeMs: number;
}

/** A verdict that was found by a row of a batch, whose fate it shares: neither is settled without the other. */
export interface FoundVerdict {
  readonly row: number;
  readonly verdict: GroupVerdict;
}

/** Verdicts that one batch may find. What is beyond it is found by the next one. */
export const verdictsPerBatchMax = 2_048;

/** The form of `GroupVerdict.terms`. */
export const termsPattern = /^[0-9a-f]{16}$/;

/** The form of `GroupVerdict.cohort`. */
export const cohortPattern = /^coh_[0-9a-f]{32}$/;

/** Hex digits of a tag: 24 bits. */
const tagDigits = 6;

/** A number that stands for a group where there is no room for its id: what stands for an account remembers who brought it. 1 to 2²⁴ - 1. */
export function cohortTag(cohort: string): number {
  assert(cohortPattern.test(cohort), 'the id of a group');
  const from = 'coh_'.length;
  return Math.max(1, Number.parseInt(cohort.slice(from, from + tagDigits), 16));
}
