import type { Judgement } from '../../history/judgement.ts';

const none = -1;

/** What a row does to an entity: touches it, or, by any other code, moves what was found of one of its accounts (`rejudgeCode`). */
export const touchCode = 0;

/** It goes, since its account asked to be forgotten. Like `forgetMark` no `rejudgeCode`: there is no label 3, and none 7. */
export const eraseCode = 3;
const forgetMark = 7;

/** It gives back what it holds of an account that is forgotten, and of which this was found; 0 for nothing. */
export function forgetCode(judgement: Judgement): number {
  return ((judgement << 16) | forgetMark) >>> 0;
}

/** The judgement of a `forgetCode`; undefined of another code. */
export function forgottenJudgement(code: number): Judgement | undefined {
  return (code & 0xffff) === forgetMark ? code >>> 16 : undefined;
}

/**
 * The entities that a batch touches in one phase, each once, and for each the rows that touch it, in order. A hash table with
 * open addressing over typed arrays: an entry costs some tens of nanoseconds, and a batch of a thousand events has twenty
 * thousand.
 */
export class TouchTable {
  /** Entities. */
  size = 0;
  kinds!: Uint8Array;
  highs!: Uint32Array;
  lows!: Uint32Array;
  /** [entity] its first entry, or -1. */
  firstEntries!: Int32Array;
  /** [entry] */
  rows!: Uint16Array;
  codes!: Uint32Array;
  /** [entry] the entity's next entry, or -1. */
  nextEntries!: Int32Array;
  /** [entry] where its record stands in the request; 0 for none. */
  records!: Uint32Array;
  #lastEntries!: Int32Array;
  #places!: Int32Array;
  #entries = 0;
  /** Entries that there is room for. */
  #capacity = -1;

  /** Empties the table, and makes room for `entriesMax` touches. */
  reset(entriesMax: number): void {
    this.size = 0;
    this.#entries = 0;
    if (entriesMax > this.#capacity) this.#allocate(entriesMax);
    else this.#places.fill(none);
  }

  add(kind: number, high: number, low: number, row: number, code: number): void {
    const entry = this.#entries++;
    this.rows[entry] = row;
    this.codes[entry] = code;
    this.nextEntries[entry] = none;
    const entity = this.#entityOf(kind, high, low);
    const last = this.#lastEntries[entity]!;
    if (last === none) this.firstEntries[entity] = entry;
    else this.nextEntries[last] = entry;
    this.#lastEntries[entity] = entry;
  }

  #entityOf(kind: number, high: number, low: number): number {
    const mask = this.#places.length - 1;
    let place = (low ^ Math.imul(kind + 1, 0x9e3779b1)) & mask;
    for (;;) {
      const entity = this.#places[place]!;
      if (entity === none) break;
      if (this.lows[entity] === low && this.highs[entity] === high && this.kinds[entity] === kind) return entity;
      place = (place + 1) & mask;
    }
    const entity = this.size++;
    this.#places[place] = entity;
    this.kinds[entity] = kind;
    this.highs[entity] = high;
    this.lows[entity] = low;
    this.#lastEntries[entity] = none;
    return entity;
  }

  #allocate(capacity: number): void {
    this.#capacity = capacity;
    this.kinds = new Uint8Array(capacity);
    this.highs = new Uint32Array(capacity);
    this.lows = new Uint32Array(capacity);
    this.firstEntries = new Int32Array(capacity);
    this.rows = new Uint16Array(capacity);
    this.codes = new Uint32Array(capacity);
    this.nextEntries = new Int32Array(capacity);
    this.records = new Uint32Array(capacity);
    this.#lastEntries = new Int32Array(capacity);
    let places = 64;
    while (places < capacity * 2) places *= 2;
    this.#places = new Int32Array(places).fill(none);
  }

  /** The entities of each of `shards` shards. An entity's shard is a function of its key alone. */
  byShard(shards: number): readonly (readonly number[])[] {
    const lists = Array.from({ length: shards }, (): number[] => []);
    for (let entity = 0; entity < this.size; entity++) lists[shardOf(this.lows[entity]!, shards)]!.push(entity);
    return lists;
  }
}

export function shardOf(keyLow: number, shards: number): number {
  return keyLow % shards;
}
