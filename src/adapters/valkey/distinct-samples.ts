import { allowedLatenessMs, distinctExactMax, earliestMs } from '../../features/state.ts';
import type { KindPlan } from './kind-plan.ts';

const everything = 0xffff_ffff;
const allowedLatenessS = allowedLatenessMs / 1000;
const wordsPerCounter = distinctExactMax * 2;
/** In the header of a written counter: id, entries, and whether threshold and time of the newest element left out follow. */
const sizeShift = 16;
const sizeMask = 0x7fff;
const sampledBit = 0x8000_0000;

/**
 * The distinct counters of one entity at a time: (element hash, second last seen), at most `distinctExactMax` for each. While
 * they fit, every window is exact. When they do not, the largest hash goes, and from then on only hashes below it are kept: a
 * uniform sample whose rate is threshold / 2^32. The threshold goes back up once all that was left out is older than the longest
 * window. What is older than that and the allowed lateness, by the newest element, counts nowhere: so it does not matter when its
 * entry goes. The arithmetic is that of the embedded store, so that both give the same counts.
 * Sources: k-minimum values (Bar-Yossef et al., 2002) and theta sketches (Dasgupta et al., 2016), with times added.
 */
export class DistinctSamples {
  readonly #plan: KindPlan;
  /** [counter] */
  readonly #sizes: Uint8Array;
  readonly #thresholds: Uint32Array;
  readonly #leftOutS: Uint32Array;
  /** [counter] of the newest element, left out or not. */
  readonly #newestS: Uint32Array;
  /** [counter × distinctExactMax × 2] element, second. */
  readonly #entries: Uint32Array;

  constructor(plan: KindPlan) {
    const count = plan.distincts.length;
    this.#plan = plan;
    this.#sizes = new Uint8Array(count);
    this.#thresholds = new Uint32Array(count).fill(everything);
    this.#leftOutS = new Uint32Array(count);
    this.#newestS = new Uint32Array(count);
    this.#entries = new Uint32Array(count * wordsPerCounter);
  }

  clear(): void {
    this.#sizes.fill(0);
    this.#thresholds.fill(everything);
    this.#leftOutS.fill(0);
    this.#newestS.fill(0);
  }

