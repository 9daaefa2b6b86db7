import assert from 'node:assert/strict';
import { Slab } from './slab.ts';

const wordBytes = 4;
/** Places of a segment, a power of two. */
const placeCount = 256;
const placeMask = placeCount - 1;
/** Entities of a segment at most: one more, and it is split. */
const heldMax = 208;
/** Places of a segment that are not empty at most: one more, and it is made anew without those of entities that went. */
const usedMax = 240;
/** Two halves are joined where they hold no more: so much below `heldMax` that what comes and goes does not split and join in turn. */
const joinedMax = 176;
/** Entities that go between two looks at whether a segment can be joined: the other half is a look into memory that is far away. */
const goneBetweenLooks = 8;
/** Bits of a key that choose among segments at most: never reached by keys that are hashes. */
const depthMax = 24;
/** A multiplier that spreads keys that lie near each other: 2^32 over the golden ratio. */
const spread = 0x9e37_79b1;

/** A place whose entity went: a search goes on behind it. No slot is so high that its word is this. */
const gone = 0xffff_ffff;
/** Bits that a slot takes: enough for 16 million entities of a kind. Where these are too few, tags give one up. */
const slotBitsAtFirst = 24;

/** Bytes that an entity takes at most: of segments, each with half of what joins, and of the directory. */
export const indexBytesPerEntity = 14;

/**
 * Finds the slot of a 64-bit entity key.
 *
 * A hash table with open addressing, in segments of 256 places, without objects and without allocation per look-up. A place holds a slot
 * and, in the bits that slots leave free, a *tag*: bits of the key that tell nearly all others apart, so that a look-up reads one line
 * of a segment and the record that it finds, and for a key that is not held no record at all. The upper bits of a key choose the
 * segment, by a directory: a full segment is split in two, and two that became nearly empty are joined, so that no insertion and
 * no removal pays for all. Source: Fagin, Nievergelt, Pippenger and Strong, "Extendible hashing", 1979.
 */
export class EntityIndex {
  /** Entities held. */
  size = 0;
  /** Word of a record at which what is worth keeping begins: the key, then all that is reserved after it. */
  readonly keyPlace: number;

  readonly #slab: Slab;
  /** Words of a segment, `placeCount` of them: tag and slot plus 1; 0 where nothing was since the segment was made; or `gone`. */
  readonly #segments: Slab;
  /** What else is known of each segment. It lies apart, since all of it together stays in the processor's cache, and a line of a segment does not. */
  readonly #headers: Slab;
  /** Word of a header: the bits that the keys of its segment begin with. */
  readonly #prefix: number;
  /** Bytes of a header: how many bits these are, and how many places hold an entity, and are not empty. */
  readonly #depth: number;
  readonly #held: number;
  readonly #used: number;
  /** Of a word, those of the slot; the tag has the others. */
  #slotBits: number;
  #slotMask: number;
  /** [first `#directoryDepth` bits of a spread key] its segment. */
  #directory = new Uint32Array(2);
  #directoryDepth = 1;
  /** [depth] segments. */
  readonly #ofDepth = new Uint32Array(depthMax + 1);
  /** Slots of segments that are being made anew, and the halves of their keys. */
  readonly #waiting = new Uint32Array(2 * placeCount);
  readonly #waitingHigh = new Uint32Array(2 * placeCount);
  readonly #waitingLow = new Uint32Array(2 * placeCount);

  /**
   * @param chunkBytes of the slab: segments come in chunks of a sixteenth.
   * @param slotBits bits of a slot at first.
   */
  constructor(slab: Slab, chunkBytes: number, slotBits = slotBitsAtFirst) {
    this.#slab = slab;
    this.keyPlace = slab.reserve('key high, key low', 2, 4);
    this.#slotBits = slotBits;
    this.#slotMask = 2 ** slotBits - 1;
    this.#segments = new Slab(chunkBytes / 16);
    this.#segments.reserve('places', placeCount, 4);
    this.#headers = new Slab(chunkBytes / 64);
    this.#prefix = this.#headers.reserve('prefix', 1, 4);
    this.#depth = this.#headers.reserve('depth', 1, 1);
    this.#held = this.#headers.reserve('held', 1, 1);
    this.#used = this.#headers.reserve('used', 1, 1);
    this.#takeSegment();
    this.#ofDepth[0] = 1;
  }

  /** Bytes of all segments, and of the directory. */
  get allocatedBytes(): number {
    return this.#segments.allocatedBytes + this.#headers.allocatedBytes + this.#directory.byteLength;
  }

  /** Bytes by which they exceed `indexBytesPerEntity` for each entity at most. */
  get slackBytesMax(): number {
    return this.#segments.slackBytesMax + this.#headers.slackBytesMax + 2 * wordBytes;
  }

