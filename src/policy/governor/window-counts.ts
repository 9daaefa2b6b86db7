import assert from 'node:assert/strict';

/** Milliseconds of one bucket. Four of them are an hour. */
export const bucketMs = 15 * 60_000;
const bucketsPerDay = (24 * 3_600_000) / bucketMs;
/** Buckets of the window that caps are about: an hour, of which the present quarter is the last. */
const windowBuckets = 4;
const daysKept = 7;

interface Counter {
  /** [ring] by bucket, modulo its length. */
  readonly counts: Uint32Array;
  /** The bucket that was counted last: those before it, up to the ring's length, are right; those after it are 0. */
  last: number;
  /** Number of the last count of all keys that was one of this key. */
  turn: number;
}

/** A counter as it is kept: the buckets that are not 0, and what they hold. */
export type KeptCounter = readonly [key: string, ...pairs: (readonly [bucket: number, count: number])[]];

/**
 * Counts by key and quarter of an hour of event time. At most `keysMax` keys: the one that was counted longest ago goes first, and to find
 * it all are looked at. That is cheap where few are new; where more keys than `keysMax` come in turn, it is paid at each of them.
 */
export class WindowCounts {
  readonly #counters = new Map<string, Counter>();
  readonly #keysMax: number;
  readonly #ring: number;
  #turn = 0;

  /** @param keeps how far to look back. */
  constructor(keysMax: number, keeps: 'week' | 'day') {
    this.#keysMax = keysMax;
    this.#ring = (keeps === 'week' ? daysKept : 1) * bucketsPerDay + windowBuckets;
  }

  get size(): number {
    return this.#counters.size;
  }

  /** @param bucket of event time, at most a window before the latest. */
  add(key: string, bucket: number, count = 1): void {
    const counter = this.#counters.get(key) ?? this.#begin(key, bucket);
    counter.turn = ++this.#turn;
    if (bucket <= counter.last - this.#ring) return;
    if (bucket > counter.last) {
      const from = Math.max(counter.last + 1, bucket - this.#ring + 1);
      for (let cleared = from; cleared <= bucket; cleared++) counter.counts[cleared % this.#ring] = 0;
      counter.last = bucket;
    }
    counter.counts[bucket % this.#ring]! += count;
  }

  /** What was counted in the hour that ends with a bucket. */
  inHour(key: string, bucket: number): number {
    return this.#sum(key, bucket - windowBuckets + 1, bucket);
  }

  /** What was counted in the day that ends with a bucket. */
  inDay(key: string, bucket: number): number {
    return this.#sum(key, bucket - bucketsPerDay + 1, bucket);
  }

  /** What was counted in the seven days that end with a bucket. */
  inWeek(key: string, bucket: number): number {
    return this.#sum(key, bucket - daysKept * bucketsPerDay + 1, bucket);
  }

  /** The mean of the same hour on the days before, as far back as `days` says. @param days 1 to 7. */
  sameHourMean(key: string, bucket: number, days: number): number {
    assert(days >= 1 && days <= daysKept, 'a week is kept');
    let total = 0;
    for (let day = 1; day <= days; day++) total += this.inHour(key, bucket - day * bucketsPerDay);
    return total / days;
  }

  kept(): readonly KeptCounter[] {
    const inTurn = [...this.#counters].toSorted(([, first], [, second]) => first.turn - second.turn);
    return inTurn.map(([key, { counts, last }]) => {
      const pairs: (readonly [number, number])[] = [];
      for (let bucket = Math.max(0, last - this.#ring + 1); bucket <= last; bucket++) {
        const count = counts[bucket % this.#ring]!;
        if (count > 0) pairs.push([bucket, count]);
      }
      return [key, ...pairs] as const;
    });
  }

  restore(kept: readonly KeptCounter[]): void {
    this.#counters.clear();
    for (const [key, ...pairs] of kept) for (const [bucket, count] of pairs) this.add(key, bucket, count);
  }

  /** A counter for a key that has none. Who was counted longest ago is looked for: to keep that order would cost each count more than all else. */
  #begin(key: string, bucket: number): Counter {
    if (this.#counters.size === this.#keysMax) {
      let first = key;
      let firstTurn = Infinity;
      for (const [one, { turn }] of this.#counters) if (turn < firstTurn) [first, firstTurn] = [one, turn];
      this.#counters.delete(first);
    }
    const counter = { counts: new Uint32Array(this.#ring), last: bucket, turn: 0 };
    this.#counters.set(key, counter);
    return counter;
  }

  #sum(key: string, from: number, to: number): number {
    const counter = this.#counters.get(key);
    if (counter === undefined) return 0;
    let total = 0;
    const first = Math.max(from, counter.last - this.#ring + 1, 0);
    for (let bucket = first; bucket <= Math.min(to, counter.last); bucket++)
      total += counter.counts[bucket % this.#ring]!;
    return total;
  }
}
