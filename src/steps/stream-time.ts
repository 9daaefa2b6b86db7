import type { RecordBatch } from '../ports.ts';

/** A partition that brings nothing for so long has been read to its end, milliseconds. */
export const quietMs = 30_000;

interface Reading {
  /** When its last batch came, milliseconds since the epoch. */
  readonly readMs: number;
  /** When the last record of that was written. */
  readonly writtenMs: number;
}

/**
 * Up to which moment this process has read what was written: the clock, where it keeps up, and less where it reads again what history has not. What is due
 * by the clock alone would be done there before that has come which it ought to concern. There are as many readings as partitions at most.
 */
export class StreamTime {
  readonly #readings = new Map<string, Reading>();

  took({ topic, partition, records }: RecordBatch, nowMs: number): void {
    const writtenMs = records.at(-1)?.timestampMs ?? NaN;
    if (!Number.isNaN(writtenMs)) this.#readings.set(`${topic}:${partition}`, { readMs: nowMs, writtenMs });
  }

  /** Milliseconds since the epoch. */
  reachedMs(nowMs: number): number {
    let reachedMs = nowMs;
    for (const [key, { readMs, writtenMs }] of this.#readings) {
      if (readMs < nowMs - quietMs) this.#readings.delete(key);
      else reachedMs = Math.min(reachedMs, writtenMs);
    }
    return reachedMs;
  }
}