  /** The slot of a key, or -1. */
  find(high: number, low: number): number {
    const segment = this.#segmentOf(low);
    const words = this.#segments.wordsOf(segment);
    const places = this.#segments.startOf(segment);
    const tag = high >>> this.#slotBits;
    for (let place = homeOf(high, low); ; place = (place + 1) & placeMask) {
      const word = words[places + place]!;
      if (word === 0) return -1;
      if (word >>> this.#slotBits !== tag || word === gone) continue;
      const slot = (word & this.#slotMask) - 1;
      if (this.#get(slot, this.keyPlace + 1) === low && this.#get(slot, this.keyPlace) === high) return slot;
    }
  }

  /** A slot for a key that is not held. */
  add(high: number, low: number): number {
    const slot = this.#slab.take();
    const words = this.#slab.wordsOf(slot);
    const at = this.#slab.startOf(slot) + this.keyPlace;
    words[at] = high;
    words[at + 1] = low;
    this.adopt(slot);
    return slot;
  }

  /** Makes a record findable whose key is in place already. */
  adopt(slot: number): void {
    if (slot + 1 >= this.#slotMask) this.#widenSlots();
    const low = this.#get(slot, this.keyPlace + 1);
    for (let segment = this.#segmentOf(low); this.#of(segment, this.#held) >= heldMax; segment = this.#segmentOf(low))
      this.#split(segment);
    const segment = this.#segmentOf(low);
    if (this.#of(segment, this.#used) >= usedMax) this.#fill(this.#empty(segment, 0));
    this.#insert(slot, this.#get(slot, this.keyPlace), low);
    this.size++;
  }

  /** Forgets the entity in a slot, which the caller gives back. */
  remove(slot: number): void {
    const low = this.#get(slot, this.keyPlace + 1);
    const segment = this.#segmentOf(low);
    this.#clear(segment, this.#placeOf(segment, slot));
    this.#add(segment, this.#held, -1);
    this.size--;
    while (this.#joinAt(low));
  }

  /** The record in a slot is about to be moved to another. */
  move(slot: number, to: number): void {
    const segment = this.#segmentOf(this.#get(slot, this.keyPlace + 1));
    const at = this.#segments.startOf(segment) + this.#placeOf(segment, slot);
    this.#segments.wordsOf(segment)[at] = this.#wordOf(this.#get(slot, this.keyPlace), to);
  }

  #segmentOf(low: number): number {
    return this.#directory[Math.imul(low, spread) >>> (32 - this.#directoryDepth)]!;
  }

  #wordOf(high: number, slot: number): number {
    return (((high >>> this.#slotBits) << this.#slotBits) | (slot + 1)) >>> 0;
  }

  /** The place of a slot that is held. */
  #placeOf(segment: number, slot: number): number {
    const high = this.#get(slot, this.keyPlace);
    const words = this.#segments.wordsOf(segment);
    const places = this.#segments.startOf(segment);
    const word = this.#wordOf(high, slot);
    let place = homeOf(high, this.#get(slot, this.keyPlace + 1));
    while (words[places + place] !== word) {
      assert(words[places + place] !== 0, 'a slot in use has a place');
      place = (place + 1) & placeMask;
    }
    return place;
  }

  /** Empties a place; where a search may have to go on behind it, it is `gone`. */
  #clear(segment: number, place: number): void {
    const words = this.#segments.wordsOf(segment);
    const places = this.#segments.startOf(segment);
    words[places + place] = gone;
    if (words[places + ((place + 1) & placeMask)] !== 0) return;
    for (let last = place; words[places + last] === gone; last = (last - 1) & placeMask) {
      words[places + last] = 0;
      this.#add(segment, this.#used, -1);
    }
  }

  #insert(slot: number, high: number, low: number): void {
    const segment = this.#segmentOf(low);
    const words = this.#segments.wordsOf(segment);
    const places = this.#segments.startOf(segment);
    let place = homeOf(high, low);
    while (words[places + place] !== 0 && words[places + place] !== gone) place = (place + 1) & placeMask;
    if (words[places + place] === 0) this.#add(segment, this.#used, 1);
    words[places + place] = this.#wordOf(high, slot);
    this.#add(segment, this.#held, 1);
  }

  /** Halves a segment: the keys whose next bit is set go to a new one. */
  #split(segment: number): void {
    const depth = this.#of(segment, this.#depth) + 1;
    assert(depth <= depthMax, 'keys are hashes');
    if (depth > this.#directoryDepth) this.#resizeDirectory(depth);
    const waiting = this.#empty(segment, 0);
    const prefix = this.#prefixOf(segment) * 2;
    this.#name(segment, prefix, depth);
    this.#name(this.#takeSegment(), prefix + 1, depth);
    this.#ofDepth[depth - 1]!--;
    this.#ofDepth[depth]! += 2;
    this.#fill(waiting);
  }

  /** Joins the two halves of which a key's segment is one, where they hold few enough. Returns whether it did. */
  #joinAt(low: number): boolean {
    const segment = this.#segmentOf(low);
    const depth = this.#of(segment, this.#depth);
    const held = this.#of(segment, this.#held);
    if (depth === 0 || held > joinedMax || held % goneBetweenLooks !== 0) return false;
    const prefix = this.#prefixOf(segment);
    const other = this.#directory[(prefix ^ 1) << (this.#directoryDepth - depth)]!;
    if (this.#of(other, this.#depth) !== depth || held + this.#of(other, this.#held) > joinedMax) return false;
    const waiting = this.#empty(other, this.#empty(segment, 0));
    this.#name(segment, prefix >>> 1, depth - 1);
    this.#ofDepth[depth]! -= 2;
    this.#ofDepth[depth - 1]!++;
    this.#release(other);
    if (this.#ofDepth[this.#directoryDepth] === 0 && this.#directoryDepth > 1)
      this.#resizeDirectory(this.#directoryDepth - 1);
    this.#fill(waiting);
    return true;
  }

  /** Gives an empty segment back: the last one takes its place. */
  #release(segment: number): void {
    const last = this.#segments.end - 1;
    if (segment !== last) {
      this.#segments.copy(last, segment);
      this.#headers.copy(last, segment);
      this.#name(segment, this.#prefixOf(last), this.#of(last, this.#depth));
    }
    this.#segments.releaseLast();
    this.#headers.releaseLast();
  }

  /** From here on a segment has the keys that begin with a prefix of `depth` bits. */
  #name(segment: number, prefix: number, depth: number): void {
    this.#headers.wordsOf(segment)[this.#headers.startOf(segment) + this.#prefix] = prefix;
    this.#set(segment, this.#depth, depth);
    const shift = this.#directoryDepth - depth;
    this.#directory.fill(segment, prefix << shift, (prefix + 1) << shift);
  }

  #resizeDirectory(depth: number): void {
    const former = this.#directory;
    const shift = depth - this.#directoryDepth;
    this.#directory = Uint32Array.from({ length: 2 ** depth }, (_, index) => former[Math.floor(index / 2 ** shift)]!);
    this.#directoryDepth = depth;
  }

  /** Slots get a bit of the tags: each tag loses its lowest, so that no key is looked at. Above 16 million entities, once for each doubling. */
  #widenSlots(): void {
    const [bits, mask] = [this.#slotBits, this.#slotMask];
    assert(bits < 31, 'a tag has a bit at least');
    for (let segment = 0; segment < this.#segments.end; segment++) {
      const words = this.#segments.wordsOf(segment);
      const places = this.#segments.startOf(segment);
      for (let at = places; at < places + placeCount; at++) {
        const word = words[at]!;
        if (word !== gone) words[at] = ((word >>> (bits + 1)) << (bits + 1)) | (word & mask);
      }
    }
    this.#slotBits++;
    this.#slotMask = 2 ** this.#slotBits - 1;
  }

  /** Lets all slots of a segment wait, behind others; returns how many wait. */
  #empty(segment: number, waiting: number): number {
    const words = this.#segments.wordsOf(segment);
    const places = this.#segments.startOf(segment);
    for (let at = places; at < places + placeCount; at++) {
      const word = words[at]!;
      if (word !== 0 && word !== gone) this.#waiting[waiting++] = (word & this.#slotMask) - 1;
      words[at] = 0;
    }
    this.#set(segment, this.#held, 0);
    this.#set(segment, this.#used, 0);
    return waiting;
  }

  /** Gives each slot that waits a place. All keys are read first: records lie anywhere, and the processor then waits for many at once. */
  #fill(waiting: number): void {
    for (let index = 0; index < waiting; index++) {
      this.#waitingHigh[index] = this.#get(this.#waiting[index]!, this.keyPlace);
      this.#waitingLow[index] = this.#get(this.#waiting[index]!, this.keyPlace + 1);
    }
    for (let index = 0; index < waiting; index++)
      this.#insert(this.#waiting[index]!, this.#waitingHigh[index]!, this.#waitingLow[index]!);
  }

  #takeSegment(): number {
    this.#headers.take();
    return this.#segments.take();
  }

  #prefixOf(segment: number): number {
    return this.#headers.wordsOf(segment)[this.#headers.startOf(segment) + this.#prefix]!;
  }

  /** Of the bytes of a header. */
  #of(segment: number, place: number): number {
    return this.#headers.chunkOf(segment).bytes[this.#headers.startOf(segment) * wordBytes + place]!;
  }

  #set(segment: number, place: number, value: number): void {
    this.#headers.chunkOf(segment).bytes[this.#headers.startOf(segment) * wordBytes + place] = value;
  }

  #add(segment: number, place: number, change: number): void {
    this.#set(segment, place, this.#of(segment, place) + change);
  }

  #get(slot: number, place: number): number {
    return this.#slab.wordsOf(slot)[this.#slab.startOf(slot) + place]!;
  }
}

/** The place at which the search for a key begins: by bits that choose neither segment nor tag. */
function homeOf(high: number, low: number): number {
  return (high ^ low) & placeMask;
}
