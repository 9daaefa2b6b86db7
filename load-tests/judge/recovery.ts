import type { Point } from './trend.ts';

/** Milliseconds for which lag has to stay down: what dips for a moment has not recovered. */
export const calmMsMin = 2_000;

/**
 * Milliseconds from the end of a disturbance until lag was down for good: from that instant on it is at its bound or below for at least two
 * seconds. 0 where it never rose; null where it was not seen to stay down.
 *
 * @param ages of the oldest event without an output, in the order of time
 * @param ageMsMax at which lag counts as none
 */
export function recoveryMs(ages: readonly Point[], disturbedUntilMs: number, ageMsMax: number): number | null {
  let calmSinceMs: number | null = null;
  for (const { atMs, value } of ages) {
    if (atMs < disturbedUntilMs) continue;
    if (value > ageMsMax) calmSinceMs = null;
    else calmSinceMs ??= atMs;
    if (calmSinceMs !== null && atMs - calmSinceMs >= calmMsMin) {
      return isFirst(ages, disturbedUntilMs, calmSinceMs) ? 0 : calmSinceMs - disturbedUntilMs;
    }
  }
  return null;
}

/** Whether lag was down at the first look after the disturbance. */
function isFirst(ages: readonly Point[], disturbedUntilMs: number, calmSinceMs: number): boolean {
  return ages.find(({ atMs }) => atMs >= disturbedUntilMs)?.atMs === calmSinceMs;
}
