import { contentHash } from '../adapters/file/content-hash.ts';
import { readRecords, refuseWithoutEvents } from '../adapters/file/records.ts';
import type { FailureCode } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { Standing } from '../domain/standing.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { emptyObservations, type ObservationBatch } from '../features/observation.ts';
import { Observer } from '../features/observe.ts';
import type { Reference } from '../features/reference.ts';
import { entityKinds } from '../features/state.ts';
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
import { decodeBatch } from '../steps/decode-batch.ts';
import { enrichBatch, type EnrichedBatch } from '../steps/enrich-batch.ts';
import { erasuresOfBatch } from '../steps/erasures-of-batch.ts';
import { observeBatch } from '../steps/observe-batch.ts';
import { StreamBounds } from '../steps/stream-bounds.ts';
import { clockBounds, withinBoth } from '../steps/time-bounds.ts';
import type { History } from './worker/history.ts';

const accountKey = entityKinds.indexOf('account') * 2;
const keysPerRow = entityKinds.length * 2;
/** By fate, whether what a label says is part of history: not what came twice, or is of a time that history has no room for. */
const isHeld = observationFates.map((fate) => fate === 'applied' || fate === 'replayed');

/** Files that history remembers to have imported, beside live partitions: each has a watermark that stays. */
export const filesMax = 1_000;

export interface ImportOptions {
  /** NDJSON, plain or gzip, each in the order of time; imported in this order. At most `filesMax`. */
  readonly files: readonly string[];
  readonly history: Pick<History, 'store' | 'handle' | 'legalHolds'>;
  readonly hasher: EntityKeyHasher;
  readonly reference: Reference;
  /** Says what a label that somebody is fake holds, and for how long one is protected who was found genuine. */
  readonly policy: Policy;
  /** Milliseconds that an event may be behind the newest before it in its file. */
  readonly disorderMsMax: number;
  /** Events from this time on are left for the topic to bring. Milliseconds since the epoch; Infinity for none. */
  readonly beforeMs: number;
  readonly clock: Clock;
}

export interface ImportReport {
  /** Events that are now part of history, and were not. */
  added: number;
  /** Of these, labels whose word holds from now on: what they say stands, and protects. */
  standing: number;
  /** Events that an earlier import of the same file had added. */
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

/**
 * Fills history from files, and decides nothing: what people said holds, and is told to nobody, for the platform has acted on it.
 *
 * A file stands for a topic of its own, named by what is in it, and a line for an offset: so a second import of the same file, or
 * of one that was interrupted, adds what is missing and nothing twice, and no live topic's offsets move. Each file is a stream by
 * itself: labels may come in one of their own, after the events of the accounts that they speak of.
 *
 * Throws `FailureError`: `INPUT_UNREADABLE`, also when no line of a file is an event, and `STORE_UNAVAILABLE`.
 */
export async function importFiles(options: ImportOptions): Promise<ImportReport> {
  const report: ImportReport = {
    added: 0,
    standing: 0,
    addedBefore: 0,
    duplicates: 0,
    later: 0,
    outside: 0,
    leftOut: {},
  };
  for (const file of options.files) await importFile(file, options, report);
  return report;
}

async function importFile(path: string, options: ImportOptions, report: ImportReport): Promise<void> {
  const { clock, reference, history } = options;
  const nowMs = (): number => clock.nowMs();
  const stream = new StreamBounds(options.disorderMsMax);
  // The clock too: what is ahead of it would make all that happens from now on too late.
  const bounds = withinBoth(clockBounds(nowMs, Infinity), stream);
  const observer = new Observer(options.hasher);
  const topic = `import:${await contentHash(path)}`;
  // First: what was said in a file that is imported again has had its effect, and what was said since would not come after it.
  let settledOffset = await settledOffsetOf(options.history.store, topic);
  let [lines, events] = [0, 0];
  for await (const batch of stream.readAhead(readRecords({ path, topic, recordsMax: limits.batchRecordsMax, nowMs }))) {
    const enriched = enrichBatch(decodeBatch(batch, nowMs(), bounds), reference);
    lines += batch.records.length;
    events += enriched.facts.length;
    const due = before(enriched, options.beforeMs);
    report.later += enriched.facts.length - due.facts.length;
    const { offset } = batch.records.at(-1)!;
    if (offset <= settledOffset) {
      countLeftOut(report, due);
      report.addedBefore += due.facts.length;
      continue;
    }
    settledOffset = await history.handle(() => add(batch, offset, due, observer, options, report));
  }
  if (events === 0) refuseWithoutEvents(path, lines);
}

/** How far a file was imported before. */
async function settledOffsetOf(store: FeatureStore, topic: string): Promise<number> {
  const snapshots = await store.observe(emptyObservations(topic, 0, 0));
  snapshots.release();
  return snapshots.settledOffset;
}

function countLeftOut({ leftOut }: ImportReport, { deadLetterCodes }: EnrichedBatch): void {
  for (const code of deadLetterCodes) leftOut[code] = (leftOut[code] ?? 0) + 1;
}

/** Returns how far the file was imported before this batch. */
async function add(
  batch: RecordBatch,
  offset: number,
  due: EnrichedBatch,
  observer: Observer,
  { history: { store, legalHolds }, hasher, clock, policy }: ImportOptions,
  report: ImportReport,
): Promise<number> {
  const latestMs = clock.nowMs() + limits.eventAheadMsMax;
  const { topic, partition } = batch;
  // A file comes by no partition whose owner would forget.
  const erasing = await erasuresOfBatch(legalHolds, hasher, due, { ...batch, partition: -1 }, clock.nowMs(), 'event');
  // However far history has come: what is late for a window still says since when something is known.
  const bounds = { latestMs, behindMsMax: Infinity };
  const observations = observeBatch(observer, batch, erasing.enriched, bounds, erasing.rows);
  const snapshots = await store.observe(observations);
  snapshots.release();
  const { fates, settledOffset } = snapshots;
  countLeftOut(report, erasing.enriched);
  const held = heldByLabels(erasing.enriched, observations, snapshots, policy);
  await store.settle({ topic, partition, offset }, held);
  await erasing.done();
  report.standing += held.length;
  const countOf = (fate: (typeof observationFates)[number]): number =>
    fates.reduce((count, each) => count + Number(observationFates[each] === fate), 0);
  report.added += countOf('applied');
  report.addedBefore += countOf('replayed');
  report.duplicates += countOf('duplicate');
  report.outside += countOf('outside');
  return settledOffset;
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
    const at = row * keysPerRow + accountKey;
    return [{ keyHigh: keys[at]!, keyLow: keys[at + 1]!, standing }];
  });
}

function before(enriched: EnrichedBatch, beforeMs: number): EnrichedBatch {
  const isDue = enriched.facts.map(({ event }) => event.timeMs < beforeMs);
  return {
    ...enriched,
    facts: enriched.facts.filter((_, row) => isDue[row]),
    offsets: enriched.offsets.filter((_, row) => isDue[row]),
  };
}
