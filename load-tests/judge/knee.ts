import { trendOf, type Point } from './trend.ts';

/** A stretch of load at one rate, and how old the oldest event without an output was meanwhile. */
export interface RateStep {
  /** Events per second. */
  readonly rate: number;
  /** Milliseconds, in the order of time. */
  readonly ages: readonly Point[];
}

export interface Knee {
  /** Events per second: the highest rate at which lag did not grow, and at no lower one; null where it grew at the first. */
  readonly heldRate: number | null;
  /** The next rate, at which it grew; null where the ramp ended before: the knee is higher than all that was tried. */
  readonly grewRate: number | null;
}

/** Milliseconds: what is decided sooner does not lag. */
const ageMsMin = 500;
/** Seconds of lag a second. Where a rate is a twentieth above what is handled, lag grows as fast as this. */
const growthMin = 0.05;
/** So many steps in a row have to grow: a machine that did something else for a moment is no knee. */
export const growingStepsMin = 2;

/**
 * Whether lag grew: its line rises, with 95 % confidence, and what is decided in the end is late. Lag that is left from a step before and falls
 * does not grow.
 */
export function lagGrows({ ages }: RateStep): boolean {
  const trend = trendOf(ages);
  const last = ages.at(-1);
  if (trend === null || last === undefined) return false;
  return last.value > ageMsMin && trend.low / 3_600_000 > growthMin;
}

/** @param steps in the order in which they were tried, by rising rates */
export function findKnee(steps: readonly RateStep[]): Knee {
  const grows = steps.map(lagGrows);
  // A ramp that ended in the first growing step could not tell whether it was a moment's.
  const first = grows.findIndex((_, at) => grows.slice(at, at + growingStepsMin).every(Boolean));
  if (first < 0) return { heldRate: steps.at(-1)?.rate ?? null, grewRate: null };
  return { heldRate: steps[first - 1]?.rate ?? null, grewRate: steps[first]!.rate };
}

/** Whether enough steps in a row grew for the ramp to end. */
export function isBeyondKnee(steps: readonly RateStep[]): boolean {
  return steps.length >= growingStepsMin && steps.slice(-growingStepsMin).every(lagGrows);
}
