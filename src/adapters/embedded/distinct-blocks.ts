import assert from 'node:assert/strict';
import { distinctExactMax } from '../../features/state.ts';
import { addDistinct, clearDistinct, distinctHeaderWords, distinctWordsMax } from '../../history/distinct-counts.ts';
import { noBlock, type DistinctBlocks } from '../../history/kind-history.ts';
import { Slab } from './slab.ts';

/** Words that `save` writes at most. */
export const savedBlockWordsMax = distinctWordsMax;
/** Most counters see few elements, so a block starts small and moves once into a large one. */
const entriesMaxByClass = [4, distinctExactMax] as const;
/** In the first word of a saved block, its class counts by this, and its entries by 1. */
const classUnit = 0x1_0000;

/** The blocks of millions of distinct counters, in two sizes. */
export class SlabBlocks implements DistinctBlocks {
  readonly #slabs = entriesMaxByClass.map((entries) => {
    const slab = new Slab();
    slab.reserve('block', distinctHeaderWords + entries * 2, 4);
    return slab;
  });

  add(handle: number, element: number, second: number, spanS: number): number {
    if (handle === noBlock) handle = this.#take(0);
    const entriesMax = entriesMaxByClass[classOf(handle)]!;
    if (addDistinct(this.wordsOf(handle), this.placeOf(handle), entriesMax, element, second, spanS)) return handle;
    return this.add(this.#promote(handle), element, second, spanS);
  }

  wordsOf(handle: number): Uint32Array {
    return this.#slabs[classOf(handle)]!.chunkOf(slotOf(handle)).words;
  }

  placeOf(handle: number): number {
    return this.#slabs[classOf(handle)]!.startOf(slotOf(handle));
  }

  /** Gives a counter's block back. */
  release(handle: number): void {
    if (handle !== noBlock) this.#slabs[classOf(handle)]!.release(slotOf(handle));
  }

  /**
   * Copies a counter to `target`, from `at` on; returns where it ends. A counter that has seen nothing is one word, 0; of another
   * one, the first word also says how large its block is.
   */
  save(handle: number, target: Uint32Array, at: number): number {
    if (handle === noBlock) {
      target[at] = 0;
      return at + 1;
    }
    const words = this.wordsOf(handle);
    const start = this.placeOf(handle);
    const size = distinctHeaderWords + words[start]! * 2;
    for (let word = 0; word < size; word++) target[at + word] = words[start + word]!;
    target[at]! += (classOf(handle) + 1) * classUnit;
    return at + size;
  }

  /** The handle of a new counter that is what `save` wrote at `at`. */
  restore(source: Uint32Array, at: number): number {
    if (source[at] === 0) return noBlock;
    const size = Math.floor(source[at]! / classUnit) - 1;
    const count = source[at]! % classUnit;
    const end = at + distinctHeaderWords + count * 2;
    assert(count <= (entriesMaxByClass[size] ?? -1) && end <= source.length, 'a block holds its entries');
    const handle = this.#take(size);
    const words = this.wordsOf(handle);
    words.set(source.subarray(at, end), this.placeOf(handle));
    words[this.placeOf(handle)] = count;
    return handle;
  }

  /** Words that `save` wrote at `at`. */
  static savedWords(source: Uint32Array, at: number): number {
    return source[at] === 0 ? 1 : distinctHeaderWords + (source[at]! % classUnit) * 2;
  }

  #take(size: number): number {
    const handle = this.#slabs[size]!.take() * entriesMaxByClass.length + size + 1;
    clearDistinct(this.wordsOf(handle), this.placeOf(handle));
    return handle;
  }

  #promote(handle: number): number {
    const larger = this.#take(classOf(handle) + 1);
    const words = this.wordsOf(handle);
    const at = this.placeOf(handle);
    this.wordsOf(larger).set(words.subarray(at, at + distinctHeaderWords + words[at]! * 2), this.placeOf(larger));
    this.release(handle);
    return larger;
  }
}

function classOf(handle: number): number {
  return (handle - 1) % entriesMaxByClass.length;
}

function slotOf(handle: number): number {
  return Math.floor((handle - 1) / entriesMaxByClass.length);
}
