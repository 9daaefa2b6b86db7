import assert from 'node:assert/strict';
import { PartitionEndsReader } from '../adapters/kafka/partition-ends.ts';
import { TopicRange, type Span } from '../adapters/kafka/topic-range.ts';
import { noteOf, type TopicIds } from '../adapters/kafka/topic-ids.ts';
import { checkTopics, type TopicsOptions } from '../adapters/kafka/topics.ts';
import type { Config } from '../config/schema.ts';
import { limits } from '../domain/limits.ts';
import { accountKeyAt, emptyObservations } from '../features/observation.ts';
import { entityKinds } from '../features/state.ts';
import type { RecordBatch, SnapshotBatch, StandingChange } from '../ports.ts';
import { decodeBatch } from '../steps/decode-batch.ts';
import { enrichBatch } from '../steps/enrich-batch.ts';
import { tidyingAsRead } from '../steps/erasures-after-holds.ts';
import { standingOfDecision } from '../steps/standing-of-decision.ts';
import { writtenBounds } from '../steps/time-bounds.ts';
import type { WireDecision } from '../wire/decision-schema.ts';
import { decodeDecision } from '../wire/decode-decision.ts';
import { BatchImport, emptyReport, settledOffsetOf, type ImportParts, type ImportReport } from './import-batch.ts';
import { doubtingClock } from './doubt-clock.ts';
import { pastOf } from './past-of.ts';
import { orThrow } from './versions.ts';

/** The topics that a history is made of, as the settings name them. */
export interface HistoryTopics {
  readonly events: string;
  readonly labels?: string | undefined;
  readonly decisions: string;
}

export interface ImportTopicsOptions extends ImportParts {
  readonly topics: HistoryTopics;
  /** What their times are held against, by the clock of when they were written. */
  readonly events: Config['events'];
}

export interface TopicsReport extends ImportReport {
  /** Decisions that replaced what stood for their account. */
  stood: number;
  /** Decisions that this version cannot read: what they say does not stand. */
  unread: number;
}

/** Events whose decisions are waited for, of which it is kept when they happened: more than are decided at a time, by far. */
const awaitedMax = 500_000;
const accountKind = entityKinds.indexOf('account');

/**
 * Fills a history from the topics, from their beginning up to what the group has committed, and decides nothing: what was decided is read, too.
 * So another history can be built beside the one that serves, under another secret, and takes its place where the group stands.
 *
 * The records of a topic have in it the offsets that they have for the group. What is read once is not read again: a second call goes on from
 * there. Throws `FailureError`: of Kafka, `STORE_UNAVAILABLE`, and `CLOCK_BEHIND`, and then too goes on from there.
 */
export async function importTopics(kafka: TopicsOptions, options: ImportTopicsOptions): Promise<TopicsReport> {
  const { events, labels, decisions } = options.topics;
  const topics = [events, ...(labels === undefined ? [] : [labels]), decisions];
  orThrow(await checkTopics(topics, kafka));
  const { spans, ids } = await spansToRead(topics, kafka, options);
  const range = await TopicRange.open({ ...kafka, topics, spans, recordsMax: limits.batchRecordsMax });
  return importRecords(identified(range.read(), ids), options);
}

/** Of events and labels what the group has committed, of decisions all; each without what this history has of the topic that is there now. */
async function spansToRead(
  topics: readonly string[],
  kafka: TopicsOptions,
  { topics: { decisions }, history }: ImportTopicsOptions,
): Promise<{ readonly spans: readonly Span[]; readonly ids: TopicIds }> {
  const reader = new PartitionEndsReader(kafka);
  try {
    const ids = await reader.ids(topics);
    const inputs = await Promise.all(
      topics.filter((topic) => topic !== decisions).map((topic) => reader.of(topic, ids)),
    );
    // After what was committed: then all that was decided up to there is there, and nobody who was forgotten comes back by it later.
    const partitions = [...inputs.flat(), ...(await reader.of(decisions, ids))];
    const spans = partitions.map(async ({ topic, partition, committed, high }) => {
      const from = 1 + (await settledOffsetOf(history.store, topic, partition, noteOf(topic, ids)));
      return { topic, partition, from, end: topic === decisions ? high : (committed ?? 0) };
    });
    return { spans: await Promise.all(spans), ids };
  } finally {
    await reader.close();
  }
}

/** As the group knows them: so that nobody takes the offsets of a topic for those of another one that gets its name. */
async function* identified(batches: AsyncIterable<RecordBatch>, ids: TopicIds): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) yield { ...batch, topicId: noteOf(batch.topic, ids) };
}

