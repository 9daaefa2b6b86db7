import { offlineHasher } from '../../../src/evaluation/offline.ts';
import type { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import type { ObservationBatch } from '../../../src/features/observation.ts';
import { noReference, type Reference } from '../../../src/features/reference.ts';
import { Observer } from '../../../src/features/observe.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { decodeBatch } from '../../../src/steps/decode-batch.ts';
import { enrichBatch } from '../../../src/steps/enrich-batch.ts';
import { observeBatch } from '../../../src/steps/observe-batch.ts';

/** What a simulated stream adds to history, batch by batch, as the pipeline would hand it to a store. */
export function observedSimulation(
  accounts: number,
  batchSize: number,
  hasher?: EntityKeyHasher,
  reference?: Reference,
): readonly ObservationBatch[] {
  const texts = Array.from(simulate({ seed: 5, accounts }).events(), ({ json }) => json);
  return observedEvents(texts, batchSize, hasher, reference);
}

/** The same of any events. @param texts Events as JSON. */
export function observedEvents(
  texts: Iterable<string>,
  batchSize: number,
  hasher: EntityKeyHasher = offlineHasher(),
  reference: Reference = noReference,
): readonly ObservationBatch[] {
  const values = Array.from(texts, (json) => Buffer.from(json));
  const observer = new Observer(hasher);
  const batches: ObservationBatch[] = [];
  for (let from = 0; from < values.length; from += batchSize) {
    const records = values
      .slice(from, from + batchSize)
      .map((value, index) => ({ offset: from + index, key: null, value, headers: [], timestampMs: 0 }));
    const batch = { topic: 'account-events', partition: 0, records };
    batches.push(observeBatch(observer, batch, enrichBatch(decodeBatch(batch, Infinity), reference)));
  }
  return batches;
}