  add(counter: number, element: number, timeMs: number): void {
    const second = toSecond(timeMs);
    if (second > this.#newestS[counter]!) this.#newestS[counter] = second;
    const oldestS = this.#oldestS(counter);
    if (second <= oldestS) return;
    if (this.#leftOutS[counter]! < oldestS) this.#thresholds[counter] = everything;
    const threshold = this.#thresholds[counter]!;
    const first = counter * wordsPerCounter;
    const end = first + this.#sizes[counter]! * 2;
    for (let entry = first; entry < end; entry += 2) {
      if (this.#entries[entry] !== element) continue;
      if (second > this.#entries[entry + 1]!) this.#entries[entry + 1] = second;
      return;
    }
    if (element >= threshold && threshold !== everything) {
      if (second > this.#leftOutS[counter]!) this.#leftOutS[counter] = second;
      return;
    }
    const isFull = this.#sizes[counter] === distinctExactMax;
    if (isFull && this.#dropOld(counter, oldestS) === 0 && !this.#dropLargest(counter, element, second)) return;
    const at = first + this.#sizes[counter]! * 2;
    this.#entries[at] = element;
    this.#entries[at + 1] = second;
    this.#sizes[counter]!++;
  }

  /** Writes how many elements were last seen in each window that ends at `timeMs` into a snapshot row that starts at `row`. */
  read(timeMs: number, values: Float64Array, row: number): void {
    const second = toSecond(timeMs);
    for (let counter = 0; counter < this.#sizes.length; counter++) {
      const { spansS, column } = this.#plan.distincts[counter]!;
      const first = counter * wordsPerCounter;
      const end = first + this.#sizes[counter]! * 2;
      const threshold = this.#thresholds[counter]!;
      const oldestS = this.#oldestS(counter);
      for (let window = 0; window < spansS.length; window++) {
        const sinceS = Math.max(second - spansS[window]!, oldestS);
        let inside = 0;
        for (let entry = first + 1; entry < end; entry += 2) {
          const seenS = this.#entries[entry]!;
          if (seenS > sinceS && seenS <= second) inside++;
        }
        values[row + column + window] =
          threshold === everything ? inside : Math.round((inside * everything) / threshold);
      }
    }
  }

  /** Writes the state; answers the next place. What no window can reach any more is dropped. */
  save(words: Uint32Array, at: number): number {
    for (let counter = 0; counter < this.#sizes.length; counter++) {
      this.#dropOld(counter, this.#oldestS(counter));
      const size = this.#sizes[counter]!;
      const isSampled = this.#thresholds[counter] !== everything;
      if (size === 0 && !isSampled) continue;
      const header = this.#plan.distinctIds.ids[counter]! | ((size + 1) << sizeShift);
      words[at++] = (isSampled ? header | sampledBit : header) >>> 0;
      if (isSampled) {
        words[at++] = this.#thresholds[counter]!;
        words[at++] = this.#leftOutS[counter]!;
      }
      const first = counter * wordsPerCounter;
      for (let entry = first; entry < first + size * 2; entry++) words[at++] = this.#entries[entry]!;
    }
    words[at++] = 0;
    return at;
  }

  /** Reads what `save` wrote; answers the next place. What fits no counter of this version is left out. */
  load(words: Uint32Array, at: number): number {
    for (;;) {
      const header = words[at++]!;
      const size = ((header >>> sizeShift) & sizeMask) - 1;
      if (size < 0) return at;
      const counter = this.#plan.distinctIds.indexOf(header & 0xffff);
      const isSampled = header >= sampledBit;
      const entries = at + (isSampled ? 2 : 0);
      if (counter >= 0 && size <= distinctExactMax) {
        this.#sizes[counter] = size;
        if (isSampled) {
          this.#thresholds[counter] = words[at]!;
          this.#leftOutS[counter] = words[at + 1]!;
        }
        const first = counter * wordsPerCounter;
        let newestS = this.#leftOutS[counter]!;
        for (let word = 0; word < size * 2; word += 2) {
          const seenS = words[entries + word + 1]!;
          this.#entries[first + word] = words[entries + word]!;
          this.#entries[first + word + 1] = seenS;
          if (seenS > newestS) newestS = seenS;
        }
        this.#newestS[counter] = newestS;
      }
      at = entries + size * 2;
    }
  }

  /** Words that `save` writes at most. */
  get wordsMax(): number {
    return 1 + this.#sizes.length * (3 + wordsPerCounter);
  }

  /** The last second that counts in no window any more. */
  #oldestS(counter: number): number {
    return this.#newestS[counter]! - this.#plan.distincts[counter]!.spanSMax - allowedLatenessS;
  }

  /** Removes entries last seen at or before `second`; answers how many. */
  #dropOld(counter: number, second: number): number {
    const first = counter * wordsPerCounter;
    const end = first + this.#sizes[counter]! * 2;
    let kept = first;
    for (let entry = first; entry < end; entry += 2) {
      if (this.#entries[entry + 1]! <= second) continue;
      this.#entries[kept] = this.#entries[entry]!;
      this.#entries[kept + 1] = this.#entries[entry + 1]!;
      kept += 2;
    }
    this.#sizes[counter] = (kept - first) / 2;
    return (end - kept) / 2;
  }

  /** Makes room by leaving out the largest hash; false when that is the new element itself. */
  #dropLargest(counter: number, element: number, second: number): boolean {
    const first = counter * wordsPerCounter;
    const last = first + (this.#sizes[counter]! - 1) * 2;
    let largest = first;
    for (let entry = first; entry <= last; entry += 2)
      if (this.#entries[entry]! > this.#entries[largest]!) largest = entry;
    const isNewElement = element > this.#entries[largest]!;
    const leftOutS = isNewElement ? second : this.#entries[largest + 1]!;
    this.#thresholds[counter] = isNewElement ? element : this.#entries[largest]!;
    if (leftOutS > this.#leftOutS[counter]!) this.#leftOutS[counter] = leftOutS;
    if (isNewElement) return false;
    this.#entries[largest] = this.#entries[last]!;
    this.#entries[largest + 1] = this.#entries[last + 1]!;
    this.#sizes[counter]!--;
    return true;
  }
}

/** Seconds since `earliestMs`: they fit 32 bits until 2156. */
function toSecond(timeMs: number): number {
  const second = Math.floor((timeMs - earliestMs) / 1000);
  return Math.min(everything - 1, Math.max(0, second));
}
