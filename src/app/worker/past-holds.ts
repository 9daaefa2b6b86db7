import type { Position } from '../../adapters/kafka/start-positions.ts';
import { TopicRange } from '../../adapters/kafka/topic-range.ts';
import type { TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { Config } from '../../config/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import { limits } from '../../domain/limits.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import { noReference } from '../../features/reference.ts';
import type { LegalHolds, RecordBatch } from '../../ports.ts';
import { decodeBatch } from '../../steps/decode-batch.ts';
import { enrichBatch } from '../../steps/enrich-batch.ts';
import { tidyingAsRead } from '../../steps/erasures-after-holds.ts';
import { erasuresOfBatch } from '../../steps/erasures-of-batch.ts';
import { writtenBounds } from '../../steps/time-bounds.ts';
import { doubtingClock, maySpeakOfErasure } from '../doubt-clock.ts';
import { pastOf } from '../past-of.ts';

export interface PastHoldsParts {
  readonly kafka: TopicsOptions;
  readonly events: Config['events'];
  readonly legalHolds: LegalHolds;
  readonly hasher: EntityKeyHasher;
  /** Called with each batch. */
  readonly progress: () => void;
}

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
  for await (const batch of doubtingClock(batches, clock)) {
    progress();
    const records = batch.records.filter(maySpeakOfErasure);
    if (records.length === 0) continue;
    const said = { ...batch, records };
    const enriched = enrichBatch(decodeBatch(said, nowMs(), bounds), noReference);
    const erasing = await erasuresOfBatch(legalHolds, hasher, enriched, said, nowMs(), 'clock');
    await erasing.done();
    await tidy(enriched.facts);
  }
}
