import assert from 'node:assert/strict';
import { allowedLatenessMs, spanBit, windows, type KindLayout, type WindowName } from '../features/state.ts';
import type { Memory, RecordLayout } from './record.ts';
import { latestMs } from './time-bounds.ts';

/** A bucket width, which is that of one window. */
export interface Resolution {
  readonly window: WindowName;
  readonly bucketMs: number;
  /** Buckets that a read of this width's window sums. */
  readonly bucketsRead: number;
  /** Buckets that are kept: those of a read, and those of the allowed lateness. */
  readonly bucketsKept: number;
  /** Finest buckets in one of these. */
  readonly finest: number;
}

const windowNames = (Object.keys(windows) as WindowName[]).toSorted(
  (first, second) => windows[first].bucketMs - windows[second].bucketMs,
);
const finestMs = windows[windowNames[0]!].bucketMs;

/** Finest first: one for each window. A bucket lies within one bucket of each wider width. */
export const resolutions: readonly Resolution[] = windowNames.map((window) => {
  const { spanMs, bucketMs } = windows[window];
  const bucketsRead = spanMs / bucketMs;
  const bucketsKept = bucketsRead + Math.ceil(allowedLatenessMs / bucketMs);
  return { window, bucketMs, bucketsRead, bucketsKept, finest: bucketMs / finestMs };
});
for (const [index, { finest }] of resolutions.entries())
  assert(index === 0 || finest % resolutions[index - 1]!.finest === 0, 'buckets of windows lie within each other');

/**
 * Where an event's time falls in the rings. An event asks for it some twenty times, and the next one of its batch nearly always for the
 * same buckets, so it is reckoned when these change: it takes four divisions, which cost more than what is done with their results.
 */
class Moment {
  /** The bucket of the finest width. */
  finest = NaN;
  /** [resolution] the bucket of that width, and its place in each ring of it; of times that history can hold. */
  readonly buckets = new Int32Array(resolutions.length);
  readonly places = new Int32Array(resolutions.length);
  #timeMs = NaN;

  /** Moves to another time, milliseconds since the epoch. */
  moveTo(timeMs: number): this {
    if (timeMs === this.#timeMs) return this;
    this.#timeMs = timeMs;
    const finest = Math.floor(timeMs / finestMs);
    if (finest === this.finest) return this;
    this.finest = finest;
    for (let index = 0; index < resolutions.length; index++) {
      const bucket = bucketOf(resolutions[index]!, finest);
      this.buckets[index] = bucket;
      this.places[index] = bucket % resolutions[index]!.bucketsKept;
    }
    return this;
  }
}

/** The one that was asked for last. */
const moment = new Moment();

/** The rings of one width. */
export interface RingPlan extends Resolution {
  /** Place in `resolutions`. */
  readonly resolution: number;
  /** Counters with this window: their place among the kind's counts and their snapshot column. */
  readonly counters: readonly { readonly bit: number; readonly column: number }[];
  /** Where this width's buckets start among an entity's. Counter after counter, `bucketsKept` each. */
  readonly offset: number;
}

/** The bucket of a ring that holds a bucket of the finest width. */
export function bucketOf(ring: Resolution, finest: number): number {
  return Math.floor(finest / ring.finest);
}

/** The oldest bucket that a ring keeps. @param newest Bucket of the finest width that is the newest. */
export function firstKept(ring: Resolution, newest: number): number {
  return Math.max(0, bucketOf(ring, newest) - ring.bucketsKept + 1);
}

/** The first bucket of the finest width in a bucket of another: of `resolutions`, by its place; infinite of one that is not there. */
export function firstFinestOf(resolution: number, bucket: number): number {
  return bucket * (resolutions[resolution]?.finest ?? Infinity);
}

/** Of the bits of a touch, those of counters. */
export const countBits = spanBit - 1;
const bucketMax = { 2: 0xffff, 4: 0xffff_ffff } as const;

/**
 * Windowed counters of one kind of entity: for each window a ring of buckets, by event time.
 *
 * All counters share the number of the newest bucket, from which that of every width follows, so moving on costs once per
 * window. A late event lands in its own bucket as long as that is kept, and is read as of its own time. A bucket holds at most
 * 65,535, or 2^32 - 1 of a crowded kind, and stays there.
 */
export class WindowedCounts {
  /** Finest first. */
  readonly rings: readonly RingPlan[];
  /** Word: number of the newest bucket of the finest width, since the epoch; none where the kind counts nothing. */
  readonly #newest: number;
  /** Halves, or words of a crowded kind: the buckets of all rings. */
  readonly #buckets: number;
  readonly #bucketBytes: 2 | 4;

