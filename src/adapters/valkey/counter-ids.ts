import assert from 'node:assert/strict';

/** No counter has this id. */
export const unknownCounter = -1;

/**
 * Numbers by which counters are named in the store: 16 bits made of the name. A position would do until someone declares a
 * counter before others, and then old state would be read as what it is not. With ids, a counter that is new starts at nothing,
 * one that is gone is dropped when its entity is next written, and the others stay.
 */
export class CounterIds {
  /** [index] the id of the counter at this place of the declaration. */
  readonly ids: readonly number[];
  /** [id modulo its length] index, or `unknownCounter`. Long enough that no two ids meet. */
  readonly #places: Int16Array;

  constructor(names: readonly string[]) {
    this.ids = names.map(hash16);
    assert.equal(new Set(this.ids).size, names.length, `two of ${names.join(', ')} have one id: rename the newer`);
    let size = 1;
    while (new Set(this.ids.map((id) => id % size)).size < names.length) size *= 2;
    this.#places = new Int16Array(size).fill(unknownCounter);
    for (const [index, id] of this.ids.entries()) this.#places[id % size] = index;
  }

  /** The place of a counter in the declaration, or `unknownCounter`. */
  indexOf(id: number): number {
    const index = this.#places[id % this.#places.length]!;
    return index >= 0 && this.ids[index] === id ? index : unknownCounter;
  }
}

/** FNV-1a (Fowler, Noll, Vo), folded to 16 bits as its authors do. */
function hash16(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return ((hash >>> 16) ^ hash) & 0xffff;
}
