import type { Clock } from '../ports.ts';

/** Slices of a second that records are sent in: fine enough to look even, and few enough to cost nothing. */
const slicesPerSecond = 20;

/** How many records to hand to `paced` at once, at least one. */
export function recordsPerSlice(perSecond: number): number {
  return Math.max(1, Math.ceil(perSecond / slicesPerSecond));
}

/**
 * Sends no faster than so many records a second. Time that was lost to a slow send is not made up for: a burst would be what nobody asked for.
 * @param perSecond above 0
 */
export function paced<T>(
  perSecond: number,
  send: (records: readonly T[]) => Promise<void>,
  clock: Pick<Clock, 'monotonicMs'>,
  sleep: (ms: number) => Promise<unknown>,
): (records: readonly T[]) => Promise<void> {
  let dueMs = clock.monotonicMs();
  return async (records) => {
    const waitMs = dueMs - clock.monotonicMs();
    if (waitMs > 0) await sleep(waitMs);
    dueMs = clock.monotonicMs() + (records.length * 1_000) / perSecond;
    await send(records);
  };
}
