import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EntityKeyHasher } from '../../features/entity-key.ts';

const hasher = new EntityKeyHasher(randomBytes(16));

/** Places that a text may be at. */
const ways = 2;

/**
 * Remembers what was found for a text, and not the text: user agents and domains of one person must not outlive their batch. The key
 * of the hash lives as long as the process. What is remembered must not hold the text either: a piece of a string keeps all of it.
 *
 * Each text has a set of two places, by its hash; of three that share a set the one goes that was asked for longest ago. That is nearly
 * as good as a list of all by age, and needs no object for an entry: this runs several times an event.
 */
export class HashedCache<V extends string | boolean | object> {
  readonly #setMask: number;
  /** [set × ways] both halves of the hash, and what was found; the one that was asked for last comes first. */
  readonly #highs: Uint32Array;
  readonly #lows: Uint32Array;
  readonly #values: (V | undefined)[];

  /** @param entriesMax a power of two. */
  constructor(entriesMax: number) {
    assert(entriesMax >= ways && Number.isInteger(Math.log2(entriesMax)), 'sets are chosen by bits of the hash');
    this.#setMask = entriesMax / ways - 1;
    this.#highs = new Uint32Array(entriesMax);
    this.#lows = new Uint32Array(entriesMax);
    this.#values = Array.from({ length: entriesMax });
  }

  /** @param find Called when the text is not remembered. */
  get(text: string, find: (text: string) => V): V {
    hasher.hashText(0, text);
    const { high, low } = hasher;
    const first = (low & this.#setMask) * ways;
    const known = this.#at(first, high, low);
    if (known !== undefined) return known;
    const value = this.#at(first + 1, high, low) ?? find(text);
    this.#highs[first + 1] = this.#highs[first]!;
    this.#lows[first + 1] = this.#lows[first]!;
    this.#values[first + 1] = this.#values[first];
    this.#highs[first] = high;
    this.#lows[first] = low;
    this.#values[first] = value;
    return value;
  }

  #at(place: number, high: number, low: number): V | undefined {
    return this.#highs[place] === high && this.#lows[place] === low ? this.#values[place] : undefined;
  }
}
