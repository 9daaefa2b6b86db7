export const dayMs = 24 * 3_600_000;

/** The day of UTC that a time is in, counted since the epoch. @param timeMs milliseconds since the epoch. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}
