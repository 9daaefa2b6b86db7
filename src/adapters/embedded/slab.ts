import assert from 'node:assert/strict';
import { memoryOfWords, RecordLayout, type Memory } from '../../history/record.ts';

const wordBytes = 4;
/** Chunks into which all memory goes at least. */
const chunksMin = 1024;
const chunkBytesMin = 4 * 1024;
const chunkBytesMax = 1024 * 1024;

/**
 * Records of one layout, any number of them, in chunks: it grows and shrinks by a chunk at a time, so that nothing is copied for
 * growth, what is not needed any more is given back, and what lies together in a record is read together. Slots lie without gaps
 * but for a few holes, which the next records take.
 *
 * First each part of a record reserves its fields, then slots are taken. A slot's values are found by
 * `slab.chunkOf(slot).words[slab.startOf(slot) + place]`; the start counts words, so it is doubled for halves, quadrupled for
 * bytes, and halved for doubles.
 */
export class Slab extends RecordLayout {
  /** Slots in use: all are below. The last one is no hole. */
  end = 0;
  readonly #chunkBytes: number;
  readonly #holesMax: number;
  readonly #holes: number[] = [];
  #recordWords = 0;
  #shift = 0;
  #mask = 0;
  readonly #chunks: Memory[] = [];
  /** The words of each chunk: most of what is read are words, and each object less on the way to them is a look into memory less. */
  readonly #words: Uint32Array[] = [];

  /**
   * @param chunkBytes bytes of a chunk at most, where a record is not larger.
   * @param holesMax holes at most.
   */
  constructor(chunkBytes: number, holesMax = 0) {
    super();
    this.#chunkBytes = chunkBytes;
    this.#holesMax = holesMax;
  }

  get recordBytes(): number {
    return this.recordWords * wordBytes;
  }

  /** Bytes of all chunks. */
  get allocatedBytes(): number {
    return this.#chunks.length * (this.#mask + 1) * this.#recordWords * wordBytes;
  }

  /** Bytes by which the chunks exceed the records at most: a chunk that is not full, an empty one, and holes. */
  get slackBytesMax(): number {
    return 2 * Math.max(this.#chunkBytes, this.recordBytes) + this.#holesMax * this.recordBytes;
  }

  chunkOf(slot: number): Memory {
    return this.#chunks[slot >>> this.#shift]!;
  }

  /** The words of a slot's chunk. */
  wordsOf(slot: number): Uint32Array {
    return this.#words[slot >>> this.#shift]!;
  }

  /** Words before the record in its chunk. */
  startOf(slot: number): number {
    return (slot & this.#mask) * this.#recordWords;
  }

  /** A slot, whose record is all zeros: of holes the newest, since that is still in the processor's cache. */
  take(): number {
    if (this.#holes.length > 0) return this.#holes.pop()!;
    if (this.#recordWords === 0) this.#divide();
    const slot = this.end++;
    if (slot >>> this.#shift === this.#chunks.length) {
      const chunk = memoryOfWords((this.#mask + 1) * this.#recordWords);
      this.#chunks.push(chunk);
      this.#words.push(chunk.words);
    }
    return slot;
  }

  /** Word by word: a record is short, and a view of it would be one more object to collect for each entity that goes. */
  copy(from: number, to: number): void {
    const [source, target] = [this.wordsOf(from), this.wordsOf(to)];
    const [sourceStart, targetStart] = [this.startOf(from), this.startOf(to)];
    for (let word = 0; word < this.#recordWords; word++) target[targetStart + word] = source[sourceStart + word]!;
  }

  /** Leaves a hole where a record was; false where that cannot be: then the last record is to come there, and its slot given back. */
  leave(slot: number): boolean {
    if (slot === this.end - 1 || this.#holes.length >= this.#holesMax) return false;
    this.#clear(slot);
    this.#holes.push(slot);
    return true;
  }

  /** Gives the last slot back, and holes before it. One empty chunk is kept: who takes and gives back in turn makes and forgets none. */
  releaseLast(): void {
    assert(this.end > 0, 'there is a slot to give back');
    this.#clear(--this.end);
    for (let hole; (hole = this.#holes.indexOf(this.end - 1)) >= 0; this.end--) this.#holes.splice(hole, 1);
    const full = Math.ceil(this.end / (this.#mask + 1));
    if (this.#chunks.length <= full + 1) return;
    this.#chunks.length = full + 1;
    this.#words.length = full + 1;
  }

  /** Nothing of a record is left in memory. */
  #clear(slot: number): void {
    const start = this.startOf(slot);
    this.wordsOf(slot).fill(0, start, start + this.#recordWords);
  }

  /** The layout is complete: as many records as fit go into a chunk, a power of two. */
  #divide(): void {
    this.settle();
    this.#recordWords = this.recordWords;
    const recordsMax = Math.max(1, Math.floor(this.#chunkBytes / this.recordBytes));
    this.#shift = Math.floor(Math.log2(recordsMax));
    this.#mask = (1 << this.#shift) - 1;
  }
}

/** Bytes of chunks: so few of them that they are found quickly, so small that what is left empty in the last ones hardly counts. */
export function chunkBytesFor(memoryBytesMax: number): number {
  const bytes = 2 ** Math.floor(Math.log2(memoryBytesMax / chunksMin));
  return Math.min(chunkBytesMax, Math.max(chunkBytesMin, bytes));
}
