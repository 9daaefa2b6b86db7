import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { limits } from '../domain/limits.ts';
import { sayValue } from '../domain/say-value.ts';
import { definitionHash } from './definition-hash.ts';
import type { Feature } from './feature.ts';
import { activityFeatures } from './groups/activity.ts';
import { deviceFeatures } from './groups/device.ts';
import { flowFeatures } from './groups/flow.ts';
import { emailFeatures } from './groups/email.ts';
import { nameFeatures } from './groups/names.ts';
import { networkFeatures } from './groups/network.ts';
import { operatorFeatures } from './groups/operator.ts';
import { phoneFeatures } from './groups/phone.ts';
import { reputationFeatures } from './groups/reputation.ts';
import { sightFeatures } from './groups/sight.ts';
import { socialFeatures } from './groups/social.ts';
import { spreadFeatures } from './groups/spread.ts';
import { entityState, windows } from './state.ts';

/** Every feature, in column order. A model may use any of them; a decision and a policy name no other. */
export const catalogue: readonly Feature[] = [
  ...flowFeatures,
  ...emailFeatures,
  ...nameFeatures,
  ...phoneFeatures,
  ...networkFeatures,
  ...operatorFeatures,
  ...deviceFeatures,
  ...activityFeatures,
  ...socialFeatures,
  ...spreadFeatures,
  ...reputationFeatures,
  ...sightFeatures,
];

export const featureNames: readonly string[] = catalogue.map(({ name }) => name);

const columns = new Map(featureNames.map((name, column) => [name, column]));
assert.equal(columns.size, catalogue.length, 'feature names are unique');
assert(catalogue.length <= limits.modelFeaturesMax);

/** The column of a feature, or undefined for a name that the catalogue does not have. */
export function featureColumn(name: string): number | undefined {
  return columns.get(name);
}

/** The hash of each feature's definition, in column order: a model is held against those that it learned. */
export const definitionHashes: readonly string[] = catalogue.map(definitionHash);

/**
 * Names this catalogue: it changes when a feature or a window does. A model is trained on one version, and the names of its
 * features are checked when it is loaded.
 */
export const catalogueVersion = createHash('sha256')
  .update(
    JSON.stringify([catalogue.map(({ name, definition, unit }) => [name, definition, unit]), entityState, windows]),
  )
  .digest('hex')
  .slice(0, 12);

/** A feature's value as a person says it, with its unit where that is one of time or a share; `unknown` for missing. */
export function sayFeature(name: string, value: number): string {
  return sayValue(value, catalogue[columns.get(name) ?? -1]?.unit ?? '');
}

/** Smallest and largest value of a feature; undefined for a name that the catalogue does not have. */
export function featureRange(name: string): readonly [number, number] | undefined {
  return catalogue[columns.get(name) ?? -1]?.range;
}

/** Units of what is counted, and of what is one of a few: values are whole numbers. */
const wholeUnits: ReadonlySet<string> = new Set(
  'signups,accounts,events,devices,networks,addresses,countries,actions,uses,requests,reports,logins,contents,likes,writings,targets,kinds,members,characters,code,hour,0 or 1'.split(
    ',',
  ),
);

/** What values a feature can have that is not missing; undefined for a name that the catalogue does not have. */
export function featureDomain(
  name: string,
): { readonly least: number; readonly most: number; readonly isWhole: boolean } | undefined {
  const feature = catalogue[columns.get(name) ?? -1];
  if (feature === undefined) return undefined;
  const [least, most] = feature.range;
  return { least, most, isWhole: wholeUnits.has(feature.unit) };
}
