import assert from 'node:assert/strict';
import { distinctExactMax } from '../../features/state.ts';
import { addDistinct, clearDistinct, distinctHeaderWords, distinctWordsMax } from '../../history/distinct-counts.ts';
import { noBlock, type DistinctBlocks } from '../../history/kind-history.ts';
import { counterWords, isSingle } from '../../history/single-element.ts';
import { Slab } from './slab.ts';

/** Words that `save` writes at most. */
export const savedBlockWordsMax = distinctWordsMax;
/** Most counters see few elements, so a block starts small and moves once into a large one. */
const entriesMaxByClass = [4, distinctExactMax] as const;
/** A power of two: with shifts a handle is taken apart in whole numbers, which is done at each touch of each counter. */
const classShift = 1;
const classCount = 1 << classShift;
assert(entriesMaxByClass.length === classCount, 'a handle has room for each class');
/** In the first word of a saved block, its class counts by this, and its entries by 1. */
const classUnit = 0x1_0000;
/** First word of a saved counter that is a single element: its two words come behind. No block has a word like it. */
const savedSingle = 1;

/** A block has another handle by now: of which kind its entity is, in which slot that lies, and the handles. */
export type BlockMoved = (kind: number, slot: number, from: number, to: number) => void;

/**
 * The blocks of millions of distinct counters, in two sizes.
 *
 * The blocks of a size lie without gaps: into the place of one that is given back moves the last one, whose owner is told. So what
 * blocks of one size took can be had by the other size, and by records, as soon as they are fewer.
 */
export class SlabBlocks implements DistinctBlocks {
  /** Bytes of all blocks. */
  bytes = 0;
  readonly slabs: readonly Slab[];
  readonly #moved: BlockMoved;
  /** Words before the block itself: kind and slot of the entity. */
  readonly #kind: number;
  readonly #slot: number;
  readonly #block: number;
  /** Whose counters are being added to. */
  #servedKind = 0;
  #servedSlot = 0;

  constructor(chunkBytes: number, moved: BlockMoved) {
    this.#moved = moved;
    this.slabs = entriesMaxByClass.map(() => new Slab(chunkBytes));
    const places = this.slabs.map((slab, size) => [
      slab.reserve('kind', 1, 4),
      slab.reserve('slot', 1, 4),
      slab.reserve('block', distinctHeaderWords + entriesMaxByClass[size]! * 2, 4),
    ]);
    [this.#kind, this.#slot, this.#block] = places[0] as [number, number, number];
  }

  /** Bytes of the largest block. */
  get blockBytesMax(): number {
    return Math.max(...this.slabs.map(({ recordBytes }) => recordBytes));
  }

  /** Blocks that are taken from here on belong to this entity. */
  serve(kind: number, slot: number): void {
    this.#servedKind = kind;
    this.#servedSlot = slot;
  }

  add(handle: number, element: number, second: number, spanS: number): number {
    if (handle === noBlock) handle = this.#take(0);
    const entriesMax = entriesMaxByClass[classOf(handle)]!;
    if (addDistinct(this.wordsOf(handle), this.placeOf(handle), entriesMax, element, second, spanS)) return handle;
    return this.add(this.#promote(handle), element, second, spanS);
  }

  wordsOf(handle: number): Uint32Array {
    return this.slabs[classOf(handle)]!.wordsOf(slotOf(handle));
  }

  placeOf(handle: number): number {
    return this.slabs[classOf(handle)]!.startOf(slotOf(handle)) + this.#block;
  }

  /** Gives a counter's block back. */
  release(handle: number): void {
    if (handle === noBlock) return;
    const slab = this.slabs[classOf(handle)]!;
    const last = slab.end - 1;
    const hole = slotOf(handle);
    if (hole !== last) {
      slab.copy(last, hole);
      const words = slab.wordsOf(hole);
      const start = slab.startOf(hole);
      this.#moved(words[start + this.#kind]!, words[start + this.#slot]!, handleOf(classOf(handle), last), handle);
    }
    slab.releaseLast();
    this.bytes -= slab.recordBytes;
  }

  /** The entity of a block lies in another slot by now. */
  follow(handle: number, slot: number): void {
    if (handle !== noBlock) this.wordsOf(handle)[this.placeOf(handle) - this.#block + this.#slot] = slot;
  }

  bytesOf(handle: number): number {
    return handle === noBlock ? 0 : this.slabs[classOf(handle)]!.recordBytes;
  }

  /**
   * Copies a counter, whose words lie at `place` of a record's, to `target`, from `at` on; returns where it ends. A counter that has
   * seen nothing is one word, 0; a single element is three; of another one, the first word also says how large its block is.
   */
  save(record: Uint32Array, place: number, target: Uint32Array, at: number): number {
    const handle = record[place]!;
    if (isSingle(record, place)) {
      target[at] = savedSingle;
      for (let word = 0; word < counterWords; word++) target[at + 1 + word] = record[place + word]!;
      return at + 1 + counterWords;
    }
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

  /** Makes a new counter, at `place` of a record's words, what `save` wrote at `at`; returns where that ends. */
  restore(source: Uint32Array, at: number, record: Uint32Array, place: number): number {
    if (source[at] === 0) return at + 1;
    if (source[at] === savedSingle) {
      for (let word = 0; word < counterWords; word++) record[place + word] = source[at + 1 + word]!;
      assert(isSingle(record, place), 'a single element was seen in a second');
      return at + 1 + counterWords;
    }
    const size = Math.floor(source[at]! / classUnit) - 1;
    const count = source[at]! % classUnit;
    const end = at + distinctHeaderWords + count * 2;
    assert(count <= (entriesMaxByClass[size] ?? -1) && end <= source.length, 'a block holds its entries');
    const handle = this.#take(size);
    const words = this.wordsOf(handle);
    words.set(source.subarray(at, end), this.placeOf(handle));
    words[this.placeOf(handle)] = count;
    record[place] = handle;
    return end;
  }

  #take(size: number): number {
    const slab = this.slabs[size]!;
    const handle = handleOf(size, slab.take());
    const at = this.placeOf(handle) - this.#block;
    this.wordsOf(handle)[at + this.#kind] = this.#servedKind;
    this.wordsOf(handle)[at + this.#slot] = this.#servedSlot;
    this.bytes += slab.recordBytes;
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

function handleOf(size: number, slot: number): number {
  return slot * classCount + size + 1;
}

function classOf(handle: number): number {
  return (handle - 1) & (classCount - 1);
}

function slotOf(handle: number): number {
  return (handle - 1) >>> classShift;
}
