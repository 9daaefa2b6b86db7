/** How long to wait between two tries. */
export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after the `attempt`-th try (1 is the first): doubling from `initialMs`, at most `maxMs`, the upper
 * half of it random, so that members that failed together do not come back together. Source: "Exponential Backoff And
 * Jitter" (AWS Architecture Blog, 2015), the variant called equal jitter: it never waits zero.
 *
 * @param random a number from 0 up to 1
 */
export function backoffMs(attempt: number, backoff: Backoff, random: number): number {
  const ceiling = Math.min(backoff.maxMs, backoff.initialMs * 2 ** Math.min(attempt - 1, 30));
  return ceiling / 2 + (ceiling / 2) * random;
}
