import type { FailureCode } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { Standing } from '../domain/standing.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { accountKeyAt, emptyObservations, type ObservationBatch } from '../features/observation.ts';
import { Observer } from '../features/observe.ts';
import type { Reference } from '../features/reference.ts';
import type { Policy } from '../policy/policy.ts';
import {
  observationFates,
  type Clock,
  type FeatureStore,
  type RecordBatch,
  type SnapshotBatch,
  type StandingChange,
} from '../ports.ts';
import { standingOfPast } from '../steps/decide-label.ts';
import type { EnrichedBatch } from '../steps/enrich-batch.ts';
import { erasuresOfBatch } from '../steps/erasures-of-batch.ts';
import { observeBatch } from '../steps/observe-batch.ts';
import type { History } from './worker/history.ts';

/** By fate, whether what a label says is part of history: not what came twice, or is of a time that history has no room for. */
const isHeld = observationFates.map((fate) => fate === 'applied' || fate === 'replayed');

/** Into which history the past is read, and by what it is read. */
export interface ImportParts {
  readonly history: Pick<History, 'store' | 'handle' | 'legalHolds'>;
  readonly hasher: EntityKeyHasher;
  readonly reference: Reference;
  /** Says what a label that somebody is fake holds, and for how long one is protected who was found genuine. */
  readonly policy: Policy;
  readonly clock: Clock;
}

export interface ImportReport {
  /** Events that are now part of history, and were not. */
  added: number;
  /** Of these, labels whose word holds from now on: what they say stands, and protects. */
  standing: number;
  /** Events that an earlier import of the same records had added. */
  addedBefore: number;
  /** Events whose account has the same event already, from elsewhere. */
  duplicates: number;
  /** Events that happened at `beforeMs` or later. */
  later: number;
  /** Events of a time that history has no room for (`history/time-bounds.ts`). */
  outside: number;
  /** Lines that are no valid event, or whose time is out of bounds. */
  readonly leftOut: Partial<Record<FailureCode, number>>;
}

export function emptyReport(): ImportReport {
  return { added: 0, standing: 0, addedBefore: 0, duplicates: 0, later: 0, outside: 0, leftOut: {} };
}

/**
 * How far a partition was imported before; -1 where it was not.
 * @param topicId as of `RecordBatch`
 */
export async function settledOffsetOf(
  store: FeatureStore,
  topic: string,
  partition: number,
  topicId?: string,
): Promise<number> {
  const snapshots = await store.observe(emptyObservations(topic, partition, 0, { topicId }));
  snapshots.release();
  return snapshots.settledOffset;
}

export function countLeftOut({ leftOut }: ImportReport, { deadLetterCodes }: EnrichedBatch): void {
  for (const code of deadLetterCodes) leftOut[code] = (leftOut[code] ?? 0) + 1;
}

/** Accounts of which it is known that they were forgotten: the last so many. */
const forgottenMax = 100_000;

/** Adds batches to history, and decides nothing: what people said holds, and is told to nobody. */
export class BatchImport {
  readonly #parts: ImportParts;
  readonly #observer: Observer;
  /** The last to be forgotten last. */
  readonly #forgotten = new Set<string>();

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#observer = new Observer(parts.hasher);
  }

  /**
   * Returns how far the partition was imported before this batch.
   * @param due what is to be added of it
   * @param dating `event`: what comes from a file was written when it happened, and by no partition whose owner would forget
   */
  async add(batch: RecordBatch, due: EnrichedBatch, dating: 'clock' | 'event', report: ImportReport): Promise<number> {
    const { history, hasher, clock, policy } = this.#parts;
    const { store, legalHolds } = history;
    const latestMs = clock.nowMs() + limits.eventAheadMsMax;
    const { topic, partition } = batch;
    const owned = dating === 'event' ? { ...batch, partition: -1 } : batch;
    const erasing = await erasuresOfBatch(legalHolds, hasher, due, owned, clock.nowMs(), dating);
    // However far history has come: what is late for a window still says since when something is known.
    const bounds = { latestMs, behindMsMax: Infinity };
    const observations = observeBatch(this.#observer, batch, erasing.enriched, bounds, erasing.rows);
    const snapshots = await store.observe(observations);
    snapshots.release();
    const { fates, settledOffset } = snapshots;
    countLeftOut(report, erasing.enriched);
    const held = heldByLabels(erasing.enriched, observations, snapshots, policy);
    await store.settle({ topic, partition, offset: batch.records.at(-1)!.offset }, held);
    await erasing.done();
    this.#noteForgotten(erasing.enriched, observations, fates);
    const countOf = (fate: (typeof observationFates)[number]): number =>
      fates.reduce((count, each) => count + Number(observationFates[each] === fate), 0);
    report.standing += held.length;
    report.added += countOf('applied');
    report.addedBefore += countOf('replayed');
    report.duplicates += countOf('duplicate');
    report.outside += countOf('outside');
    return settledOffset;
  }

  /** Whether the account was forgotten, by what was added here, and has done nothing since. */
  hasForgotten(account: string): boolean {
    return this.#forgotten.has(account);
  }

  #noteForgotten({ facts }: EnrichedBatch, { erases }: ObservationBatch, fates: SnapshotBatch['fates']): void {
    for (const [row, { event }] of facts.entries()) {
      if (erases[row] === 1) this.#forgotten.add(event.subject);
      else if (observationFates[fates[row]!] === 'applied') this.#forgotten.delete(event.subject);
      if (this.#forgotten.size > forgottenMax) this.#forgotten.delete(this.#forgotten.values().next().value!);
    }
  }
}

/** By label that is no older than what is known, what stands for its account, unless that is forgotten after it. A later one replaces an earlier one. */
function heldByLabels(
  { facts }: EnrichedBatch,
  { offsets, keys, erases }: ObservationBatch,
  { fates, settledOffset, standings }: SnapshotBatch,
  policy: Policy,
): readonly StandingChange[] {
  const held = new Map<string, Standing>();
  const erasedAt = new Map(
    facts.map(({ event }, row) => [event.subject, row] as const).filter(([, row]) => erases[row] === 1),
  );
  return facts.flatMap(({ event }, row) => {
    if (event.type !== 'account.labelled' || offsets[row]! <= settledOffset || !isHeld[fates[row]!]) return [];
    if (row < (erasedAt.get(event.subject) ?? -1)) return [];
    const standing = standingOfPast(event, held.get(event.subject) ?? standings[row], policy);
    if (standing === null) return [];
    held.set(event.subject, standing);
    const at = accountKeyAt(row);
    return [{ keyHigh: keys[at]!, keyLow: keys[at + 1]!, standing }];
  });
}
