import assert from 'node:assert/strict';
import type { Slab } from './slab.ts';

const bucketsAtFirst = 256;
const bucketsPerChunkShift = 12;
const bucketsPerChunk = 1 << bucketsPerChunkShift;

/**
 * Finds the slot of a 64-bit entity key, and knows which entity was touched longest ago.
 *
 * A chained hash table and a doubly linked list, both in the records of a slab: no object per entity, no allocation per look-up.
 * The table grows by linear hashing (Litwin, 1980): an entity for which it has no bucket left splits one bucket, the next in
 * turn, so that no insertion pays for all. Links are slots plus 1, and 0 is none.
 * Source of the layout: isaacs/node-lru-cache.
 */
export class EntityIndex {
  /** Entities held. */
  size = 0;
  /** Touches so far. An entity keeps the number of its last one, from which `relink` makes the list anew. */
  touches = 0;
  /** Word of a record at which what is worth keeping begins: the key, then all that is reserved after it. */
  readonly keyPlace: number;

  readonly #slab: Slab;
  readonly #chain: number;
  readonly #older: number;
  readonly #newer: number;
  readonly #touched: number;
  readonly #buckets: Uint32Array[] = [];
  #bucketCount = 0;
  /** The largest power of two that is not above `#bucketCount`, less 1. */
  #mask = bucketsAtFirst - 1;
  /** The two ends of the list. */
  #newest = 0;
  #oldest = 0;

  constructor(slab: Slab) {
    this.#slab = slab;
    this.#chain = slab.reserve('chain', 1, 4);
    this.#older = slab.reserve('older', 1, 4);
    this.#newer = slab.reserve('newer', 1, 4);
    this.keyPlace = slab.reserve('key high, key low', 2, 4);
    this.#touched = slab.reserve('touched', 1, 8);
    this.#addBuckets(bucketsAtFirst);
  }

  /** The slot of a key, or -1. Does not count as a touch. */
  find(high: number, low: number): number {
    let link = this.#head(this.#bucketOf(low));
    while (link !== 0) {
      const { words } = this.#slab.chunkOf(link - 1);
      const start = this.#slab.startOf(link - 1);
      if (words[start + this.keyPlace + 1] === low && words[start + this.keyPlace] === high) break;
      link = words[start + this.#chain]!;
    }
    return link - 1;
  }

  /** A slot for a key that is not held, as the one touched last. */
  add(high: number, low: number): number {
    const slot = this.#slab.take();
    this.#set(slot, this.keyPlace, high);
    this.#set(slot, this.keyPlace + 1, low);
    this.adopt(slot);
    this.#append(slot);
    this.#count(slot);
    return slot;
  }

  /** Makes a record findable whose key is in place already. It is in the list only after `relink`. */
  adopt(slot: number): void {
    if (this.size === this.#bucketCount) this.#splitBucket();
    this.#chainInto(this.#bucketOf(this.#get(slot, this.keyPlace + 1)), slot);
    this.size++;
  }

  /** All records are adopted: makes the list, in the order of their last touches. `touches`: how many there were in all. */
  relink(touches: number): void {
    const touched = Float64Array.from({ length: this.#slab.end }, (_, slot) => {
      return this.#slab.chunkOf(slot).doubles[this.#touchedAt(slot)]!;
    });
    const slots = Uint32Array.from(touched.keys());
    for (const slot of slots.toSorted((first, second) => touched[first]! - touched[second]!)) this.#append(slot);
    this.touches = touches;
  }

  /** Marks a slot as the one touched last. */
  touch(slot: number): void {
    if (slot + 1 === this.#newest) return;
    this.#unlink(slot);
    this.#append(slot);
    this.#count(slot);
  }

  /** The slot touched longest ago, or -1. */
  oldest(): number {
    return this.#oldest - 1;
  }

  /** Forgets the entity in a slot. */
  remove(slot: number): void {
    const bucket = this.#bucketOf(this.#get(slot, this.keyPlace + 1));
    const next = this.#get(slot, this.#chain);
    if (this.#head(bucket) === slot + 1) this.#setHead(bucket, next);
    else this.#set(this.#before(slot, bucket), this.#chain, next);
    this.#unlink(slot);
    this.#slab.release(slot);
    this.size--;
  }

  /** The slot before one in the chain of its bucket. */
  #before(slot: number, bucket: number): number {
    let before = this.#head(bucket) - 1;
    while (this.#get(before, this.#chain) !== slot + 1) {
      before = this.#get(before, this.#chain) - 1;
      assert(before >= 0, 'a slot in use is in its chain');
    }
    return before;
  }

  #append(slot: number): void {
    this.#set(slot, this.#older, this.#newest);
    this.#set(slot, this.#newer, 0);
    if (this.#newest !== 0) this.#set(this.#newest - 1, this.#newer, slot + 1);
    this.#newest = slot + 1;
    if (this.#oldest === 0) this.#oldest = slot + 1;
  }

  #unlink(slot: number): void {
    const newer = this.#get(slot, this.#newer);
    const older = this.#get(slot, this.#older);
    if (newer !== 0) this.#set(newer - 1, this.#older, older);
    else this.#newest = older;
    if (older !== 0) this.#set(older - 1, this.#newer, newer);
    else this.#oldest = newer;
  }

  #count(slot: number): void {
    this.#slab.chunkOf(slot).doubles[this.#touchedAt(slot)] = ++this.touches;
  }

  #touchedAt(slot: number): number {
    return this.#slab.startOf(slot) / 2 + this.#touched;
  }

  #bucketOf(low: number): number {
    const bucket = low & (this.#mask * 2 + 1);
    return bucket < this.#bucketCount ? bucket : low & this.#mask;
  }

  /** Adds a bucket at the end, and moves there what belongs there now: entities of the one bucket that it halves. */
  #splitBucket(): void {
    const added = this.#bucketCount;
    if (added > this.#mask * 2 + 1) this.#mask = this.#mask * 2 + 1;
    const halved = added & this.#mask;
    this.#addBuckets(1);
    let link = this.#head(halved);
    this.#setHead(halved, 0);
    while (link !== 0) {
      const slot = link - 1;
      link = this.#get(slot, this.#chain);
      this.#chainInto(this.#bucketOf(this.#get(slot, this.keyPlace + 1)), slot);
    }
  }

  #addBuckets(count: number): void {
    this.#bucketCount += count;
    if (this.#buckets.length * bucketsPerChunk < this.#bucketCount)
      this.#buckets.push(new Uint32Array(bucketsPerChunk));
  }

  #chainInto(bucket: number, slot: number): void {
    this.#set(slot, this.#chain, this.#head(bucket));
    this.#setHead(bucket, slot + 1);
  }

  #head(bucket: number): number {
    return this.#buckets[bucket >>> bucketsPerChunkShift]![bucket & (bucketsPerChunk - 1)]!;
  }

  #setHead(bucket: number, link: number): void {
    this.#buckets[bucket >>> bucketsPerChunkShift]![bucket & (bucketsPerChunk - 1)] = link;
  }

  #get(slot: number, place: number): number {
    return this.#slab.chunkOf(slot).words[this.#slab.startOf(slot) + place]!;
  }

  #set(slot: number, place: number, value: number): void {
    this.#slab.chunkOf(slot).words[this.#slab.startOf(slot) + place] = value;
  }
}
