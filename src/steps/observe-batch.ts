import assert from 'node:assert/strict';
import { emptyObservations, type ObservationBatch } from '../features/observation.ts';
import type { Observer } from '../features/observe.ts';
import type { EnrichedBatch } from './enrich-batch.ts';

/**
 * What the events of a batch add to history, ready for a store.
 * @param bounds what history holds their times against once more; as `emptyObservations` has them unless given.
 * @param erased rows at which the account goes (`erasuresOfBatch`); whoever asks for it, unless given.
 */
export function observeBatch(
  observer: Observer,
  { topic, partition, topicId }: Pick<ObservationBatch, 'topic' | 'partition' | 'topicId'>,
  { facts, offsets }: Pick<EnrichedBatch, 'facts' | 'offsets'>,
  bounds: Partial<Pick<ObservationBatch, 'latestMs' | 'behindMsMax'>> = {},
  erased?: ReadonlySet<number>,
): ObservationBatch {
  const observations = emptyObservations(topic, partition, facts.length, { ...bounds, topicId });
  for (let row = 0; row < facts.length; row++) {
    assert(row === 0 || offsets[row]! > offsets[row - 1]!, 'the watermark takes the last offset for the highest');
    observer.observe(facts[row]!, offsets[row]!, observations, row, erased?.has(row));
  }
  return observations;
}
