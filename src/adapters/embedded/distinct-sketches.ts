import assert from 'node:assert/strict';
import { allowedLatenessMs, distinctExactMax, earliestMs } from '../../features/state.ts';
import { Slab } from './slab.ts';

const allowedLatenessS = allowedLatenessMs / 1000;

/** No handle: the counter has seen nothing. */
export const noSketch = 0;

/** Words before the entries of a block: count of entries, threshold, time of the newest element that was left out, and of all. */
const headerWords = 4;
/** Words that `save` writes at most. */
export const savedSketchWordsMax = headerWords + distinctExactMax * 2;
/** Most counters see few elements, so a block starts small and moves once into a large one. */
const entriesMaxByClass = [4, distinctExactMax] as const;
const everything = 0xffff_ffff;
/** In the first word of a saved block, its class counts by this, and its entries by 1. */
const classUnit = 0x1_0000;

/**
 * Counts different elements in several windows at once, for millions of counters.
 *
 * A counter is a block of (element hash, second last seen). An element is in a window when it was last seen in it. While a
 * block has room this is exact. When it is full, the entry with the largest hash goes, and from then on only hashes below it
 * are kept: a uniform sample whose rate is threshold / 2^32, so a window's count is its sample over the rate. The threshold
 * goes back up once all that was left out is older than the longest window. What is older than that window and the allowed
 * lateness, by the newest element, counts nowhere: so it does not matter when its entry goes.
 * Sources: k-minimum values (Bar-Yossef et al., 2002) and theta sketches (Dasgupta et al., 2016), with times added.
 */
