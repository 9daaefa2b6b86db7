import { EmbeddedLegalHolds } from '../adapters/embedded/legal-holds.ts';
import type { FailureCode } from '../domain/failure.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { extractFeatures, featureCount } from '../features/extract.ts';
import type { EventFacts } from '../features/facts.ts';
import type { ObservationBatch } from '../features/observation.ts';
import { Observer } from '../features/observe.ts';
import type { Reference } from '../features/reference.ts';
import type { FeatureStore, RecordBatch } from '../ports.ts';
import { AccountTurns } from '../steps/account-turns.ts';
import { decodeBatch } from '../steps/decode-batch.ts';
import { ErasuresAfterHolds } from '../steps/erasures-after-holds.ts';
import { enrichBatch } from '../steps/enrich-batch.ts';
import { erasuresOfBatch } from '../steps/erasures-of-batch.ts';
import { observeBatch } from '../steps/observe-batch.ts';
import { StreamBounds } from '../steps/stream-bounds.ts';
import { UnsettledOutcomes } from '../unsettled-outcomes.ts';

/** The events of a batch with their features, as a model is fed them. */
export interface FeatureBatch {
  readonly facts: readonly EventFacts[];
  readonly observations: ObservationBatch;
  /** [facts × featureCount] NaN for missing. */
  readonly features: Float32Array;
  /** Why lines of the batch are no event. */
  readonly leftOut: readonly FailureCode[];
}

/**
 * Takes a stream from a file through the very steps of the pipeline, up to the features and in the same order: what is learned from it
 * is what serving sees.
 */
export async function* featureBatches(
  batches: AsyncIterable<RecordBatch>,
  store: FeatureStore,
  hasher: EntityKeyHasher,
  reference: Reference,
): AsyncGenerator<FeatureBatch> {
  const observer = new Observer(hasher);
  const bounds = new StreamBounds();
  const legalHolds = new EmbeddedLegalHolds();
  const due = new ErasuresAfterHolds({
    legalHolds,
    hasher,
    store,
    turns: new AccountTurns(),
    unsettled: new UnsettledOutcomes(),
  });
  const { signal } = new AbortController();
  let newestMs = -Infinity;
  for await (const batch of bounds.readAhead(batches)) {
    const read = enrichBatch(decodeBatch(batch, Date.now(), bounds), reference);
    const erasing = await erasuresOfBatch(legalHolds, hasher, read, batch, Infinity, 'event');
    const { facts, deadLetterCodes: leftOut } = erasing.enriched;
    const observations = observeBatch(observer, batch, erasing.enriched, {}, erasing.rows);
    const snapshots = await store.observe(observations);
    await erasing.done();
    const features = new Float32Array(facts.length * featureCount);
    extractFeatures(facts, snapshots.values, features);
    snapshots.release();
    yield { facts, observations, features, leftOut };
    newestMs = facts.reduce((newest, { event }) => Math.max(newest, event.timeMs), newestMs);
    await due.forget(newestMs, () => true, signal);
  }
}
