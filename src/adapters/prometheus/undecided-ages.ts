import { Gauge, type Registry } from 'prom-client';

interface Measured {
  readonly topic: string;
  readonly partition: number;
  readonly lagRecords: number;
  /** Milliseconds since the epoch: what was written before is decided. */
  readonly decidedUpToMs: number;
  /** Milliseconds since the epoch: by then nothing waited; -Infinity where something always has. */
  readonly emptyMs: number;
}

/** A measurement is this old at most where the brokers answer: they are asked every ten seconds. Milliseconds. */
const freshMsMax = 25_000;

/**
 * How old the oldest event may be that is not decided, of each partition. Where nothing waited when the brokers were asked last it is
 * 0, for as long as that is fresh: afterwards nobody knows what has come, and it is the time since. So it does not stand still while Kafka
 * is away, as the number of records does. A record that says to be of long ago, as one that comes from another cluster may, makes nothing
 * older than the moment in which nothing waited.
 */
export class UndecidedAges {
  readonly #measured = new Map<string, Measured>();

  measured(
    topic: string,
    partition: number,
    lagRecords: number,
    decidedUpToMs: number | undefined,
    nowMs: number,
  ): void {
    const key = `${topic}/${partition}`;
    const former = this.#measured.get(key);
    // Where no record has said when it was written, what waits has waited for as long as that is known: it must not be missing.
    const known = decidedUpToMs ?? former?.decidedUpToMs ?? nowMs;
    const formerEmptyMs = former?.emptyMs ?? -Infinity;
    // Not later than now, whatever a record says: what comes next is not decided.
    const emptyMs = lagRecords === 0 ? Math.max(formerEmptyMs, Math.min(known, nowMs)) : formerEmptyMs;
    this.#measured.set(key, { topic, partition, lagRecords, decidedUpToMs: known, emptyMs });
  }

  forget(topic: string, partition: number): void {
    this.#measured.delete(`${topic}/${partition}`);
  }

  /** Milliseconds, never below 0: producers may have clocks that are ahead. */
  ages(nowMs: number): readonly { readonly topic: string; readonly partition: number; readonly ageMs: number }[] {
    return [...this.#measured.values()].map(({ topic, partition, lagRecords, decidedUpToMs, emptyMs }) => {
      const sinceMs = Math.max(0, nowMs - Math.max(decidedUpToMs, emptyMs));
      return { topic, partition, ageMs: lagRecords === 0 && sinceMs < freshMsMax ? 0 : sinceMs };
    });
  }
}

export function registerUndecidedAges(registry: Registry, undecided: UndecidedAges): void {
  const gauge: Gauge<'topic' | 'partition'> = new Gauge({
    name: 'winnow_consumer_lag_seconds',
    help: 'How old the oldest event of a partition may be that is not decided; grows while the brokers do not say.',
    labelNames: ['topic', 'partition'],
    registers: [registry],
    collect: () => {
      gauge.reset();
      for (const { topic, partition, ageMs } of undecided.ages(Date.now()))
        gauge.set({ topic, partition: String(partition) }, ageMs / 1_000);
    },
  });
}