export class DistinctSketches {
  readonly #slabs = entriesMaxByClass.map((entries) => {
    const slab = new Slab();
    slab.reserve('block', headerWords + entries * 2, 4);
    return slab;
  });

  /**
   * Adds an element; answers the handle to keep, which may have changed.
   * @param spanMs the counter's longest window, milliseconds.
   */
  add(handle: number, element: number, timeMs: number, spanMs: number): number {
    const second = toSecond(timeMs);
    if (handle === noSketch) handle = this.#take(0);
    let words = this.#words(handle);
    let at = this.#at(handle);
    const count = words[at]!;
    const first = at + headerWords;
    if (second > words[at + 3]!) words[at + 3] = second;
    const oldestS = words[at + 3]! - spanMs / 1000 - allowedLatenessS;
    if (second <= oldestS) return handle;
    if (words[at + 2]! < oldestS) words[at + 1] = everything;
    for (let entry = first; entry < first + count * 2; entry += 2) {
      if (words[entry] !== element) continue;
      if (second > words[entry + 1]!) words[entry + 1] = second;
      return handle;
    }
    if (element >= words[at + 1]! && words[at + 1]! !== everything) {
      if (second > words[at + 2]!) words[at + 2] = second;
      return handle;
    }
    if (count === entriesMaxByClass[classOf(handle)]!) {
      if (this.#dropOld(words, at, oldestS) === 0) {
        if (classOf(handle) + 1 < entriesMaxByClass.length) {
          handle = this.#promote(handle);
          words = this.#words(handle);
          at = this.#at(handle);
        } else if (!this.#dropLargest(words, at, element, second)) {
          return handle;
        }
      }
    }
    const end = at + headerWords + words[at]! * 2;
    words[end] = element;
    words[end + 1] = second;
    words[at]!++;
    return handle;
  }

  /**
   * How many different elements were last seen in the window that ends at `timeMs`, itself included.
   * @param spanMsMax as `spanMs` of `add`.
   */
  count(handle: number, timeMs: number, spanMs: number, spanMsMax: number): number {
    if (handle === noSketch) return 0;
    const words = this.#words(handle);
    const at = this.#at(handle);
    const second = toSecond(timeMs);
    const since = Math.max(second - spanMs / 1000, words[at + 3]! - spanMsMax / 1000 - allowedLatenessS);
    const end = at + headerWords + words[at]! * 2;
    let inside = 0;
    for (let entry = at + headerWords; entry < end; entry += 2) {
      const seen = words[entry + 1]!;
      if (seen > since && seen <= second) inside++;
    }
    const threshold = words[at + 1]!;
    return threshold === everything ? inside : Math.round((inside * everything) / threshold);
  }

  /** Gives a counter's block back. */
  release(handle: number): void {
    if (handle !== noSketch) this.#slabs[classOf(handle)]!.release(slotOf(handle));
  }

  /**
   * Copies a counter to `target`, from `at` on; answers where it ends. A counter that has seen nothing is one word, 0; of another
   * one, the first word also says how large its block is.
   */
  save(handle: number, target: Uint32Array, at: number): number {
    if (handle === noSketch) {
      target[at] = 0;
      return at + 1;
    }
    const words = this.#words(handle);
    const start = this.#at(handle);
    const size = headerWords + words[start]! * 2;
    for (let word = 0; word < size; word++) target[at + word] = words[start + word]!;
    target[at]! += classOf(handle) * classUnit;
    return at + size;
  }

  /** The handle of a new counter that is what `save` wrote at `at`. */
  restore(source: Uint32Array, at: number): number {
    if (source[at] === 0) return noSketch;
    const size = Math.floor(source[at]! / classUnit);
    const count = source[at]! % classUnit;
    const end = at + headerWords + count * 2;
    assert(count > 0 && count <= (entriesMaxByClass[size] ?? 0) && end <= source.length, 'a block holds its entries');
    const handle = this.#take(size);
    const words = this.#words(handle);
    words.set(source.subarray(at, end), this.#at(handle));
    words[this.#at(handle)] = count;
    return handle;
  }

  /** Words that `save` wrote at `at`. */
  static savedWords(source: Uint32Array, at: number): number {
    return source[at] === 0 ? 1 : headerWords + (source[at]! % classUnit) * 2;
  }

  #words(handle: number): Uint32Array {
    return this.#slabs[classOf(handle)]!.chunkOf(slotOf(handle)).words;
  }

  #at(handle: number): number {
    return this.#slabs[classOf(handle)]!.startOf(slotOf(handle));
  }

  #take(size: number): number {
    const handle = this.#slabs[size]!.take() * entriesMaxByClass.length + size + 1;
    this.#words(handle)[this.#at(handle) + 1] = everything;
    return handle;
  }

  #promote(handle: number): number {
    const larger = this.#take(classOf(handle) + 1);
    const words = this.#words(handle);
    const at = this.#at(handle);
    this.#words(larger).set(words.subarray(at, at + headerWords + words[at]! * 2), this.#at(larger));
    this.release(handle);
    return larger;
  }

  /** Removes entries last seen at or before `second`; answers how many. */
  #dropOld(words: Uint32Array, at: number, second: number): number {
    const first = at + headerWords;
    const count = words[at]!;
    let kept = 0;
    for (let entry = first; entry < first + count * 2; entry += 2) {
      if (words[entry + 1]! <= second) continue;
      words[first + kept * 2] = words[entry]!;
      words[first + kept * 2 + 1] = words[entry + 1]!;
      kept++;
    }
    words[at] = kept;
    return count - kept;
  }

  /** Makes room by leaving out the largest hash; false when that is the new element itself. */
  #dropLargest(words: Uint32Array, at: number, element: number, second: number): boolean {
    const first = at + headerWords;
    let largest = first;
    for (let entry = first; entry < first + words[at]! * 2; entry += 2)
      if (words[entry]! > words[largest]!) largest = entry;
    const isNewElement = element > words[largest]!;
    const leftOutSecond = isNewElement ? second : words[largest + 1]!;
    words[at + 1] = isNewElement ? element : words[largest]!;
    if (leftOutSecond > words[at + 2]!) words[at + 2] = leftOutSecond;
    if (isNewElement) return false;
    const last = first + (words[at]! - 1) * 2;
    words[largest] = words[last]!;
    words[largest + 1] = words[last + 1]!;
    words[at]!--;
    return true;
  }
}

/** Seconds since `earliestMs`: they fit 32 bits until 2156. */
function toSecond(timeMs: number): number {
  const second = Math.floor((timeMs - earliestMs) / 1000);
  return Math.min(everything - 1, Math.max(0, second));
}

function classOf(handle: number): number {
  return (handle - 1) % entriesMaxByClass.length;
}

function slotOf(handle: number): number {
  return Math.floor((handle - 1) / entriesMaxByClass.length);
}