/** The same of records in the order in which they were written. */
export async function importRecords(
  batches: AsyncIterable<RecordBatch>,
  options: ImportTopicsOptions,
): Promise<TopicsReport> {
  const { topics, history, reference, clock, events } = options;
  const bounds = writtenBounds(() => clock.nowMs(), events.behindMsMax, pastOf(events));
  const report: TopicsReport = { ...emptyReport(), stood: 0, unread: 0 };
  const into = new BatchImport(options);
  const tidy = tidyingAsRead(history.legalHolds);
  const happened = new Happened();
  const ownTopics = { labels: topics.labels ?? null, verdicts: null };
  for await (const batch of doubtingClock(batches, clock, ownTopics)) {
    if (batch.topic === topics.decisions) {
      await history.handle(() => takeDecisions(batch, happened, into, options, report));
      continue;
    }
    const enriched = enrichBatch(decodeBatch(batch, clock.nowMs(), bounds, ownTopics), reference);
    for (const [row, { event }] of enriched.facts.entries())
      happened.note(batch.topic, batch.partition, enriched.offsets[row]!, event.timeMs);
    await history.handle(async () => {
      await into.add(batch, enriched, 'clock', report);
      await tidy(enriched.facts);
    });
  }
  return report;
}

/** When events happened whose decisions are still to come, by their place in Kafka: the last `awaitedMax`. */
class Happened {
  readonly #timesMs = new Map<string, number>();

  note(topic: string, partition: number, offset: number, timeMs: number): void {
    this.#timesMs.set(`${topic} ${partition} ${offset}`, timeMs);
    if (this.#timesMs.size > awaitedMax) this.#timesMs.delete(this.#timesMs.keys().next().value!);
  }

  /** Milliseconds since the epoch. */
  of({ trigger }: WireDecision['data']): number | undefined {
    return trigger && this.#timesMs.get(`${trigger.topic} ${trigger.partition} ${trigger.offset}`);
  }
}

async function takeDecisions(
  batch: RecordBatch,
  happened: Happened,
  into: BatchImport,
  { history: { store }, hasher, policy }: ImportTopicsOptions,
  report: TopicsReport,
): Promise<void> {
  const { topic, partition, records } = batch;
  const last = records.at(-1);
  assert(last !== undefined, 'a batch that is read has records');
  // A compaction leaves the key of what is no more.
  const written = records.filter(({ value }) => value !== null);
  const decisions = written.flatMap(({ offset, value }) => {
    const read = decodeDecision(value);
    if (!read.ok) return [];
    hasher.hashText(accountKind, read.decision.subject);
    return [{ offset, decision: read.decision, keyHigh: hasher.high, keyLow: hasher.low }];
  });
  report.unread += written.length - decisions.length;
  const { standings, settledOffset } = await standingsBefore(store, batch, decisions);
  const changes = new Map<string, StandingChange>();
  for (const [row, { offset, decision, keyHigh, keyLow }] of decisions.entries()) {
    if (offset <= settledOffset) continue; // what was said since stands
    const { subject, data } = decision;
    if (into.hasForgotten(subject)) continue; // decided before the request came to be carried out, and written after it
    const change = changes.get(subject);
    const former = change?.standing ?? standings[row];
    const standing = standingOfDecision(decision, former, happened.of(data), policy);
    if (standing === null) continue;
    const hasActed = change !== undefined && (change.hasActed === true || change.standing.action !== 'allow');
    // The event may be read later, or be in its topic no more.
    changes.set(subject, { keyHigh, keyLow, standing, standsAlone: true, ...(hasActed ? { hasActed } : {}) });
    report.stood += 1;
  }
  await store.settle({ topic, partition, offset: last.offset }, [...changes.values()]);
}

/** What stands for accounts before a batch. They are looked at as of no time, which changes nothing of them. */
async function standingsBefore(
  store: ImportParts['history']['store'],
  { topic, partition, topicId }: RecordBatch,
  accounts: readonly { readonly offset: number; readonly keyHigh: number; readonly keyLow: number }[],
): Promise<Pick<SnapshotBatch, 'standings' | 'settledOffset'>> {
  const looks = emptyObservations(topic, partition, accounts.length, { topicId });
  looks.timesMs.fill(NaN);
  for (const [row, { offset, keyHigh, keyLow }] of accounts.entries()) {
    looks.offsets[row] = offset;
    looks.keys.set([keyHigh, keyLow], accountKeyAt(row));
  }
  const snapshots = await store.observe(looks);
  snapshots.release();
  return snapshots;
}
