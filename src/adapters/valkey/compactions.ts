import type { EntityState } from './entity-state.ts';
import { itemFlags, itemHeaderWords } from './shard-script.ts';
import { markWords, writeMark, type ValueMark } from './value-mark.ts';

/** Words of new states that wait for the next call to a shard. More are left for another time. */
const pendingWordsMax = 64 * 1024;

/**
 * New states for entities whose log has grown long, waiting to go along with the next call to their shard. Each replaces exactly
 * the bytes that it was made from: if another process was first, or the entity has gone, it changes nothing. So one that is lost
 * costs a little time and no data.
 */
export class Compactions {
  readonly #pending: (Uint32Array[] | undefined)[] = [];
  readonly #words: number[] = [];
  #scratch = new Uint32Array(0);

  /** @param mark of the value that the state was read from, its log included. */
  add(shard: number, high: number, low: number, state: EntityState, mark: ValueMark): void {
    const held = this.#words[shard] ?? 0;
    if (held > pendingWordsMax) return;
    const start = itemHeaderWords + markWords;
    if (this.#scratch.length < start + state.wordsMax) this.#scratch = new Uint32Array(start + state.wordsMax);
    const end = state.save(this.#scratch, start, newVersion());
    const item = this.#scratch.slice(0, end);
    item[0] = high;
    item[1] = low;
    item[2] = (state.plan.kindIndex | (itemFlags.replace << 8) | ((end - itemHeaderWords) << 16)) >>> 0;
    writeMark(item, itemHeaderWords, mark);
    (this.#pending[shard] ??= []).push(item);
    this.#words[shard] = held + end;
  }

  /** The items for a shard, which are then no longer here. */
  take(shard: number): readonly Uint32Array[] {
    const items = this.#pending[shard] ?? [];
    this.#pending[shard] = undefined;
    this.#words[shard] = 0;
    return items;
  }
}

/** A number that no earlier version of the value has, as far as chance goes. */
export function newVersion(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
