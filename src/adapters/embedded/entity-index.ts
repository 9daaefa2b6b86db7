import assert from 'node:assert/strict';
import type { Slab } from './slab.ts';

const bucketsAtFirst = 256;
const wordBytes = 4;
/** Buckets for each entity at most, beside those at first. */
const bucketsPerEntityMax = 1.25;

/** Bytes of buckets that an entity takes at most. */
export const indexBytesPerEntity = bucketsPerEntityMax * wordBytes;

/**
 * Finds the slot of a 64-bit entity key.
 *
 * A chained hash table in the records of a slab: no object per entity, no allocation per look-up. The table grows and shrinks by
 * linear hashing (Litwin, 1980): an entity for which it has no bucket left splits one bucket, the next in turn, and the last bucket
 * is joined to the one that it was split from when there are too many, so that no insertion and no removal pays for all. Links are
 * slots plus 1, and 0 is none.
 */
export class EntityIndex {
  /** Entities held. */
  size = 0;
  /** Word of a record at which what is worth keeping begins: the key, then all that is reserved after it. */
  readonly keyPlace: number;

  readonly #slab: Slab;
  readonly #chain: number;
  readonly #chunkShift: number;
  readonly #chunkBuckets: number;
  readonly #buckets: Uint32Array[] = [];
  #bucketCount = 0;
  /** The largest power of two that is not above `#bucketCount`, less 1. */
  #mask = bucketsAtFirst - 1;

  /** @param chunkBytes of the slab: buckets come in chunks of a sixteenth. */
  constructor(slab: Slab, chunkBytes: number) {
    this.#slab = slab;
    this.#chunkShift = Math.max(Math.log2(bucketsAtFirst), Math.floor(Math.log2(chunkBytes / 16 / wordBytes)));
    this.#chunkBuckets = 1 << this.#chunkShift;
    this.#chain = slab.reserve('chain', 1, 4);
    this.keyPlace = slab.reserve('key high, key low', 2, 4);
    for (let bucket = 0; bucket < bucketsAtFirst; bucket++) this.#addBucket();
  }

  /** Bytes of all buckets. */
  get allocatedBytes(): number {
    return this.#buckets.length * this.#chunkBuckets * wordBytes;
  }

  /** Bytes by which the buckets exceed `indexBytesPerEntity` for each entity at most. */
  get slackBytesMax(): number {
    return (bucketsAtFirst + this.#chunkBuckets) * wordBytes;
  }

  /** The slot of a key, or -1. */
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

  /** A slot for a key that is not held. */
  add(high: number, low: number): number {
    const slot = this.#slab.take();
    this.#set(slot, this.keyPlace, high);
    this.#set(slot, this.keyPlace + 1, low);
    this.adopt(slot);
    return slot;
  }

  /** Makes a record findable whose key is in place already. */
  adopt(slot: number): void {
    if (this.size >= this.#bucketCount) this.#splitBucket();
    this.#chainInto(this.#bucketOf(this.#get(slot, this.keyPlace + 1)), slot);
    this.size++;
  }

  /** Forgets the entity in a slot, which the caller gives back. */
  remove(slot: number): void {
    this.#replace(slot, this.#get(slot, this.#chain));
    this.size--;
    const bucketsMax = Math.max(bucketsAtFirst, this.size * bucketsPerEntityMax);
    while (this.#bucketCount > bucketsMax) this.#joinBucket();
  }

  /** The record in a slot is about to be moved to another. */
  move(slot: number, to: number): void {
    this.#replace(slot, to + 1);
  }

  /** Puts another link in the place of the one that leads to a slot. */
  #replace(slot: number, link: number): void {
    const bucket = this.#bucketOf(this.#get(slot, this.keyPlace + 1));
    if (this.#head(bucket) === slot + 1) return this.#setHead(bucket, link);
    let before = this.#head(bucket) - 1;
    while (this.#get(before, this.#chain) !== slot + 1) {
      before = this.#get(before, this.#chain) - 1;
      assert(before >= 0, 'a slot in use is in its chain');
    }
    this.#set(before, this.#chain, link);
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
    this.#addBucket();
    this.#distribute(halved);
  }

  /** Removes the bucket at the end: its entities go back to the one that it halved. */
  #joinBucket(): void {
    const last = this.#bucketCount - 1;
    const link = this.#head(last);
    this.#setHead(last, 0);
    this.#bucketCount--;
    if (this.#bucketCount <= this.#mask) this.#mask >>>= 1;
    if (this.#bucketCount <= (this.#buckets.length - 1) * this.#chunkBuckets) this.#buckets.pop();
    this.#chainAll(link);
  }

  #distribute(bucket: number): void {
    const link = this.#head(bucket);
    this.#setHead(bucket, 0);
    this.#chainAll(link);
  }

  /** Puts each slot of a chain where it belongs. */
  #chainAll(link: number): void {
    while (link !== 0) {
      const slot = link - 1;
      link = this.#get(slot, this.#chain);
      this.#chainInto(this.#bucketOf(this.#get(slot, this.keyPlace + 1)), slot);
    }
  }

  #addBucket(): void {
    this.#bucketCount++;
    if (this.#buckets.length * this.#chunkBuckets < this.#bucketCount)
      this.#buckets.push(new Uint32Array(this.#chunkBuckets));
  }

  #chainInto(bucket: number, slot: number): void {
    this.#set(slot, this.#chain, this.#head(bucket));
    this.#setHead(bucket, slot + 1);
  }

  #head(bucket: number): number {
    return this.#buckets[bucket >>> this.#chunkShift]![bucket & (this.#chunkBuckets - 1)]!;
  }

  #setHead(bucket: number, link: number): void {
    this.#buckets[bucket >>> this.#chunkShift]![bucket & (this.#chunkBuckets - 1)] = link;
  }

  #get(slot: number, place: number): number {
    return this.#slab.chunkOf(slot).words[this.#slab.startOf(slot) + place]!;
  }

  #set(slot: number, place: number, value: number): void {
    this.#slab.chunkOf(slot).words[this.#slab.startOf(slot) + place] = value;
  }
}
