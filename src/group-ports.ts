import type { AccountKey, GroupMember, GroupSighting, SharedValue, Told } from './domain/group-member.ts';
import type { FoundVerdict } from './domain/group-verdict.ts';
import type { Standing } from './domain/standing.ts';
import type { EventFacts } from './features/facts.ts';
import type { ObservationBatch } from './features/observation.ts';

/** Groups of accounts, as the path sees whoever finds them, and as those see where what accounts share is remembered. */

/** A batch that has been decided, as whoever looks for groups sees it. */
export interface GroupBatch {
  readonly facts: readonly EventFacts[];
  readonly observations: ObservationBatch;
  /** The rows to look at, rising: those that this batch settles, labels and requests for erasure among them, and not what was sent twice. */
  readonly rows: readonly number[];
  /** [count] as in `SnapshotBatch`. */
  readonly fates: Uint8Array;
  /** [count × featureCount] NaN for missing. */
  readonly features: Float32Array;
  /** [count] calibrated probabilities of fake, NaN where a row was not scored; null where no model spoke. */
  readonly scores: Float32Array | null;
  /** [count] what stands for each row's account after the batch; undefined where nothing does. */
  readonly standings: readonly (Standing | undefined)[];
}

/** What groups say after a batch. */
export interface GroupFindings {
  /** At most `verdictsPerBatchMax`, in the order of groups; what is beyond is found by a later call. */
  readonly verdicts: readonly FoundVerdict[];
  /** All of them were delivered: they are not found again. Rejects as `find` does, and may then be called again. */
  delivered(): Promise<void>;
}

/**
 * Finds accounts that one hand made alike.
 *
 * - Called once a batch, after it was decided and before anything of it is sent. Calls for one partition come one after the other; calls
 *   for different partitions may overlap.
 * - A verdict is found when the group has it, for members of before as well, whoever owns them; and again, with the same revision, until
 *   `delivered` was called, which is once the batch is settled: after a crash, by whichever row touches the group next. The account's owner
 *   takes a verdict that comes twice for one.
 * - A label `genuine` of a member counts against the group from the call on that has its row: what was asked for is taken back, or made
 *   less, by verdicts of a higher revision; a group that people overturned does not form again of the same accounts.
 * - It rejects with `FailureError` `STORE_UNAVAILABLE` and nothing else: the batch is then taken again.
 */
export interface GroupFinder {
  find(batch: GroupBatch, signal: AbortSignal): Promise<GroupFindings>;
}

/** A value, and the accounts that have it. */
export interface HeldValue {
  readonly value: SharedValue;
  /** In the order of their keys. Empty where the value is common. */
  readonly holders: readonly GroupMember[];
  /** A group was made of it and ended, since too many have it. */
  readonly isCommon: boolean;
  /** Accounts that came in its epoch or in the one before, whichever were more; of a store of several parts an estimate. */
  readonly population: number;
}

/** What a group said of one of its accounts. */
export interface ToldChange {
  readonly account: AccountKey;
  readonly value: SharedValue;
  readonly told: Told;
}

/**
 * What accounts have in common. It remembers an account as long as something of it counts, and keeps no raw value.
 *
 * All that it is told may be told again, in any order and by several at once, and comes to the same: so it needs no watermark, and a
 * batch that comes again changes nothing. All calls reject with `FailureError` `STORE_UNAVAILABLE` and nothing else, and may be repeated.
 */
export interface GroupStore {
  /**
   * Remembers what sightings say. Returns each value that two or more accounts have, once: of those that are shown, and of an account of
   * which there is news all that it has. Of two who show the same value at once, at least one is returned both.
   */
  take(sightings: readonly GroupSighting[]): Promise<readonly HeldValue[]>;
  /** [values] how many accounts have each; Infinity for one that is common. */
  count(values: readonly SharedValue[]): Promise<readonly number[]>;
  /**
   * Once their accounts are told: remembers what groups said. What is common from then on has no holders any more. An account that is
   * not known stays so.
   */
  tell(changes: readonly ToldChange[], common: readonly SharedValue[]): Promise<void>;
  /** Forgets an account, and that it had what it had. One that is not known stays so. */
  forget(account: AccountKey): Promise<void>;
  /** Accounts held now. */
  size(): number;
  close(): Promise<void>;
}
