import { emptyObservations, type ObservationBatch } from '../features/observation.ts';
import type { Observer } from '../features/observe.ts';
import type { DecodedBatch } from './decode-batch.ts';

/**
 * What the events of a batch add to history, ready for a store.
 * @param bounds what history holds their times against once more; as `emptyObservations` has them unless given.
 */
export function observeBatch(
  observer: Observer,
  source: { readonly topic: string; readonly partition: number },
  decoded: DecodedBatch,
  bounds: Partial<Pick<ObservationBatch, 'latestMs' | 'behindMsMax'>> = {},
): ObservationBatch {
  const observations = emptyObservations(source.topic, source.partition, decoded.facts.length, bounds);
  for (let row = 0; row < decoded.facts.length; row++)
    observer.observe(decoded.facts[row]!, decoded.offsets[row]!, observations, row);
  return observations;
}
