import type { GroupVerdict } from './domain/group-verdict.ts';
import { limits } from './domain/limits.ts';
import { ownVerdictsTopic } from './domain/topics.ts';
import type { Pipeline } from './pipeline.ts';
import type { IncomingRecord, RecordBatch } from './ports.ts';
import type { Outcome } from './steps/outcome.ts';
import type { BatchReport } from './telemetry.ts';
import { encodeVerdict } from './wire/group-verdict.ts';

/** A verdict that waits. */
interface Waiting {
  readonly verdict: GroupVerdict;
  /** When the record was written by which it was found: milliseconds since the epoch; null where that is not known. */
  readonly writtenMs: number | null;
}

/** What is kept of the verdicts that wait. */
export interface KeptVerdicts {
  /** Offset of the next one. */
  readonly next: number;
  readonly waiting: readonly Waiting[];
}

/**
 * What the groups of accounts came to, where one process decides all of it: stands for the topic of verdicts. What is found waits here
 * from the settling of its batch on and goes through the same path as what comes by a topic, before the batch is done and its offset
 * committed: as a partition of its own, with offsets and a watermark, in turns with all else about the same accounts.
 *
 * No batch is begun while any wait, so at most as many do as one batch of each partition in hand may find (`verdictsPerBatchMax`).
 *
 * After a crash history is as the last snapshot has it, and what waited then is in it too (`kept`). What was found later is found again, and
 * sent again also where the record that it is found by had been delivered: a group has accounts on several partitions, and these may come in
 * another order now, so that none of its verdicts need have been sent by the record that finds it now.
 */
export class OwnVerdicts {
  #waiting: Waiting[] = [];
  #next = 0;
  /** Ends when whoever delivers has. */
  #delivered: Promise<void> = Promise.resolve();

  /** Adds what was found by a batch, as soon as that is settled. */
  add(outcomes: readonly Outcome[]): void {
    for (const { verdicts, timestampMs } of outcomes) {
      const writtenMs = Number.isNaN(timestampMs) ? null : timestampMs;
      for (const verdict of verdicts) this.#waiting.push({ verdict, writtenMs });
    }
  }

  /** A pipeline that has delivered what waits before it is done with a batch, and before it begins one. */
  around(pipeline: Pipeline): Pipeline {
    return async (batch, signal, onDecided): Promise<BatchReport> => {
      await this.#deliver(pipeline, signal);
      const report = await pipeline(batch, signal, onDecided);
      await this.#deliver(pipeline, signal);
      return report;
    };
  }

  kept(): KeptVerdicts {
    return { next: this.#next, waiting: [...this.#waiting] };
  }

  restore({ next, waiting }: KeptVerdicts): void {
    this.#next = next;
    this.#waiting = [...waiting];
  }

  /** One after the other, whoever calls: they are one partition. */
  async #deliver(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length === 0) return;
    const turn = Promise.withResolvers<void>();
    const before = this.#delivered;
    this.#delivered = turn.promise;
    try {
      await before;
      while (this.#waiting.length > 0) {
        const batch = this.#batch();
        await pipeline(batch, signal);
        this.#waiting.splice(0, batch.records.length);
        this.#next += batch.records.length;
      }
    } finally {
      turn.resolve();
    }
  }

  /** The first of those that wait. */
  #batch(): RecordBatch {
    const some = this.#waiting.slice(0, limits.batchRecordsMax);
    const records = some.map((one, index) => recordOf(one, this.#next + index));
    return { topic: ownVerdictsTopic, partition: 0, records };
  }
}

/** As it would stand on the topic: one path for both. */
function recordOf({ verdict, writtenMs }: Waiting, offset: number): IncomingRecord {
  return {
    offset,
    key: Buffer.from(verdict.subject),
    value: Buffer.from(encodeVerdict(verdict)),
    headers: [],
    timestampMs: writtenMs ?? NaN,
  };
}
