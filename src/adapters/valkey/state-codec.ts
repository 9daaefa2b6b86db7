import assert from 'node:assert/strict';
import { distinctExactMax } from '../../features/state.ts';
import { distinctHeaderWords, distinctWordsMax, dropUnreachable, everyElement } from '../../history/distinct-counts.ts';
import type { Field } from '../../history/record.ts';
import { bucketOf, firstFinestOf, firstKept, type RingPlan } from '../../history/windowed-counts.ts';
import { CounterIds } from './counter-ids.ts';
import type { EntityRecord } from './entity-record.ts';

/**
 * How an entity's record is written into a value, in words: small where little is remembered, and readable by a version that
 * declares other counters. Three parts, each of items that begin with a 16-bit id of a name, and ended by a word of 0:
 *
 *   fields      id · words, 16 bits up: the words as they are. Fields of zeros are not written.
 *   windows     id · pairs, 16 bits up: (bucket, count) each.
 *   distincts   id · entries + 1, 16 bits up · whether threshold, and seconds of the newest element left out and of all, follow:
 *               (element, second) each.
 *
 * A bucket of a pair is its number and, above `bucketBits`, its width. A count stands in the narrowest bucket that one of the
 * counter's windows still keeps, and each wider ring holds it too, since buckets lie within each other: so most touches are one
 * pair, whatever number of windows they count in. Source of the idea: exponential histograms (Datar et al., 2002).
 */
const sizeShift = 16;
const bucketBits = 29;
const bucketMask = 2 ** bucketBits - 1;
const sizeMask = 0x7fff;
const isNotPlain = 0x8000_0000;

/** In the place of the next place: this is not what `save` writes. */
const unreadable = -1;

/** Places in a block of `history/distinct-counts.ts` that follow its count. */
const blockHeadWords = distinctHeaderWords - 1;

/** A counter in each of its rings, finest first. */
type CounterRings = readonly { readonly ring: RingPlan; readonly counter: number }[];

/** Writes records of one kind, and reads them. */
export class StateCodec {
  readonly #record: EntityRecord;
  readonly #fields: readonly { readonly place: number; readonly words: number }[];
  readonly #fieldIds: CounterIds;
  readonly #rings: readonly CounterRings[];
  /** Words that `save` writes at most. */
  readonly wordsMax: number;

