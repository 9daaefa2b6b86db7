import { afterErasures, wordsOver, wordsThatMatter } from '../domain/legal-hold.ts';
import { limits } from '../domain/limits.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import type { EventFacts } from '../features/facts.ts';
import { entityKinds } from '../features/state.ts';
import type { GroupStore } from '../group-ports.ts';
import type { Governor } from '../policy/governor/governor.ts';
import type { AccountKeys, FeatureStore, LegalHolds } from '../ports.ts';
import type { UnsettledOutcomes } from '../unsettled-outcomes.ts';
import type { AccountTurns } from './account-turns.ts';
import { speaksOfErasure } from './erasures-of-batch.ts';

export interface ErasuresAfterHoldsParts {
  readonly legalHolds: LegalHolds;
  readonly hasher: EntityKeyHasher;
  readonly store: Pick<FeatureStore, 'forget'>;
  readonly groups?: Pick<GroupStore, 'forget'>;
  readonly governor?: Pick<Governor, 'forget'>;
  /** Those of the pipeline: an account is not forgotten while a batch has it in hand, nor brought back by one that was decided before. */
  readonly turns: AccountTurns;
  readonly unsettled: UnsettledOutcomes;
}

const accountKind = entityKinds.indexOf('account');
const targetKind = entityKinds.indexOf('target');

/** Forgets who waited for a hold that ends by itself. One that is lifted needs none of this: its account goes with the word that lifts it. */
export class ErasuresAfterHolds {
  readonly #parts: ErasuresAfterHoldsParts;

  constructor(parts: ErasuresAfterHoldsParts) {
    this.#parts = parts;
  }

  /**
   * Forgets accounts, one after the other. What is cut off is done by the next call. Rejects with `FailureError` `STORE_UNAVAILABLE`, and when `signal` is
   * aborted. Returns how many accounts were forgotten.
   * @param asOfMs what is due by then, milliseconds since the epoch
   * @param isOwn whether this process handles the events of the accounts of a partition; -1: of any
   */
  async forget(asOfMs: number, isOwn: (partition: number) => boolean, signal: AbortSignal): Promise<number> {
    const waiting = await this.#parts.legalHolds.waiting();
    let forgotten = 0;
    for (const { account, partition } of waiting) {
      signal.throwIfAborted();
      if (isOwn(partition) && (await this.#forgetOne(account, asOfMs, signal))) forgotten += 1;
    }
    return forgotten;
  }

  /** `tidyHolds`. Rejects as `forget` does. */
  tidy(nowMs: number, signal: AbortSignal): Promise<void> {
    return tidyHolds(this.#parts.legalHolds, nowMs, signal);
  }

  async #forgetOne(account: string, asOfMs: number, signal: AbortSignal): Promise<boolean> {
    const { legalHolds, store, groups, governor, turns, unsettled } = this.#parts;
    const endTurn = await turns.begin([{ event: { subject: account } }], true, signal);
    try {
      const words = await legalHolds.of(account);
      const left = afterErasures(words, asOfMs);
      if (left.length === words.length) return false;
      const keys = this.#keysOf(account);
      await store.forget(keys);
      await groups?.forget(keys);
      governor?.forget(`${keys.keyHigh}:${keys.keyLow}`);
      unsettled.forget(keys);
      await legalHolds.remove(account, wordsOver(words, left));
      return true;
    } finally {
      endTurn();
    }
  }

  #keysOf(account: string): AccountKeys {
    const { hasher } = this.#parts;
    hasher.hashText(accountKind, account);
    const { high: keyHigh, low: keyLow } = hasher;
    hasher.hashText(targetKind, account);
    return { keyHigh, keyLow, targetHigh: hasher.high, targetLow: hasher.low };
  }
}

/**
 * Lets go of what is known of holds that ended so long ago that nothing can come any more that they would outrank. Rejects with `FailureError`
 * `STORE_UNAVAILABLE`, and when `signal` is aborted.
 */
export async function tidyHolds(legalHolds: LegalHolds, nowMs: number, signal?: AbortSignal): Promise<void> {
  for (const account of await legalHolds.accounts()) {
    signal?.throwIfAborted();
    const words = await legalHolds.of(account);
    const left = wordsThatMatter(words, nowMs - limits.eventBehindMsMax);
    const over = wordsOver(words, left);
    if (over.length > 0) await legalHolds.remove(account, over);
  }
}

/** Milliseconds of words after which holds are let go of that matter no more. */
const tidyEveryMs = 24 * 3_600_000;

/**
 * `tidyHolds` for whoever reads again what topics have kept, which may be years: what was over then would take the room of what stands. Returns what is to
 * be called with the events of each batch, once their words are taken. How far it has come is said by the times of words within their bounds: when
 * a record was written is said by its producer, and one that writes microseconds would end all holds that have an end. Rejects as `tidyHolds`
 * does.
 */
export function tidyingAsRead(legalHolds: LegalHolds): (facts: readonly EventFacts[]) => Promise<void> {
  let tidiedMs = -Infinity;
  return async (facts) => {
    const reachedMs = facts.findLast((word) => speaksOfErasure([word]))?.event.timeMs ?? -Infinity;
    if (!(reachedMs - tidiedMs >= tidyEveryMs)) return;
    await tidyHolds(legalHolds, reachedMs);
    tidiedMs = reachedMs;
  };
}
