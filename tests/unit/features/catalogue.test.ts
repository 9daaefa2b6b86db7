import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { catalogue, featureColumn, featureNames } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { featureGroups } from '../../../src/features/feature.ts';

describe('the catalogue', () => {
  it('has at least 70 features, and no more than a model may have', () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(70);
    expect(catalogue.length).toBeLessThanOrEqual(limits.modelFeaturesMax);
    expect(featureCount).toBe(catalogue.length);
  });

  it('has each name once', () => {
    expect(new Set(featureNames).size).toBe(featureNames.length);
  });

  it('finds the column of each feature, and none for another name', () => {
    expect(featureNames.map(featureColumn)).toEqual(featureNames.map((_, column) => column));
    expect(featureColumn('shoe_size')).toBeUndefined();
    expect(featureColumn('constructor')).toBeUndefined();
  });

  it.each(featureGroups)('has features of the group %s', (group) => {
    expect(catalogue.some((feature) => feature.group === group)).toBe(true);
  });

  it.each(catalogue.map((feature) => [feature.name, feature] as const))(
    'says of %s all that a reader must know',
    (name, feature) => {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(feature.definition).toMatch(/^[A-Z].*\.$/);
      for (const text of [feature.definition, feature.unit, feature.missing, feature.source]) {
        expect(text.trim()).toBe(text);
        expect(text.length).toBeGreaterThan(1);
      }
      expect(feature.range[0]).toBeLessThan(feature.range[1]);
    },
  );
});
