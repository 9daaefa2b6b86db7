import assert from 'node:assert/strict';
import { catalogue } from './catalogue.ts';
import type { EventFacts } from './facts.ts';
import { snapshotColumnCount } from './state.ts';

/** Features of a row. */
export const featureCount = catalogue.length;

/** Two in five features are columns of the snapshots as they are: `sources[i]` goes to `targets[i]`. */
const copied = catalogue.flatMap(({ extract: { column } }, target) =>
  column === undefined ? [] : [{ column, target }],
);
const sources = Int32Array.from(copied, ({ column }) => column);
const targets = Int32Array.from(copied, ({ target }) => target);
/** The others are computed. */
const computed = catalogue.flatMap(({ extract }, target) =>
  extract.column === undefined ? [{ extract, target }] : [],
);

/**
 * Fills the batch's matrix: `features` is [facts × featureCount], row after row, NaN for missing.
 * @param values [facts × snapshotColumnCount] the snapshots of the same events.
 */
export function extractFeatures(facts: readonly EventFacts[], values: Float64Array, features: Float32Array): void {
  // What is read beyond an array is missing, and what is written there is lost: neither would be noticed.
  assert(values.length === facts.length * snapshotColumnCount, 'each event has a snapshot');
  assert(features.length === facts.length * featureCount, 'each event has a row');
  for (let index = 0; index < facts.length; index++) {
    const event = facts[index]!;
    const row = index * snapshotColumnCount;
    const start = index * featureCount;
    for (let at = 0; at < sources.length; at++) features[start + targets[at]!] = values[row + sources[at]!]!;
    for (const { extract, target } of computed) features[start + target] = extract(event, values, row);
  }
}
