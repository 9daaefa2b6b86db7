import { writeFileSync } from 'node:fs';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import type { NormsAt } from '../../../src/app/proof/prove-bundle.ts';
import { loadNormsFile, orThrow } from '../../../src/app/versions.ts';
import { NormsGatherer } from '../../../src/features/norms/gatherer.ts';
import { encodeNorms } from '../../../src/scoring/norms-file.ts';
import { featuresOf, simulatedObservations } from '../features/simulated.ts';

/** Writes the norms of a made-up platform, which describe no model. */
export async function writeNorms(file: string, budget: number): Promise<NormsAt & { readonly version: string }> {
  const { facts, observations } = await simulatedObservations(11, 500, 8);
  const { values } = await new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 }).observe(observations);
  const gatherer = new NormsGatherer({ models: [], rowsMax: 512, accountsMax: 1_000 });
  gatherer.add(observations, featuresOf(facts, values), []);
  writeFileSync(file, encodeNorms(gatherer.describe(budget)));
  const { sha256, version } = orThrow(await loadNormsFile(file));
  return { file, sha256, version };
}
