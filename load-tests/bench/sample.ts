import type { AccountEvent } from '../../src/domain/event.ts';
import { extractFeatures, featureCount } from '../../src/features/extract.ts';
import { readFacts, type EventFacts } from '../../src/features/facts.ts';
import { emptyObservations, type ObservationBatch } from '../../src/features/observation.ts';
import type { Reference } from '../../src/features/reference.ts';
import { Observer } from '../../src/features/observe.ts';
import { offlineHasher, offlineStore } from '../../src/evaluation/offline.ts';
import type { IncomingRecord, SnapshotBatch } from '../../src/ports.ts';
import { decodeEvent } from '../../src/wire/decode-event.ts';
import { eventTexts, type EventSource } from './event-source.ts';

/** Events of a batch, as `batch.recordsMax` has it by default. */
export const batchSize = 512;
export const topic = 'account-events';

/** A batch at every stage of the path, made once, so that each stage can be measured alone. */
export interface SampleBatch {
  readonly records: readonly IncomingRecord[];
  readonly events: readonly AccountEvent[];
  readonly facts: readonly EventFacts[];
  readonly observations: ObservationBatch;
  readonly snapshots: SnapshotBatch;
  readonly features: Float32Array;
}

/** The last `count` events of a stream, as batches, with a store that has seen all that came before. */
export async function sampleBatches(
  count: number,
  source: EventSource,
  reference: Reference,
): Promise<readonly SampleBatch[]> {
  const encoder = new TextEncoder();
  const values = Array.from(eventTexts(source), (json) => encoder.encode(json));
  const store = offlineStore();
  const observer = new Observer(offlineHasher());
  const batches: SampleBatch[] = [];
  for (let from = 0; from < values.length; from += batchSize) {
    const records = values.slice(from, from + batchSize).map((value, index): IncomingRecord => {
      return { offset: from + index, key: null, value, headers: [], timestampMs: 0 };
    });
    const events = records.map((record) => {
      const decoded = decodeEvent(record);
      if (!decoded.ok) throw new Error(`the simulator wrote no event: ${decoded.failure.message}`);
      return decoded.value;
    });
    const facts = events.map((event) => readFacts(event, reference));
    const observations = emptyObservations(topic, 0, facts.length);
    for (const [row, one] of facts.entries()) observer.observe(one, from + row, observations, row);
    const snapshots = await store.observe(observations);
    if (from + batchSize < values.length - count) continue;
    const features = new Float32Array(facts.length * featureCount);
    extractFeatures(facts, snapshots.values, features);
    batches.push({ records, events, facts, observations, snapshots, features });
  }
  return batches;
}
