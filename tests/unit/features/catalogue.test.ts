import { beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { catalogue, featureColumn, featureNames, formatValue } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { featureGroups } from '../../../src/features/feature.ts';
import { simulatedMatrix } from './simulated.ts';

const [seed, accounts, days] = [21, 700, 5];

describe('the catalogue', () => {
  it('has at least the 24 features of the first landing, and no more than a model may have', () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(24);
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

  describe.each(catalogue.map((feature) => [feature.name, feature] as const))('%s', (name, feature) => {
    it('is named in snake_case, with its window at the end', () => {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    });

    it('is documented: definition, unit, when it is missing, source', () => {
      for (const text of [feature.definition, feature.unit, feature.missing, feature.source]) {
        expect(text.trim()).toBe(text);
        expect(text.length).toBeGreaterThan(1);
      }
      expect(feature.definition).toMatch(/^[A-Z].*\.$/);
    });

    it('has a range', () => {
      const [least, most] = feature.range;
      expect(least).toBeLessThan(most);
    });

    it('tells its value, where it gives a reason', () => {
      expect(feature.reason ?? '{value}').toContain('{value}');
    });
  });
});

describe(`on a simulated stream (seed ${seed}) each feature`, () => {
  let matrix: Float32Array;
  let rows: number;
  beforeAll(async () => {
    const simulated = await simulatedMatrix(seed, accounts, days);
    matrix = simulated.features;
    rows = simulated.facts.length;
  });

  it('is seen on some thousand events', () => {
    expect(rows).toBeGreaterThan(3_000);
  });

  it.each(catalogue.map(({ name, range }, column) => [name, range, column] as const))(
    '%s is known at least once, and within its range wherever it is',
    (_, [least, most], column) => {
      let known = 0;
      let outside = 0;
      for (let row = 0; row < rows; row++) {
        const value = matrix[row * featureCount + column]!;
        if (Number.isNaN(value)) continue;
        known++;
        if (!(value >= Math.fround(least) && value <= Math.fround(most))) outside++;
      }
      expect({ isKnown: known > 0, outside }).toEqual({ isKnown: true, outside: 0 });
    },
  );

  it.each(catalogue.map(({ name, missing }, column) => [name, missing, column] as const))(
    '%s is never missing, if it says so (missing: %s)',
    (_, missing, column) => {
      const values = Array.from({ length: rows }, (__, row) => matrix[row * featureCount + column]!);
      expect(missing === 'never' && values.some(Number.isNaN)).toBe(false);
    },
  );
});

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [27, '27'],
    [123_456, '123456'],
    [0.123456, '0.123'],
    [12.3456, '12.3'],
    [1234.56, '1230'],
    [0.00012345, '0.000123'],
    [Math.fround(0.1), '0.1'],
  ])('writes %d as %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});
