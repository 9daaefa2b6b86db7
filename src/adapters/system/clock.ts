import type { Clock } from '../../ports.ts';

/** The machine's clocks: the date in whole milliseconds, and a stopwatch with a fraction, which starts with the process. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
