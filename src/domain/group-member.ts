import type { ProofOfPerson } from './group-terms.ts';
import type { EdgeKind, GroupAction } from './group-verdict.ts';

/** Something that accounts may share, in one epoch: a keyed hash of kind, epoch and value. */
export interface SharedValue {
  readonly kind: EdgeKind;
  readonly epoch: number;
  readonly keyHigh: number;
  readonly keyLow: number;
}

/** The key under which history knows an account. */
export interface AccountKey {
  readonly keyHigh: number;
  readonly keyLow: number;
}

/** What one event says that groups remember. */
export interface GroupSighting extends AccountKey {
  /** The account id: a verdict reaches the account by it. */
  readonly subject: string;
  /** The event's own time, milliseconds since the epoch. */
  readonly timeMs: number;
  /** What it shows of the account; empty where it only adds to what is known of an account that is there. */
  readonly values: readonly SharedValue[];
  /** When the account was made, milliseconds since the epoch; Infinity where that is not known. */
  readonly createdMs: number;
  /** Calibrated probability of fake, 0 to 1; 0 where no model spoke. */
  readonly score: number;
  /** Whether an action stands for the account that no group brought: of its score, a rule, a list or a person. */
  readonly isActedOn: boolean;
  readonly proof: ProofOfPerson | null;
  readonly word: WordOnMember | null;
  /** Whether it says something new of the account beside what it shows: all of its groups are then looked at again. */
  readonly isNews: boolean;
}

/** What a person, or a list that people keep, says of an account. */
export interface WordOnMember {
  /** Event time, milliseconds since the epoch. */
  readonly saidMs: number;
  readonly isGenuine: boolean;
}

/** What a group last said of one of its accounts. */
export interface Told {
  readonly action: GroupAction;
  /** From 1; it rises with each verdict. */
  readonly revision: number;
  /** The time of the verdict, milliseconds since the epoch: no later verdict of the group is dated before it. */
  readonly timeMs: number;
  /** Nobody was told: the group was only watched. */
  readonly isShadow: boolean;
}

/** Something that an account has, and what the group of all that have it last said of the account. */
export interface MemberValue extends SharedValue {
  readonly told: Told | null;
}

/** An account, as groups know it. All that sightings say is merged, so that neither their order nor their number matters. */
export interface GroupMember extends AccountKey {
  readonly subject: string;
  /** The earliest that was said; Infinity where nothing was. */
  readonly createdMs: number;
  /** When it last showed one of its values, milliseconds since the epoch: as old as it was then counts. */
  readonly shownMs: number;
  /** The highest. */
  readonly score: number;
  readonly isActedOn: boolean;
  readonly proofs: readonly ProofOfPerson[];
  /** The latest; of two of the same time the kinder one. */
  readonly word: WordOnMember | null;
  readonly values: readonly MemberValue[];
}

/** Values that one account may have; what comes after is not remembered. */
export const valuesPerMemberMax = 32;

/**
 * A text that tells values apart, and accounts, and sorts as `keyText` does: made several times an event, and in a quarter of the time.
 */
export function compactKey({ keyHigh, keyLow }: AccountKey): string {
  return String.fromCharCode(keyHigh >>> 16, keyHigh & 0xffff, keyLow >>> 16, keyLow & 0xffff);
}

/** The same for people and other programs: 16 hex digits. */
export function keyText({ keyHigh, keyLow }: AccountKey): string {
  return hex(keyHigh) + hex(keyLow);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
