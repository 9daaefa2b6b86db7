import assert from 'node:assert/strict';

/**
 * One piece of memory, seen as numbers of each size. What is remembered of an entity is a *record* in it, which begins at a number
 * of words (`start`), always an even one: the start is doubled for halves, quadrupled for bytes, and halved for doubles.
 */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

/** Memory of so many words, all zeros. */
export function memoryOfWords(words: number): Memory {
  const memory = new ArrayBuffer(words * 4);
  return {
    bytes: new Uint8Array(memory),
    halves: new Uint16Array(memory),
    words: new Uint32Array(memory),
    doubles: new Float64Array(memory),
  };
}

/** Values of one meaning in each record. */
export interface Field {
  readonly name: string;
  readonly count: number;
  /** Bytes of one value. */
  readonly size: 1 | 2 | 4 | 8;
  /** Bytes of the record before the first. */
  readonly startByte: number;
}

/** Where everything lies in the records of one layout: each part of it reserves its fields, and then knows their places. */
export class RecordLayout {
  /** In the order of the record. */
  readonly fields: Field[] = [];
  #bytes = 0;
  #isSettled = false;

  /** Makes room for `count` values of `size` bytes. Returns the place of the first, counted in values. */
  reserve(name: string, count: number, size: Field['size']): number {
    assert(!this.#isSettled, 'fields are reserved before records are made');
    const place = Math.ceil(this.#bytes / size);
    this.#bytes = (place + count) * size;
    this.fields.push({ name, count, size, startByte: place * size });
    return place;
  }

  /** Words of a record: a whole number of doubles. */
  get recordWords(): number {
    return Math.ceil(this.#bytes / 8) * 2;
  }

  /** The layout is complete: nothing more can be reserved. */
  settle(): void {
    this.#isSettled = true;
  }
}
