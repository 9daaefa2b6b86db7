import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { loadReference } from '../../../src/adapters/reference/load.ts';
import type { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { extractFeatures, featureCount } from '../../../src/features/extract.ts';
import type { EventFacts } from '../../../src/features/facts.ts';
import { Observer } from '../../../src/features/observe.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { decodeBatch } from '../../../src/steps/decode-batch.ts';
import { enrichBatch } from '../../../src/steps/enrich-batch.ts';
import { observeBatch } from '../../../src/steps/observe-batch.ts';
import { batchOf, hasher } from '../steps/events.ts';

/** A simulated stream with attacks in it: its events, and what they add to history. */
export async function simulatedObservations(
  seed: number,
  accounts: number,
  days: number,
  by: EntityKeyHasher = hasher,
) {
  const values = Array.from(simulate({ seed, accounts, days, reviews: true }).events(), ({ json }) =>
    Buffer.from(json),
  );
  const batch = batchOf(values);
  const { reference } = await loadReference();
  const enriched = enrichBatch(decodeBatch(batch, Infinity), reference);
  return { facts: enriched.facts, observations: observeBatch(new Observer(by), batch, enriched) };
}

/** The same: its events, their snapshots and their features. */
export async function simulatedMatrix(seed: number, accounts: number, days: number, by: EntityKeyHasher = hasher) {
  const { facts, observations } = await simulatedObservations(seed, accounts, days, by);
  const { values: snapshots } = await new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 }).observe(
    observations,
  );
  return { facts, snapshots, features: featuresOf(facts, snapshots) };
}

export function featuresOf(facts: readonly EventFacts[], snapshots: Float64Array): Float32Array {
  const features = new Float32Array(facts.length * featureCount);
  extractFeatures(facts, snapshots, features);
  return features;
}
