import type { CounterIds } from './counter-ids.ts';
import { resolutions, type KindPlan } from './kind-plan.ts';

/** A key is a resolution and a bucket of that width since the epoch. */
const bucketBits = 29;
const bucketMask = 2 ** bucketBits - 1;
const finestMs = resolutions[0]!.bucketMs;
const resolutionCount = resolutions.length;
const countMax = 0xffff_ffff;
/** Pairs beyond those that can be read: room for what is poured into wider buckets only when it runs out. */
const slack = 16;

/** Which buckets a read sums. Kept from one read to the next, because the events of a batch are mostly of one minute. */
class Bounds {
  /** [resolution × resolution] first and last bucket of the first width that the second's window covers. */
  readonly first = new Int32Array(resolutionCount * resolutionCount);
  readonly last = new Int32Array(resolutionCount * resolutionCount);
  #end = -1;
  #newest = -1;

  /** `end` and `newest`: narrowest buckets of the read's time, and of the entity's newest touch. */
  set(end: number, newest: number): void {
    if (end === this.#end && newest === this.#newest) return;
    this.#end = end;
    this.#newest = newest;
    for (let wide = 0; wide < resolutionCount; wide++) {
      const { finest: width, bucketsRead, bucketsKept } = resolutions[wide]!;
      const endWide = Math.floor(end / width);
      const newestWide = Math.floor(newest / width);
      const first = Math.max(endWide - bucketsRead, newestWide - bucketsKept, -1) + 1;
      const last = Math.min(endWide, newestWide);
      for (let narrow = 0; narrow < resolutionCount; narrow++) {
        const at = narrow * resolutionCount + wide;
        const parts = width / resolutions[narrow]!.finest;
        // A pair wider than the window stands for touches that are too old for it.
        this.first[at] = narrow <= wide ? first * parts : 1;
        this.last[at] = narrow <= wide ? (last + 1) * parts - 1 : 0;
      }
    }
  }
}

const bounds = new Bounds();

/**
 * The windowed counters of one entity at a time, as (bucket, count) pairs: most entities have few, and cost little for it.
 *
 * A touch counts once, in the narrowest bucket that one of the counter's windows still reads; what is too old for that pours
 * into the next wider one. A window sums the pairs within it, of its own width and of narrower ones, since buckets lie within
 * each other. This gives, window by window, the sums of rings with one bucket per width (the embedded store's), at a fourth of
 * the writes. Source of the idea: exponential histograms (Datar et al., 2002), with widths given by the windows.
 */
export class WindowedCounts {
  readonly #ids: CounterIds;
  readonly #capacity: number;
  /** [counter] its first window; [counters] the end of the last. Windows are finest first. */
  readonly #firstWindows: Uint16Array;
  /** [window] */
  readonly #resolutions: Uint8Array;
  readonly #columns: Uint16Array;
  /** [counter] pairs in use. */
  readonly #sizes: Uint16Array;
  /** [counter × capacity] */
  readonly #keys: Uint32Array;
  readonly #counts: Uint32Array;
  /** Narrowest bucket of the newest touch that counted; 0 for none. */
  #newest = 0;

  constructor(plan: KindPlan) {
    const windows = plan.counts.flatMap((count) => count.windows);
    this.#ids = plan.countIds;
    this.#firstWindows = new Uint16Array(plan.counts.length + 1);
    for (const [counter, count] of plan.counts.entries())
      this.#firstWindows[counter + 1] = this.#firstWindows[counter]! + count.windows.length;
    this.#resolutions = Uint8Array.from(windows, ({ resolution }) => resolution);
    this.#columns = Uint16Array.from(windows, ({ column }) => column);
    this.#capacity = slack + 2 * resolutions.reduce((sum, { bucketsKept }) => sum + bucketsKept, 0);
    this.#sizes = new Uint16Array(plan.counts.length);
    this.#keys = new Uint32Array(plan.counts.length * this.#capacity);
    this.#counts = new Uint32Array(plan.counts.length * this.#capacity);
  }

  clear(): void {
    this.#sizes.fill(0);
    this.#newest = 0;
  }

