import assert from 'node:assert/strict';
import { dayOf } from './day.ts';

interface Account {
  /** [models] the highest score that it ever had; NaN for none. */
  readonly maxima: Float32Array;
  lastDay: number;
  /** Days on which it had an event. */
  days: number;
}

/**
 * The highest score of each account, and on how many days it was there. Of a bounded number of accounts: when there are more, every
 * second is let go, by its hash, and each that is left stands for twice as many.
 */
export class AccountMaxima {
  readonly #accounts = new Map<number, Account>();
  readonly #models: number;
  readonly #accountsMax: number;
  /** Hashes that are kept have this many zeros at their end. */
  #level = 0;

  constructor(models: number, accountsMax: number) {
    assert(accountsMax > 0);
    this.#models = models;
    this.#accountsMax = accountsMax;
  }

  /** How many accounts each that is kept stands for. */
  get weight(): number {
    return 2 ** this.#level;
  }

  /** Accounts that are kept. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Days of the accounts that are kept, summed. */
  get accountDays(): number {
    return this.#accounts.values().reduce((sum, { days }) => sum + days, 0);
  }

  /** @param high @param low halves of the account's hash. @param scores one a model, at `row`; null where it did not speak. */
  add(high: number, low: number, timeMs: number, scores: readonly (Float32Array | null)[], row: number): void {
    if (!this.#isKept(low)) return;
    const key = (high & 0x1f_ffff) * 2 ** 32 + (low >>> 0);
    const day = dayOf(timeMs);
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { maxima: new Float32Array(this.#models).fill(NaN), lastDay: -Infinity, days: 0 };
      this.#accounts.set(key, account);
    }
    if (day > account.lastDay) {
      account.lastDay = day;
      account.days++;
    }
    for (let model = 0; model < scores.length; model++) {
      const score = scores[model]?.[row] ?? NaN;
      if (!(account.maxima[model]! >= score)) account.maxima[model] = score;
    }
    if (this.#accounts.size > this.#accountsMax) this.#halve();
  }

  /** [size] of one model; NaN where it never spoke. */
  of(model: number): Float32Array {
    return Float32Array.from(this.#accounts.values(), ({ maxima }) => maxima[model]!);
  }

  #halve(): void {
    this.#level++;
    for (const key of this.#accounts.keys()) if (!this.#isKept(key >>> 0)) this.#accounts.delete(key);
  }

  #isKept(low: number): boolean {
    return (low & (this.weight - 1)) === 0;
  }
}
