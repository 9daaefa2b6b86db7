import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { featureNames } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { enrichedOf, observationsOf } from '../steps/events.ts';
import { featuresOf } from './simulated.ts';

/** The features of each event of a story, in order, by name: NaN where missing. Nothing was known before it. */
export async function told(events: readonly AccountEvent[]): Promise<readonly Readonly<Record<string, number>>[]> {
  const { facts } = enrichedOf(events);
  const { values } = await new EmbeddedFeatureStore({ memoryBytesMax: 1024 ** 3 }).observe(observationsOf(facts));
  const features = featuresOf(facts, values);
  return events.map((_, row) =>
    Object.fromEntries(featureNames.map((name, column) => [name, features[row * featureCount + column]!])),
  );
}
