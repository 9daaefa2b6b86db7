import assert from 'node:assert/strict';
import { memoryOfWords, RecordLayout, type Memory } from '../../history/record.ts';

/** Bytes of a chunk at most. Few enough of them to find quickly, and each made so fast that growth is no stall. */
const chunkBytesMax = 1024 * 1024;
const wordBytes = 4;

/**
 * Records of one layout, any number of them, in chunks of about a mebibyte: it grows by a chunk at a time, so that nothing is ever
 * copied, and what lies together in a record is read together.
 *
 * First each part of a record reserves its fields, then slots are taken. A slot's values are found by
 * `slab.chunkOf(slot).words[slab.startOf(slot) + place]`; the start counts words, so it is doubled for halves, quadrupled for
 * bytes, and halved for doubles.
 */
export class Slab extends RecordLayout {
  /** Slots that were ever taken: all are below. */
  end = 0;
  #recordWords = 0;
  #shift = 0;
  #mask = 0;
  readonly #chunks: Memory[] = [];
  readonly #free: number[] = [];

  chunkOf(slot: number): Memory {
    return this.#chunks[slot >>> this.#shift]!;
  }

  /** Words before the record in its chunk. */
  startOf(slot: number): number {
    return (slot & this.#mask) * this.#recordWords;
  }

  /** A slot whose record is all zeros. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) {
      const start = this.startOf(free);
      this.chunkOf(free).words.fill(0, start, start + this.#recordWords);
      return free;
    }
    if (this.end === 0) this.#divide();
    const slot = this.end++;
    if ((slot & this.#mask) === 0) this.#chunks.push(memoryOfWords((this.#mask + 1) * this.#recordWords));
    return slot;
  }

  /** Gives a slot back. Its record stays as it is until the slot is taken again. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  /** The layout is complete: as many records as fit go into a chunk, a power of two. */
  #divide(): void {
    this.settle();
    this.#recordWords = this.recordWords;
    const recordsMax = Math.floor(chunkBytesMax / (this.#recordWords * wordBytes));
    assert(recordsMax >= 1, 'a record fits into a chunk');
    this.#shift = Math.floor(Math.log2(recordsMax));
    this.#mask = (1 << this.#shift) - 1;
  }
}
