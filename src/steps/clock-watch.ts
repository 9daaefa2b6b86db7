import { FailureError } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { IncomingRecord, RecordBatch } from '../ports.ts';

/** Records that are asked what the time is. So few, that those of a slow clock are a majority soon after a backlog is done. */
export const witnessesMax = 16;

/**
 * Doubts the machine's own clock. Where it is slow, each event that happens is dated ahead of it, and would be a dead letter whose
 * producer is told to set his clock. When a record was written is said by its producer, or by the broker where the topic dates by
 * that (`message.timestamp.type`); nobody writes in the future. So a record from there accuses one of two clocks: where the broker
 * dated it, ours; else the one that is in the minority, since producers are many. A batch with such records then waits until the
 * clock is set, or has come so far by itself.
 *
 * A clock that is fast cannot be told from a backlog, and is not doubted.
 */
export class ClockWatch {
  /** When the newest records were written, whoever wrote them: milliseconds since the epoch, of a ring. */
  readonly #writtenMs = new Float64Array(witnessesMax).fill(NaN);
  #written = 0;
  /** Batches that were heard: one that waits comes again and again, and is no further witness. */
  readonly #heard = new WeakSet<RecordBatch>();

  /**
   * @param nowMs what the clock says, milliseconds since the epoch
   * Throws `FailureError` `CLOCK_BEHIND`.
   */
  check(batch: RecordBatch, nowMs: number): void {
    this.hear(batch);
    const latestMs = nowMs + limits.eventAheadMsMax;
    const ahead = batch.records.filter(({ timestampMs }) => timestampMs > latestMs);
    if (ahead.length === 0) return;
    const isCertain = ahead.some(({ isDatedByBroker }) => isDatedByBroker === true);
    if (!isCertain && !this.isAccused(nowMs)) return;
    throw new FailureError({ code: 'CLOCK_BEHIND', message: describe(batch, ahead, nowMs) });
  }

  /** Whether most of the newest records were written ahead of the clock. */
  isAccused(nowMs: number): boolean {
    const latestMs = nowMs + limits.eventAheadMsMax;
    const witnesses = this.#writtenMs.filter((writtenMs) => !Number.isNaN(writtenMs));
    const accusing = witnesses.filter((writtenMs) => writtenMs > latestMs).length;
    return accusing * 2 > witnesses.length;
  }

  /** Takes the last records of a batch for witnesses. */
  hear(batch: RecordBatch): void {
    if (this.#heard.has(batch)) return;
    this.#heard.add(batch);
    for (const { timestampMs } of batch.records.slice(-witnessesMax)) {
      this.#writtenMs[this.#written % witnessesMax] = timestampMs;
      this.#written += 1;
    }
  }
}

function describe({ topic, partition }: RecordBatch, ahead: readonly IncomingRecord[], nowMs: number): string {
  const byMs = ahead.reduce((most, { timestampMs }) => Math.max(most, timestampMs - nowMs), 0);
  const place = `${topic} [${partition}], from offset ${ahead[0]!.offset} on`;
  return `Records were written up to ${Math.round(byMs / 1_000)} s ahead of this machine's clock: ${place}.`;
}
