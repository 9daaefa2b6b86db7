import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { EntityKeyHasher } from '../../features/entity-key.ts';

const hasher = new EntityKeyHasher(randomBytes(16));
/** Of the hash's 64 bits as many as a number holds exactly: among 16,384 texts, two collide once in 60 million processes. */
const lowBits = 21;

/**
 * Remembers what was found for a text, least recently used first out, and not the text: user agents and domains of one person
 * must not outlive their batch. The key of the hash lives as long as the process. What is remembered must not hold the text
 * either: a piece of a string keeps all of it.
 */
export class HashedCache<V extends string | boolean | object> {
  readonly #values: LRUCache<number, V>;

  constructor(entriesMax: number) {
    this.#values = new LRUCache({ max: entriesMax });
  }

  /** @param find Called when the text is not remembered. */
  get(text: string, find: (text: string) => V): V {
    hasher.hashText(0, text);
    const key = hasher.high * 2 ** lowBits + (hasher.low >>> (32 - lowBits));
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const found = find(text);
    this.#values.set(key, found);
    return found;
  }
}