  constructor(layout: Pick<KindLayout, 'counts' | 'isCrowded'>, record: RecordLayout) {
    let offset = 0;
    this.rings = resolutions.flatMap((one, resolution) => {
      const counters = layout.counts.flatMap((count, bit) => {
        const position = count.windows.indexOf(one.window);
        return position < 0 ? [] : [{ bit, column: count.column + position }];
      });
      if (counters.length === 0) return [];
      const ring = { ...one, resolution, counters, offset };
      offset += one.bucketsKept * counters.length;
      return [ring];
    });
    this.#newest = record.reserve('newest bucket', this.rings.length === 0 ? 0 : 1, 4);
    this.#bucketBytes = layout.isCrowded ? 4 : 2;
    this.#buckets = record.reserve('buckets', offset, this.#bucketBytes);
  }

  /** Moves time on, and adds 1 to each counter whose bit is set. Too late for a window: that window stays as it is. */
  add(memory: Memory, start: number, bits: number, timeMs: number): void {
    if (this.rings.length === 0) return;
    const { finest, buckets: at, places } = moment.moveTo(timeMs);
    const newest = this.moveTo(memory, start, finest);
    if ((bits & countBits) === 0) return;
    const buckets = this.#bucketsOf(memory);
    const base = this.#baseOf(start);
    for (let index = 0; index < this.rings.length; index++) {
      const ring = this.rings[index]!;
      if (newest > finest && at[ring.resolution]! < firstKept(ring, newest)) continue;
      const position = base + ring.offset + places[ring.resolution]!;
      for (let counter = 0; counter < ring.counters.length; counter++) {
        if (((bits >>> ring.counters[counter]!.bit) & 1) === 0) continue;
        const place = position + counter * ring.bucketsKept;
        const count = buckets[place]!;
        if (count < bucketMax[this.#bucketBytes]) buckets[place] = count + 1;
      }
    }
  }

  /** Writes each counter's windows, as of `timeMs`, into a snapshot row that starts at `row`. */
  read(memory: Memory, start: number, timeMs: number, values: Float64Array, row: number): void {
    if (this.rings.length === 0) return;
    const buckets = this.#bucketsOf(memory);
    const base = this.#baseOf(start);
    const newestFinest = memory.words[start + this.#newest]!;
    const { finest, places } = moment.moveTo(timeMs);
    for (let index = 0; index < this.rings.length; index++) {
      const ring = this.rings[index]!;
      let from: number;
      let end: number;
      if (finest === newestFinest) {
        from = places[ring.resolution]! - ring.bucketsRead + 1;
        if (from < 0) from += ring.bucketsKept;
        end = from + ring.bucketsRead;
      } else {
        const current = Math.floor(timeMs / ring.bucketMs);
        const newest = bucketOf(ring, newestFinest);
        // Not below 0: no ring has a place for what is before the epoch.
        const first = Math.max(current - ring.bucketsRead, newest - ring.bucketsKept, -1) + 1;
        from = first % ring.bucketsKept;
        end = from + Math.max(0, Math.min(current, newest) - first + 1);
      }
      // They lie in one piece, or in two where the ring begins anew between them.
      const to = Math.min(end, ring.bucketsKept);
      const toAnew = end - ring.bucketsKept;
      for (let counter = 0; counter < ring.counters.length; counter++) {
        const at = base + ring.offset + counter * ring.bucketsKept;
        let sum = 0;
        for (let place = at + from; place < at + to; place++) sum += buckets[place]!;
        for (let place = at; place < at + toAnew; place++) sum += buckets[place]!;
        values[row + ring.counters[counter]!.column] = sum;
      }
    }
  }

  /** Whether touches can have made this. */
  isSound(memory: Memory, start: number): boolean {
    return this.newest(memory, start) <= latestMs / finestMs;
  }

  /** Number of the newest bucket of the finest width; 0 for none. */
  newest(memory: Memory, start: number): number {
    return this.rings.length === 0 ? 0 : memory.words[start + this.#newest]!;
  }

  /** Moves time on to a bucket of the finest width, if that is newer. Returns the newest. */
  moveTo(memory: Memory, start: number, finest: number): number {
    const { words } = memory;
    const newest = words[start + this.#newest]!;
    if (finest <= newest) return newest;
    words[start + this.#newest] = finest;
    // Of an entity that was never touched all buckets are empty.
    if (newest === 0) return finest;
    const buckets = this.#bucketsOf(memory);
    const base = this.#baseOf(start);
    for (let index = 0; index < this.rings.length; index++) {
      const ring = this.rings[index]!;
      const from = bucketOf(ring, newest);
      const to = bucketOf(ring, finest);
      if (to > from) clearBuckets(buckets, base + ring.offset, ring, from, to);
    }
    return finest;
  }

  /** What a counter of a ring, by its place there, holds in a bucket that is kept. */
  countIn(memory: Memory, start: number, ring: RingPlan, counter: number, bucket: number): number {
    return this.#bucketsOf(memory)[this.#placeOf(start, ring, counter, bucket)]!;
  }

  /** What a ring of a counter holds of one bucket of a wider ring. */
  sumWithin(memory: Memory, start: number, ring: RingPlan, counter: number, wider: RingPlan, bucket: number): number {
    const newest = this.newest(memory, start);
    const parts = wider.finest / ring.finest;
    const last = Math.min(bucketOf(ring, newest), (bucket + 1) * parts - 1);
    let sum = 0;
    for (let part = Math.max(bucket * parts, firstKept(ring, newest)); part <= last; part++)
      sum += this.countIn(memory, start, ring, counter, part);
    return sum;
  }

  /** Adds to a bucket that is kept. */
  addTo(memory: Memory, start: number, ring: RingPlan, counter: number, bucket: number, count: number): void {
    const buckets = this.#bucketsOf(memory);
    const at = this.#placeOf(start, ring, counter, bucket);
    buckets[at] = Math.min(bucketMax[this.#bucketBytes], buckets[at]! + count);
  }

  #bucketsOf(memory: Memory): Uint16Array | Uint32Array {
    return this.#bucketBytes === 4 ? memory.words : memory.halves;
  }

  #baseOf(start: number): number {
    return (start * 4) / this.#bucketBytes + this.#buckets;
  }

  #placeOf(start: number, ring: RingPlan, counter: number, bucket: number): number {
    return this.#baseOf(start) + ring.offset + counter * ring.bucketsKept + (bucket % ring.bucketsKept);
  }
}

/** Empties the buckets of a ring after `from`, up to `to`: time has moved on. */
function clearBuckets(
  buckets: Uint16Array | Uint32Array,
  start: number,
  ring: RingPlan,
  from: number,
  to: number,
): void {
  if (to - from >= ring.bucketsKept) {
    buckets.fill(0, start, start + ring.counters.length * ring.bucketsKept);
    return;
  }
  for (let bucket = from + 1; bucket <= to; bucket++) {
    const position = start + (bucket % ring.bucketsKept);
    for (let counter = 0; counter < ring.counters.length; counter++) buckets[position + counter * ring.bucketsKept] = 0;
  }
}