  constructor(record: EntityRecord) {
    const { plan, history, layout } = record;
    const written = layout.fields.filter(({ name, count }) => count > 0 && name !== 'handles' && name !== 'buckets');
    this.#record = record;
    this.#fields = written.map(wordsOfField);
    this.#fieldIds = new CounterIds(written.map(({ name }) => name));
    this.#rings = plan.layout.counts.map((_, bit) =>
      history.counts.rings.flatMap((ring) => {
        const counter = ring.counters.findIndex((one) => one.bit === bit);
        return counter < 0 ? [] : [{ ring, counter }];
      }),
    );
    const pairs = this.#rings.flat().reduce((sum, { ring }) => sum + ring.bucketsKept, 0);
    const fixed = this.#fields.reduce((sum, { words }) => sum + 1 + words, 0);
    this.wordsMax = fixed + this.#rings.length + pairs * 2 + plan.layout.distincts.length * distinctWordsMax + 3;
  }

  /** Returns the next place. */
  save(words: Uint32Array, at: number): number {
    return this.#saveDistincts(words, this.#saveWindows(words, this.#saveFields(words, at)));
  }

  /**
   * Reads what `save` wrote from `at` to `end` into a record that is clear. What this version does not know is left out. False
   * where `save` cannot have written it: then the record is to be cleared.
   */
  load(words: Uint32Array, at: number, end: number): boolean {
    at = this.#loadFields(words, at, end);
    if (at === unreadable) return false;
    at = this.#loadWindows(words, at, end);
    return at !== unreadable && this.#loadDistincts(words, at, end) === end && this.#record.isSound();
  }

  #saveFields(target: Uint32Array, at: number): number {
    const { words } = this.#record.memory;
    for (let index = 0; index < this.#fields.length; index++) {
      const field = this.#fields[index]!;
      const end = field.place + field.words;
      let word = field.place;
      while (word < end && words[word] === 0) word++;
      if (word === end) continue;
      target[at++] = this.#fieldIds.ids[index]! | (field.words << sizeShift);
      for (word = field.place; word < end; word++) target[at++] = words[word]!;
    }
    target[at++] = 0;
    return at;
  }

  #loadFields(source: Uint32Array, at: number, last: number): number {
    const { words } = this.#record.memory;
    while (at < last) {
      const header = source[at++]!;
      const size = header >>> sizeShift;
      if (size === 0) return header === 0 ? at : unreadable;
      if (at + size > last) return unreadable;
      const field = this.#fields[this.#fieldIds.indexOf(header & 0xffff)];
      if (field?.words === size) for (let word = 0; word < size; word++) words[field.place + word] = source[at + word]!;
      at += size;
    }
    return unreadable;
  }

  #saveWindows(target: Uint32Array, at: number): number {
    const { memory, history, plan } = this.#record;
    const newest = history.counts.newest(memory, 0);
    for (let bit = 0; bit < this.#rings.length; bit++) {
      const header = at++;
      for (let index = 0; index < this.#rings[bit]!.length; index++)
        at = this.#savePairs(this.#rings[bit]!, index, newest, target, at);
      const pairs = (at - header - 1) / 2;
      if (pairs === 0) at--;
      else target[header] = (plan.countIds.ids[bit]! | (pairs << sizeShift)) >>> 0;
    }
    target[at++] = 0;
    return at;
  }

  /** The buckets of one ring of a counter, less what stands in the buckets of the next narrower one. */
  #savePairs(rings: CounterRings, index: number, newest: number, target: Uint32Array, at: number): number {
    const { memory, history } = this.#record;
    const { ring, counter } = rings[index]!;
    const narrower = rings[index - 1];
    const last = bucketOf(ring, newest);
    for (let bucket = firstKept(ring, newest); bucket <= last; bucket++) {
      let count = history.counts.countIn(memory, 0, ring, counter, bucket);
      if (count > 0 && narrower !== undefined)
        count -= history.counts.sumWithin(memory, 0, narrower.ring, narrower.counter, ring, bucket);
      if (count <= 0) continue;
      target[at++] = ((ring.resolution << bucketBits) | bucket) >>> 0;
      target[at++] = count;
    }
    return at;
  }

  #loadWindows(source: Uint32Array, at: number, last: number): number {
    const { memory, history, plan } = this.#record;
    const newest = history.counts.newest(memory, 0);
    while (at < last) {
      const header = source[at++]!;
      const pairs = header >>> sizeShift;
      if (pairs === 0) return header === 0 ? at : unreadable;
      if (at + pairs * 2 > last) return unreadable;
      const rings = this.#rings[plan.countIds.indexOf(header & 0xffff)] ?? [];
      for (const end = at + pairs * 2; at < end; at += 2) {
        const resolution = source[at]! >>> bucketBits;
        const finest = firstFinestOf(resolution, source[at]! & bucketMask);
        if (!(finest <= newest)) return unreadable;
        for (let index = 0; index < rings.length; index++) {
          const { ring, counter } = rings[index]!;
          if (ring.resolution < resolution) continue;
          const wider = bucketOf(ring, finest);
          if (wider >= firstKept(ring, newest)) history.counts.addTo(memory, 0, ring, counter, wider, source[at + 1]!);
        }
      }
    }
    return unreadable;
  }

  #saveDistincts(target: Uint32Array, at: number): number {
    const { plan, history, blocks } = this.#record;
    const words = blocks.wordsOf();
    for (let index = 0; index < history.distincts.length; index++) {
      const block = this.#record.blockAt(index);
      dropUnreachable(words, block, history.distincts[index]!.spanSMax);
      const [size, threshold, , newestS] = words.subarray(block, block + distinctHeaderWords);
      if (size === 0 && newestS === 0) continue;
      const isPlain = threshold === everyElement && newestS === newestOf(words, block);
      const header = plan.distinctIds.ids[index]! | ((size! + 1) << sizeShift);
      target[at++] = (isPlain ? header : header | isNotPlain) >>> 0;
      const first = block + (isPlain ? distinctHeaderWords : 1);
      for (let word = first; word < block + distinctHeaderWords + size! * 2; word++) target[at++] = words[word]!;
    }
    target[at++] = 0;
    return at;
  }

  #loadDistincts(source: Uint32Array, at: number, last: number): number {
    const { plan, blocks } = this.#record;
    const words = blocks.wordsOf();
    while (at < last) {
      const header = source[at++]!;
      const size = ((header >>> sizeShift) & sizeMask) - 1;
      if (size < 0) return header === 0 ? at : unreadable;
      const index = plan.distinctIds.indexOf(header & 0xffff);
      const heads = header >= isNotPlain ? blockHeadWords : 0;
      if (at + heads + size * 2 > last) return unreadable;
      // The threshold: what a sample is divided by.
      if (heads > 0 && source[at] === 0) return unreadable;
      if (index >= 0 && size <= distinctExactMax) {
        const block = this.#record.blockAt(index);
        words[block] = size;
        for (let word = 0; word < heads; word++) words[block + 1 + word] = source[at + word]!;
        for (let word = 0; word < size * 2; word++)
          words[block + distinctHeaderWords + word] = source[at + heads + word]!;
        if (heads === 0) words[block + blockHeadWords] = newestOf(words, block);
      }
      at += heads + size * 2;
    }
    return unreadable;
  }
}

function wordsOfField({ count, size, startByte }: Field): { readonly place: number; readonly words: number } {
  assert(startByte % 4 === 0 && (count * size) % 4 === 0, 'a field that is written is of whole words');
  return { place: startByte / 4, words: (count * size) / 4 };
}

/** The newest second among the entries of a block. */
function newestOf(words: Uint32Array, block: number): number {
  let newest = 0;
  const end = block + distinctHeaderWords + words[block]! * 2;
  for (let entry = block + distinctHeaderWords; entry < end; entry += 2)
    if (words[entry + 1]! > newest) newest = words[entry + 1]!;
  return newest;
}
