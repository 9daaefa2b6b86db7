import { allowedLatenessMs, distinctExactMax, earliestMs } from '../features/state.ts';

/**
 * Counts different elements in several windows at once.
 *
 * A counter is a block of (element hash, second last seen). An element is in a window when it was last seen in it. While a
 * block has room this is exact. When it is full, the entry with the largest hash goes, and from then on only hashes below it
 * are kept: a uniform sample whose rate is threshold / 2^32, so a window's count is its sample over the rate. The threshold
 * goes back up once all that was left out is older than the longest window. What is older than that window and the allowed
 * lateness, by the newest element, counts nowhere: so it does not matter when its entry goes.
 * Sources: k-minimum values (Bar-Yossef et al., 2002) and theta sketches (Dasgupta et al., 2016), with times added.
 *
 * A block is words, from a place on: count of entries · threshold · second of the newest element that was left out, and of all ·
 * two words an entry.
 */
export const distinctHeaderWords = 4;
/** Words of a block that holds all that a counter ever does. */
export const distinctWordsMax = distinctHeaderWords + distinctExactMax * 2;
/** The threshold of a counter that left nothing out. */
export const everyElement = 0xffff_ffff;

/** Places within a block. */
const thresholdAt = 1;
const leftOutAt = 2;
const newestAt = 3;
const allowedLatenessS = allowedLatenessMs / 1000;

/** Makes the block at `at` one that has seen nothing. */
export function clearDistinct(words: Uint32Array, at: number): void {
  words[at] = 0;
  words[at + thresholdAt] = everyElement;
  words[at + leftOutAt] = 0;
  words[at + newestAt] = 0;
}

/**
 * Adds an element. False when the block, of `entriesMax` entries, is full, and a larger one would not be: the counter is to be
 * moved there, and the call made again.
 * @param second as `secondOf` returns it.
 * @param spanS the counter's longest window, seconds.
 */
export function addDistinct(
  words: Uint32Array,
  at: number,
  entriesMax: number,
  element: number,
  second: number,
  spanS: number,
): boolean {
  if (second > words[at + newestAt]!) words[at + newestAt] = second;
  const oldestS = oldestSecond(words, at, spanS);
  if (second <= oldestS) return true;
  if (words[at + leftOutAt]! < oldestS) words[at + thresholdAt] = everyElement;
  const first = at + distinctHeaderWords;
  const end = first + words[at]! * 2;
  for (let entry = first; entry < end; entry += 2) {
    if (words[entry] !== element) continue;
    if (second > words[entry + 1]!) words[entry + 1] = second;
    return true;
  }
  const threshold = words[at + thresholdAt]!;
  if (element >= threshold && threshold !== everyElement) {
    leaveOut(words, at, second);
    return true;
  }
  if (words[at] === entriesMax && dropOlder(words, at, oldestS) === 0) {
    if (entriesMax < distinctExactMax) return false;
    if (!dropLargest(words, at, element, second)) return true;
  }
  const place = first + words[at]! * 2;
  words[place] = element;
  words[place + 1] = second;
  words[at]!++;
  return true;
}

/**
 * How many different elements were last seen in the window of `spanS` seconds that ends at `second`, itself included.
 * @param spanSMax the counter's longest window, seconds.
 */
export function countDistinct(words: Uint32Array, at: number, second: number, spanS: number, spanSMax: number): number {
  const since = Math.max(second - spanS, oldestSecond(words, at, spanSMax));
  const end = at + distinctHeaderWords + words[at]! * 2;
  let inside = 0;
  for (let entry = at + distinctHeaderWords; entry < end; entry += 2) {
    const seen = words[entry + 1]!;
    if (seen > since && seen <= second) inside++;
  }
  const threshold = words[at + thresholdAt]!;
  return threshold === everyElement ? inside : Math.round((inside * everyElement) / threshold);
}

/** Takes an element back, if the block holds it: what was left out of a sample is not known one by one. */
export function dropElement(words: Uint32Array, at: number, element: number): void {
  const end = at + distinctHeaderWords + words[at]! * 2;
  for (let entry = at + distinctHeaderWords; entry < end; entry += 2) {
    if (words[entry] !== element) continue;
    dropEntry(words, at, entry);
    return;
  }
}

/** Drops the entries that no window can reach any more. */
export function dropUnreachable(words: Uint32Array, at: number, spanSMax: number): void {
  dropOlder(words, at, oldestSecond(words, at, spanSMax));
}

/** Seconds since `earliestMs`: they fit 32 bits until 2156. */
export function secondOf(timeMs: number): number {
  const second = Math.floor((timeMs - earliestMs) / 1000);
  return Math.min(everyElement - 1, Math.max(0, second));
}

/** The last second that counts in no window any more. */
function oldestSecond(words: Uint32Array, at: number, spanSMax: number): number {
  return words[at + newestAt]! - spanSMax - allowedLatenessS;
}

function leaveOut(words: Uint32Array, at: number, second: number): void {
  if (second > words[at + leftOutAt]!) words[at + leftOutAt] = second;
}

/** Removes entries last seen at or before `second`; returns how many. */
function dropOlder(words: Uint32Array, at: number, second: number): number {
  const first = at + distinctHeaderWords;
  const end = first + words[at]! * 2;
  let kept = first;
  for (let entry = first; entry < end; entry += 2) {
    if (words[entry + 1]! <= second) continue;
    words[kept] = words[entry]!;
    words[kept + 1] = words[entry + 1]!;
    kept += 2;
  }
  words[at] = (kept - first) / 2;
  return (end - kept) / 2;
}

/** Makes room by leaving out the largest hash; false when that is the new element itself. */
function dropLargest(words: Uint32Array, at: number, element: number, second: number): boolean {
  const first = at + distinctHeaderWords;
  const last = first + (words[at]! - 1) * 2;
  let largest = first;
  for (let entry = first; entry <= last; entry += 2) if (words[entry]! > words[largest]!) largest = entry;
  const isNewElement = element > words[largest]!;
  words[at + thresholdAt] = isNewElement ? element : words[largest]!;
  leaveOut(words, at, isNewElement ? second : words[largest + 1]!);
  if (isNewElement) return false;
  dropEntry(words, at, largest);
  return true;
}

/** Removes the entry at a place; the last one takes it. */
function dropEntry(words: Uint32Array, at: number, entry: number): void {
  const last = at + distinctHeaderWords + (words[at]! - 1) * 2;
  words[entry] = words[last]!;
  words[entry + 1] = words[last + 1]!;
  words[at]!--;
}
