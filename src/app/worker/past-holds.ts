import type { Position } from '../../adapters/kafka/start-positions.ts';
import { TopicRange } from '../../adapters/kafka/topic-range.ts';
import type { TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { Config } from '../../config/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import { limits } from '../../domain/limits.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import { noReference } from '../../features/reference.ts';
import type { IncomingRecord, LegalHolds, RecordBatch } from '../../ports.ts';
import { decodeBatch, type DecodedBatch } from '../../steps/decode-batch.ts';
import { enrichBatch } from '../../steps/enrich-batch.ts';
import { tidyingAsRead } from '../../steps/erasures-after-holds.ts';
import { erasuresOfBatch } from '../../steps/erasures-of-batch.ts';
import { writtenBounds } from '../../steps/time-bounds.ts';
import { pastOf } from '../past-of.ts';

export interface PastHoldsParts {
  readonly kafka: TopicsOptions;
  readonly events: Config['events'];
  readonly legalHolds: LegalHolds;
  readonly hasher: EntityKeyHasher;
  /** Called with each batch. */
  readonly progress: () => void;
}

/** How slow a clock may be that nobody but a producer's contradicts, milliseconds: what was written further ahead of it was written by a wrong clock. */
const slowMsMax = 15 * 60_000;

/** One of these is in whatever speaks of a hold or asks to be forgotten, unless its letters are written as numbers. */
const traces = ['hold_', 'erasure_', String.raw`\u`].map((text) => Buffer.from(text));

/**
 * Reads what people said of who may be forgotten before a history began that does not know it: all of the labels topic that is kept, up to where
 * history begins. Nobody is forgotten by that: there is nothing of anybody yet. Rejects with what the client says, or with `FailureError` `CLOCK_BEHIND`,
 * and may be called again.
 * @param positions in the labels topic, where history begins
 */
export async function readPastHolds(positions: readonly Position[], parts: PastHoldsParts): Promise<void> {
  const spans = positions.map(({ topic, partition, offset }) => ({ topic, partition, from: 0, end: offset }));
  const topics = [...new Set(positions.map(({ topic }) => topic))];
  try {
    const range = await TopicRange.open({ ...parts.kafka, topics, spans, recordsMax: limits.batchRecordsMax });
    await takePastHolds(range.read(), parts);
  } catch (error) {
    throw error instanceof FailureError ? (error.cause ?? error) : error;
  }
}

/** The same of records in the order in which they were written. */
export async function takePastHolds(
  batches: AsyncIterable<RecordBatch>,
  {
    kafka: { clock },
    events,
    legalHolds,
    hasher,
    progress,
  }: Omit<PastHoldsParts, 'kafka'> & {
    readonly kafka: Pick<TopicsOptions, 'clock'>;
  },
): Promise<void> {
  const nowMs = (): number => clock.nowMs();
  const bounds = writtenBounds(nowMs, events.behindMsMax, pastOf(events));
  const tidy = tidyingAsRead(legalHolds);
  for await (const batch of batches) {
    progress();
    const records = batch.records.filter(mayMatter);
    if (records.length === 0) continue;
    const said = { ...batch, records };
    const decoded = decodeBatch(said, nowMs(), bounds);
    doubtClock(decoded, said, nowMs());
    const enriched = enrichBatch(decoded, noReference);
    const erasing = await erasuresOfBatch(legalHolds, hasher, enriched, said, nowMs(), 'clock');
    await erasing.done();
    await tidy(enriched.facts);
  }
}

/**
 * What is dated ahead is refused, and is not read again: so where it may as well be this machine's clock that is slow, it is not read yet. The clock is set
 * by then, or has come so far by itself. Throws `FailureError` `CLOCK_BEHIND`.
 */
function doubtClock(
  { deadLetterCodes, deadLetterOffsets }: DecodedBatch,
  { topic, partition, records }: RecordBatch,
  nowMs: number,
): void {
  const ahead = new Set(deadLetterOffsets.filter((_, index) => deadLetterCodes[index] === 'EVENT_TIME_AHEAD'));
  const doubtful = records.find(({ offset, timestampMs, isDatedByBroker }) => {
    const byMs = timestampMs - nowMs;
    return ahead.has(offset) && byMs > 0 && (isDatedByBroker === true || byMs <= slowMsMax);
  });
  if (doubtful === undefined) return;
  const byS = Math.ceil((doubtful.timestampMs - nowMs) / 1_000);
  const message = `What is said of legal holds was written ${byS} s ahead of this machine's clock: ${topic} [${partition}], offset ${doubtful.offset}.`;
  throw new FailureError({ code: 'CLOCK_BEHIND', message });
}

/** A quick look: nearly all labels say what an account is. */
function mayMatter({ value, headers }: IncomingRecord): boolean {
  return hasTrace(value) || headers.some((header) => hasTrace(header.value));
}

function hasTrace(content: Uint8Array | string | null): boolean {
  if (content === null) return false;
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return traces.some((trace) => bytes.includes(trace));
}
