import assert from 'node:assert/strict';

/** Bytes of a chunk at most. Few enough of them to find quickly, and each made so fast that growth is no stall. */
const chunkBytesMax = 1024 * 1024;
const wordBytes = 4;

/** One piece of memory, seen as numbers of each size. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

/** Values of one meaning in each record of a slab. */
export interface Field {
  readonly name: string;
  readonly count: number;
  /** Bytes of one value. */
  readonly size: 1 | 2 | 4 | 8;
}

/**
 * Records of one layout, any number of them, in chunks of about a mebibyte: it grows by a chunk at a time, so that nothing is ever
 * copied, and what lies together in a record is read together.
 *
 * First each part of a record reserves its fields, then slots are taken. A slot's values are found by
 * `slab.chunkOf(slot).words[slab.startOf(slot) + place]`; the start counts words, so it is doubled for halves, quadrupled for
 * bytes, and halved for doubles.
 */
export class Slab {
  /** In the order of the record. */
  readonly fields: Field[] = [];
  /** Slots that were ever taken: all are below. */
  end = 0;
  #bytes = 0;
  #recordWords = 0;
  #shift = 0;
  #mask = 0;
  readonly #chunks: Chunk[] = [];
  readonly #free: number[] = [];

  /** Makes room for `count` values of `size` bytes in each record. Answers the place of the first, counted in values. */
  reserve(name: string, count: number, size: Field['size']): number {
    assert(this.end === 0, 'fields are reserved before records are made');
    const place = Math.ceil(this.#bytes / size);
    this.#bytes = (place + count) * size;
    this.fields.push({ name, count, size });
    return place;
  }

  /** Words of a record: a whole number of doubles. */
  get recordWords(): number {
    return Math.ceil(this.#bytes / 8) * 2;
  }

  chunkOf(slot: number): Chunk {
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
    if (this.end === 0) this.#settle();
    const slot = this.end++;
    if ((slot & this.#mask) === 0) this.#chunks.push(chunkOfWords((this.#mask + 1) * this.#recordWords));
    return slot;
  }

  /** Gives a slot back. Its record stays as it is until the slot is taken again. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  /** The layout is complete: as many records as fit go into a chunk, a power of two. */
  #settle(): void {
    this.#recordWords = this.recordWords;
    const recordsMax = Math.floor(chunkBytesMax / (this.#recordWords * wordBytes));
    assert(recordsMax >= 1, 'a record fits into a chunk');
    this.#shift = Math.floor(Math.log2(recordsMax));
    this.#mask = (1 << this.#shift) - 1;
  }
}

function chunkOfWords(words: number): Chunk {
  const memory = new ArrayBuffer(words * wordBytes);
  return {
    bytes: new Uint8Array(memory),
    halves: new Uint16Array(memory),
    words: new Uint32Array(memory),
    doubles: new Float64Array(memory),
  };
}
