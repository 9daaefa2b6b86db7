import { labels } from '../domain/event.ts';
import { earliestMs } from '../features/state.ts';

/**
 * How the judgements of people fade: what was found of an account weighs 1 in its own epoch, and half as much in each
 * epoch after that.
 *
 * A store keeps the sum of *forward* weights, `2 ** epoch` of each judgement, and divides by the reader's own when it
 * reads. So nothing has to be aged in the background, judgements may come late and in any order, and one that is taken
 * back leaves exactly nothing: sums of powers of two are exact while they lie within 53 epochs, 13 years, of each other.
 * Source: Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems",
 * ICDE 2009.
 */

/** Milliseconds of event time after which a judgement weighs half: 90 days. */
export const judgementEpochMs = 90 * 86_400_000;

/** Epochs fit a byte. The last one begins in 2082. */
export const judgementEpochMax = 0xff;

/** The epoch of an event time in milliseconds: 0 to `judgementEpochMax`. */
export function judgementEpoch(timeMs: number): number {
  return Math.min(judgementEpochMax, Math.max(0, Math.floor((timeMs - earliestMs) / judgementEpochMs)));
}

/** What people found of one account, and when: the label in the low byte, the epoch above. 0 is none. */
export type Judgement = number;

/** @param label as in `ObservationBatch.labels`, and none of `none`. */
export function judgementOf(label: number, timeMs: number): Judgement {
  return label | (judgementEpoch(timeMs) << 8);
}

/** Whether a number is a judgement, or none. */
export function isJudgement(value: number): boolean {
  return value === 0 || (value <= 0xffff && labelOf(value) >= 1 && labelOf(value) <= labels.length);
}

/** As in `ObservationBatch.labels`. */
export function labelOf(judgement: Judgement): number {
  return judgement & 0xff;
}

/** What one judgement adds to a store's sum. */
export function forwardWeight(judgement: Judgement): number {
  return 2 ** (judgement >>> 8);
}

/** A sum of forward weights as it is read at an event time: in judgements of the reader's own epoch. */
export function fadedSum(sum: number, timeMs: number): number {
  return sum / 2 ** judgementEpoch(timeMs);
}

/** A sum without one judgement that it may hold: one that fell to an eviction or an expiry is not there to be taken back. */
export function withoutJudgement(sum: number, judgement: Judgement): number {
  return Math.max(0, sum - forwardWeight(judgement));
}
