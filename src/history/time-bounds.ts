import type { ObservationBatch } from '../features/observation.ts';
import { earliestMs } from '../features/state.ts';

/**
 * Windows, and the seconds of distinct counters, end here: their clocks are of 32 bits. What is newer counts nowhere.
 * Milliseconds since the epoch, in 2156.
 */
export const latestMs = earliestMs + 0xffff_fffe * 1000;

/** Whether history can hold something of this time. */
export function isHistoryTime(timeMs: number): boolean {
  return timeMs >= earliestMs && timeMs <= latestMs;
}

/**
 * The times between which an event changes history: from `earliestMs` to `latestMs`, not later than its batch says that an event
 * can be, and not further behind the newest event than it allows. Events are held to bounds when they are decoded already; these
 * are the last that stand before what cannot be undone. An event outside moves nothing of anybody: no
 * window, no span, no measure, no label, and not the newest time either.
 */
export class HistoryBounds {
  /** The newest event time that was within the bounds. Milliseconds since the epoch. */
  newestMs: number;

  constructor(newestMs = earliestMs) {
    this.newestMs = newestMs;
  }

  /** Whether an event of a batch changes history. If it does, time moves on to it. */
  admit(timeMs: number, batch: Pick<ObservationBatch, 'latestMs' | 'behindMsMax'>): boolean {
    if (!(isHistoryTime(timeMs) && timeMs <= batch.latestMs)) return false;
    if (timeMs > this.newestMs) this.newestMs = timeMs;
    return timeMs > this.newestMs - batch.behindMsMax;
  }
}
