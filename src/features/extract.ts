import { catalogue } from './catalogue.ts';
import type { EventFacts } from './facts.ts';
import { snapshotColumnCount } from './state.ts';

const extractors = catalogue.map(({ extract }) => extract);

/** Features of a row. */
export const featureCount = extractors.length;

/**
 * Fills the batch's matrix: `features` is [facts × featureCount], row after row, NaN for missing.
 * @param values [facts × snapshotColumnCount] the snapshots of the same events.
 */
export function extractFeatures(facts: readonly EventFacts[], values: Float64Array, features: Float32Array): void {
  for (let index = 0; index < facts.length; index++) {
    const event = facts[index]!;
    const row = index * snapshotColumnCount;
    const start = index * featureCount;
    for (let column = 0; column < featureCount; column++)
      features[start + column] = extractors[column]!(event, values, row);
  }
}