  /** Moves time on; to be called before the `add`s of a touch. An earlier time moves nothing. */
  move(timeMs: number): void {
    const bucket = Math.floor(timeMs / finestMs);
    if (bucket > this.#newest) this.#newest = bucket;
  }

  /** Adds 1 to a counter. Too late for all of its windows: nothing happens. */
  add(counter: number, timeMs: number): void {
    const finest = Math.floor(timeMs / finestMs);
    for (let window = this.#firstWindows[counter]!; window < this.#firstWindows[counter + 1]!; window++) {
      const resolution = this.#resolutions[window]!;
      const bucket = Math.floor(finest / resolutions[resolution]!.finest);
      if (this.#isGone(resolution, bucket)) continue;
      if (this.#sizes[counter] === this.#capacity) this.#pour(counter);
      this.#put(counter, keyOf(resolution, bucket), 1);
      return;
    }
  }

  /** Writes each counter's windows, as of `timeMs`, into a snapshot row that starts at `row`. */
  read(timeMs: number, values: Float64Array, row: number): void {
    bounds.set(Math.floor(timeMs / finestMs), this.#newest);
    for (let counter = 0; counter < this.#sizes.length; counter++) {
      const firstWindow = this.#firstWindows[counter]!;
      const endWindow = this.#firstWindows[counter + 1]!;
      for (let window = firstWindow; window < endWindow; window++) values[row + this.#columns[window]!] = 0;
      const start = counter * this.#capacity;
      const end = start + this.#sizes[counter]!;
      for (let at = start; at < end; at++) {
        const key = this.#keys[at]!;
        const count = this.#counts[at]!;
        const narrow = (key >>> bucketBits) * resolutionCount;
        const bucket = key & bucketMask;
        for (let window = firstWindow; window < endWindow; window++) {
          const bound = narrow + this.#resolutions[window]!;
          if (bucket >= bounds.first[bound]! && bucket <= bounds.last[bound]!)
            values[row + this.#columns[window]!]! += count;
        }
      }
    }
  }

  /** Writes the state; answers the next place. */
  save(words: Uint32Array, at: number): number {
    words[at++] = this.#newest;
    for (let counter = 0; counter < this.#sizes.length; counter++) {
      this.#pour(counter);
      const size = this.#sizes[counter]!;
      if (size === 0) continue;
      words[at++] = (this.#ids.ids[counter]! | (size << 16)) >>> 0;
      const start = counter * this.#capacity;
      for (let pair = start; pair < start + size; pair++) {
        words[at++] = this.#keys[pair]!;
        words[at++] = this.#counts[pair]!;
      }
    }
    words[at++] = 0;
    return at;
  }

  /** Reads what `save` wrote; answers the next place. What fits no counter of this version is left out. */
  load(words: Uint32Array, at: number): number {
    this.#newest = words[at++]!;
    for (;;) {
      const header = words[at++]!;
      const size = header >>> 16;
      if (size === 0) return at;
      const counter = this.#ids.indexOf(header & 0xffff);
      if (counter >= 0 && size <= this.#capacity) {
        this.#sizes[counter] = size;
        const start = counter * this.#capacity;
        for (let pair = 0; pair < size; pair++) {
          this.#keys[start + pair] = words[at + pair * 2]!;
          this.#counts[start + pair] = words[at + pair * 2 + 1]!;
        }
      }
      at += size * 2;
    }
  }

  /** Words that `save` writes at most. */
  get wordsMax(): number {
    return 2 + this.#sizes.length * (1 + 2 * this.#capacity);
  }

  /** Whether a bucket is too old to be read by the window of its width. */
  #isGone(resolution: number, bucket: number): boolean {
    const { finest, bucketsKept } = resolutions[resolution]!;
    return bucket <= Math.floor(this.#newest / finest) - bucketsKept;
  }

  #put(counter: number, key: number, count: number): void {
    const start = counter * this.#capacity;
    const end = start + this.#sizes[counter]!;
    for (let at = end - 1; at >= start; at--) {
      if (this.#keys[at] !== key) continue;
      this.#counts[at] = Math.min(countMax, this.#counts[at]! + count);
      return;
    }
    this.#keys[end] = key;
    this.#counts[end] = count;
    this.#sizes[counter]!++;
  }

  /** Pours what is too old for its width into the next one that the counter has, and what is too old for all away. */
  #pour(counter: number): void {
    const start = counter * this.#capacity;
    const size = this.#sizes[counter]!;
    this.#sizes[counter] = 0;
    for (let at = start; at < start + size; at++) {
      // Read before written: what is kept never gets ahead of what is looked at.
      const key = this.#keys[at]!;
      const count = this.#counts[at]!;
      const width = resolutions[key >>> bucketBits]!.finest;
      for (let window = this.#firstWindows[counter]!; window < this.#firstWindows[counter + 1]!; window++) {
        const resolution = this.#resolutions[window]!;
        if (resolution < key >>> bucketBits) continue;
        const bucket = Math.floor(((key & bucketMask) * width) / resolutions[resolution]!.finest);
        if (this.#isGone(resolution, bucket)) continue;
        this.#put(counter, keyOf(resolution, bucket), count);
        break;
      }
    }
  }
}

function keyOf(resolution: number, bucket: number): number {
  return ((resolution << bucketBits) | bucket) >>> 0;
}
