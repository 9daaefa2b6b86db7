import { allowedLatenessMs, distinctExactMax, earliestMs } from '../../features/state.ts';
import { grown } from './entity-index.ts';

const allowedLatenessS = allowedLatenessMs / 1000;

/** No handle: the counter has seen nothing. */
export const noSketch = 0;

/** Words before the entries of a block: count of entries, threshold, time of the newest element that was left out. */
const headerWords = 3;
/** Most counters see few elements, so a block starts small and moves once into a large one. */
const entriesMaxByClass = [4, distinctExactMax] as const;
const everything = 0xffff_ffff;

/**
 * Counts different elements in several windows at once, for millions of counters.
 *
 * A counter is a block of (element hash, second last seen). An element is in a window when it was last seen in it. While a
 * block has room this is exact. When it is full, the entry with the largest hash goes, and from then on only hashes below it
 * are kept: a uniform sample whose rate is threshold / 2^32, so a window's count is its sample over the rate. The threshold
 * goes back up once all that was left out is older than the longest window.
 * Sources: k-minimum values (Bar-Yossef et al., 2002) and theta sketches (Dasgupta et al., 2016), with times added.
 */
export class DistinctSketches {
  #blocks = entriesMaxByClass.map((entries) => new Uint32Array(64 * wordsFor(entries)));
  #blocksUsed = entriesMaxByClass.map(() => 0);
  #free: number[][] = entriesMaxByClass.map(() => []);

  /**
   * Adds an element; answers the handle to keep, which may have changed.
   * @param spanMs the counter's longest window, milliseconds.
   */
  add(handle: number, element: number, timeMs: number, spanMs: number): number {
    const second = toSecond(timeMs);
    if (handle === noSketch) handle = this.#take(0);
    let words = this.#blocks[classOf(handle)]!;
    let at = this.#at(handle);
    const count = words[at]!;
    const first = at + headerWords;
    if (words[at + 1]! !== everything && second > words[at + 2]! + spanMs / 1000 + allowedLatenessS)
      words[at + 1] = everything;
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
      if (this.#dropOld(words, at, second - spanMs / 1000 - allowedLatenessS) === 0) {
        if (classOf(handle) + 1 < entriesMaxByClass.length) {
          handle = this.#promote(handle);
          words = this.#blocks[classOf(handle)]!;
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

  /** How many different elements were last seen in the window that ends at `timeMs`, itself included. */
  count(handle: number, timeMs: number, spanMs: number): number {
    if (handle === noSketch) return 0;
    const words = this.#blocks[classOf(handle)]!;
    const at = this.#at(handle);
    const second = toSecond(timeMs);
    const since = second - spanMs / 1000;
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
    if (handle !== noSketch) this.#free[classOf(handle)]!.push(handle);
  }

  #at(handle: number): number {
    return indexOf(handle) * wordsFor(entriesMaxByClass[classOf(handle)]!);
  }

  #take(size: number): number {
    const words = wordsFor(entriesMaxByClass[size]!);
    let handle = this.#free[size]!.pop();
    if (handle === undefined) {
      const index = this.#blocksUsed[size]!++;
      if (this.#blocks[size]!.length < (index + 1) * words)
        this.#blocks[size] = grown(this.#blocks[size]!, this.#blocks[size]!.length * 2);
      handle = index * entriesMaxByClass.length + size + 1;
    }
    const at = this.#at(handle);
    this.#blocks[size]![at] = 0;
    this.#blocks[size]![at + 1] = everything;
    this.#blocks[size]![at + 2] = 0;
    return handle;
  }

  #promote(handle: number): number {
    const larger = this.#take(classOf(handle) + 1);
    const from = this.#at(handle);
    const source = this.#blocks[classOf(handle)]!;
    this.#blocks[classOf(larger)]!.set(source.subarray(from, from + headerWords + source[from]! * 2), this.#at(larger));
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

function wordsFor(entries: number): number {
  return headerWords + entries * 2;
}

function classOf(handle: number): number {
  return (handle - 1) % entriesMaxByClass.length;
}

function indexOf(handle: number): number {
  return Math.floor((handle - 1) / entriesMaxByClass.length);
}
