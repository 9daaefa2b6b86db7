import { limits } from './domain/limits.ts';
import type { Position, RecordBatch, StandingChange } from './ports.ts';
import type { Outcome } from './steps/outcome.ts';

/**
 * Partitions of which outcomes are kept: those in hand, the verdicts that stay in the process among them, and as many that were revoked before
 * they were settled. Of those beyond, a redelivery is marked as a repeat.
 */
const partitionsMax = 2 * limits.partitionsUnsettledMax;

const none: ReadonlyMap<number, Outcome> = new Map();

/**
 * What this process decided and has not settled: of each partition the last batch, since calls for one partition come one after
 * the other. A batch whose send failed or whose partition was revoked may have been delivered in part; history holds all of it
 * and, by the time it comes again, what came after it. So its records keep the outcomes that they have, whatever batches they come
 * in again.
 */
export class UnsettledOutcomes {
  /** In the order of offsets; the partition whose batch came last is last. */
  readonly #byPartition = new Map<string, readonly Outcome[]>();

  /** Outcomes of records of this batch from before, by offset. */
  recall(batch: RecordBatch): ReadonlyMap<number, Outcome> {
    const kept = this.#byPartition.get(keyOf(batch));
    if (kept === undefined) return none;
    const timestampsMs = new Map(batch.records.map(({ offset, timestampMs }) => [offset, timestampMs]));
    const same = kept.filter(({ offset, timestampMs }) => Object.is(timestampsMs.get(offset), timestampMs));
    return new Map(same.map((outcome) => [outcome.offset, outcome]));
  }

  /** Keeps the outcomes of a batch until it is settled. */
  keep(batch: RecordBatch, outcomes: readonly Outcome[]): void {
    const key = keyOf(batch);
    const endOffset = batch.records.at(-1)?.offset ?? -1;
    // A batch may end before the one did that its records were decided in.
    const behind = (this.#byPartition.get(key) ?? []).filter(({ offset }) => offset > endOffset);
    this.#byPartition.delete(key);
    this.#byPartition.set(key, behind.length === 0 ? outcomes : [...outcomes, ...behind]);
    const [oldest] = this.#byPartition.keys();
    if (this.#byPartition.size > partitionsMax) this.#byPartition.delete(oldest!);
  }

  /** An account was forgotten: what was decided of it before is not to stand for it again. @param except a batch that knows its own order */
  forget(
    { keyHigh, keyLow }: Pick<StandingChange, 'keyHigh' | 'keyLow'>,
    except?: Pick<RecordBatch, 'topic' | 'partition'>,
  ): void {
    const own = except && keyOf(except);
    const isIts = ({ change }: Outcome): boolean => change?.keyHigh === keyHigh && change.keyLow === keyLow;
    for (const [key, outcomes] of this.#byPartition)
      if (key !== own && outcomes.some(isIts))
        this.#byPartition.set(
          key,
          outcomes.map((outcome) => (isIts(outcome) ? { ...outcome, change: null } : outcome)),
        );
  }

  /** All records of a partition up to this one are settled. */
  settle(position: Position): void {
    const key = keyOf(position);
    const behind = (this.#byPartition.get(key) ?? []).filter(({ offset }) => offset > position.offset);
    if (behind.length === 0) this.#byPartition.delete(key);
    else this.#byPartition.set(key, behind);
  }
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}:${partition}`;
}
