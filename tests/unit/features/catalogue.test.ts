import { beforeAll, describe, expect, it } from 'vitest';
import { isLabelEvent } from '../../../src/domain/event.ts';
import { limits } from '../../../src/domain/limits.ts';
import { catalogue, featureColumn, featureNames } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { EventFacts } from '../../../src/features/facts.ts';
import { featureGroups } from '../../../src/features/feature.ts';
import { labelOf, signupOf } from '../steps/events.ts';
import { simulatedMatrix } from './simulated.ts';
import { told } from './told.ts';

const [seed, accounts, days] = [21, 700, 5];

/** Five signups made alike, three of whom people judge before the last: in the small stream nobody is judged that often. */
const judgedAlike = [0, 1, 2, 3, 4].flatMap((index) => {
  const context = { ip: '203.0.113.7', device_id: 'shared', user_agent: 'Mozilla/5.0' };
  const signup = signupOf(`acc_${index}`, { email: 'one@example.com', username: `name${index}`, context });
  return index < 3 ? [signup, labelOf(`acc_${index}`)] : [signup];
});

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

describe(`on a simulated stream (seed ${seed}) each feature`, () => {
  let matrix: Float32Array;
  let rows: number;
  let facts: readonly EventFacts[];
  let alike: readonly Readonly<Record<string, number>>[];
  beforeAll(async () => {
    const simulated = await simulatedMatrix(seed, accounts, days);
    matrix = simulated.features;
    facts = simulated.facts;
    rows = facts.length;
    alike = await told(judgedAlike);
  });

  it('is seen on some thousand events', () => {
    expect(rows).toBeGreaterThan(3_000);
  });

  it.each(catalogue.map(({ name, range }, column) => [name, range, column] as const))(
    '%s is known at least once, and within its range wherever it is',
    (name, [least, most], column) => {
      let known = alike.filter((features) => !Number.isNaN(features[name])).length;
      let outside = 0;
      for (let row = 0; row < rows; row++) {
        const value = matrix[row * featureCount + column]!;
        if (Number.isNaN(value) || isLabelEvent(facts[row]!.event.type)) continue;
        known++;
        if (!(value >= Math.fround(least) && value <= Math.fround(most))) outside++;
      }
      expect({ isKnown: known > 0, outside }).toEqual({ isKnown: true, outside: 0 });
    },
  );

  it('that says it is never missing is never missing', () => {
    const broken = catalogue.filter(({ missing }, column) => {
      return (
        missing === 'never' &&
        Array.from({ length: rows }, (_, row) => matrix[row * featureCount + column]!).some(Number.isNaN)
      );
    });
    expect(broken.map(({ name }) => name)).toEqual([]);
  });
});
