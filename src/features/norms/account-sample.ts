import assert from 'node:assert/strict';
import { dayOf } from './day.ts';
import type { PlatformSample } from './norms.ts';

interface Account {
  lastDay: number;
  /** Days on which it had an event. */
  days: number;
  /** Hashes of the events that are kept, and their features. */
  readonly keys: number[];
  readonly rows: Float32Array[];
}

/**
 * A uniform sample of accounts, each with a uniform sample of its events, of bounded size. Both go by keyed hashes: the sample is a function
 * of what was seen and not of its order, and an event that comes again changes nothing. When there are more accounts, every second is let
 * go. What comes out are features alone, rounded: whose they were is not told.
 */
export class AccountSample {
  readonly #accounts = new Map<number, Account>();
  readonly #width: number;
  readonly #accountsMax: number;
  readonly #rowsMax: number;
  /** Hashes that are kept have this many zeros at their end. */
  #level = 0;

  /** @param width features of an event. @param rowsMax events of an account. */
  constructor(width: number, accountsMax: number, rowsMax: number) {
    assert(width > 0 && accountsMax > 0 && rowsMax > 0);
    this.#width = width;
    this.#accountsMax = accountsMax;
    this.#rowsMax = rowsMax;
  }

  /** @param high @param low halves of the account's hash. @param key hash of the event. @param features [events × width], its own at `row`. */
  add(high: number, low: number, timeMs: number, key: number, features: Float32Array, row: number): void {
    if (!this.#isKept(low)) return;
    const account = this.#accountOf((high & 0x1f_ffff) * 2 ** 32 + (low >>> 0));
    const day = dayOf(timeMs);
    if (day > account.lastDay) {
      account.lastDay = day;
      account.days++;
    }
    this.#addRow(account, key, features, row * this.#width);
    while (this.#accounts.size > this.#accountsMax) this.#halve();
  }

  /** What was kept, the accounts in the order of their hashes. */
  describe(): PlatformSample {
    const accounts = [...this.#accounts].toSorted(([first], [second]) => first - second).map(([, account]) => account);
    const rows = accounts.map(({ keys }) => keys.length);
    const values = new Float32Array(rows.reduce((sum, count) => sum + count, 0) * this.#width);
    let at = 0;
    for (const account of accounts) {
      for (const place of placesByKey(account)) {
        values.set(account.rows[place]!, at);
        at += this.#width;
      }
    }
    return { days: accounts.map(({ days }) => days), rows, values: rounded(values) };
  }

  #accountOf(key: number): Account {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { lastDay: -Infinity, days: 0, keys: [], rows: [] };
      this.#accounts.set(key, account);
    }
    return account;
  }

  /** Keeps the events of the smallest hashes. */
  #addRow({ keys, rows }: Account, key: number, features: Float32Array, from: number): void {
    if (keys.includes(key)) return;
    const place = keys.length < this.#rowsMax ? keys.length : keys.indexOf(Math.max(...keys));
    if (place < keys.length && key > keys[place]!) return;
    keys[place] = key;
    rows[place] = features.slice(from, from + this.#width);
  }

  #halve(): void {
    this.#level++;
    for (const key of this.#accounts.keys()) if (!this.#isKept(key >>> 0)) this.#accounts.delete(key);
  }

  #isKept(low: number): boolean {
    return (low & (2 ** this.#level - 1)) === 0;
  }
}

function placesByKey({ keys }: Account): readonly number[] {
  return [...keys.keys()].toSorted((first, second) => keys[first]! - keys[second]!);
}

/** Bits of a float32 that are dropped: ten of its fraction stay, so that counts below 2,048 are what they were. */
const droppedBits = 13;

/**
 * Rounds each value to three digits and some, in place: enough to ask a model about, too little to know an account again by the
 * milliseconds between its events, and a third of the bytes once it is packed.
 */
function rounded(values: Float32Array): Float32Array {
  const bits = new Int32Array(values.buffer);
  const half = 1 << (droppedBits - 1);
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) values[at] = NaN;
    else bits[at] = ((bits[at]! + half) >> droppedBits) << droppedBits;
  }
  return values;
}
