import { allowedLatenessMs } from '../features/state.ts';

/**
 * A distinct counter that has seen one element, in two words of its entity's record: the element, and the second in which it was last
 * seen, plus 1. Most counters never see another one within reach; they need no block elsewhere, which would be one more line of memory
 * to wait for at each touch.
 *
 * A counter that has seen more has the handle of its block (`distinct-counts.ts`) in the first word and 0 in the second; one that has
 * seen nothing has 0 in both. What it counts is the same as if it had had a block from the first element on.
 */
export const counterWords = 2;

const allowedLatenessS = allowedLatenessMs / 1000;

/** Whether the counter at `at` is one element. */
export function isSingle(words: Uint32Array, at: number): boolean {
  return words[at + 1] !== 0;
}

/** The second in which the element was last seen. */
export function singleSecond(words: Uint32Array, at: number): number {
  return words[at + 1]! - 1;
}

/**
 * Shows an element to a counter that is one, or has seen nothing. False when it would be two: the counter is to get a block.
 * @param second as `secondOf` returns it.
 * @param spanS the counter's longest window, seconds.
 */
export function showSingle(words: Uint32Array, at: number, element: number, second: number, spanS: number): boolean {
  const reachS = spanS + allowedLatenessS;
  const seen = singleSecond(words, at);
  const isOver = !isSingle(words, at) || seen <= second - reachS;
  if (isOver || (words[at] === element && second > seen)) {
    words[at] = element;
    words[at + 1] = second + 1;
    return true;
  }
  return words[at] === element || second <= seen - reachS;
}

/** 1 when the element was last seen in the window of `spanS` seconds that ends at `second`, itself included; else 0, and where none was. */
export function countSingle(words: Uint32Array, at: number, second: number, spanS: number): 0 | 1 {
  const seen = singleSecond(words, at);
  return seen >= 0 && seen > second - spanS && seen <= second ? 1 : 0;
}
