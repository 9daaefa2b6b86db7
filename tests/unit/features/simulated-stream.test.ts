import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventTypes, isLabelEvent } from '../../../src/domain/event.ts';
import { catalogue, featureDomain } from '../../../src/features/catalogue.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { EventFacts } from '../../../src/features/facts.ts';
import { snapshotColumnCount } from '../../../src/features/state.ts';
import { columnOf } from '../scoring/rows.ts';
import { labelOf, signupOf } from '../steps/events.ts';
import { featuresOf, simulatedMatrix } from './simulated.ts';
import { told } from './told.ts';

const [seed, accounts, days] = [21, 700, 5];

/** Five signups made alike, three of whom people judge before the last: in the small stream nobody is judged that often. */
const judgedAlike = [0, 1, 2, 3, 4].flatMap((index) => {
  const context = { ip: '203.0.113.7', device_id: 'shared', user_agent: 'Mozilla/5.0' };
  const signup = signupOf(`acc_${index}`, { email: 'one@example.com', username: `name${index}`, context });
  return index < 3 ? [signup, labelOf(`acc_${index}`)] : [signup];
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
    '%s is known at least once, and within its range wherever it is, and whole where that is said of it',
    (name, [least, most], column) => {
      let known = alike.filter((features) => !Number.isNaN(features[name])).length;
      let [outside, broken] = [0, 0];
      const { isWhole } = featureDomain(name)!;
      for (let row = 0; row < rows; row++) {
        const value = matrix[row * featureCount + column]!;
        if (Number.isNaN(value) || isLabelEvent(facts[row]!.event.type)) continue;
        known++;
        if (!(value >= Math.fround(least) && value <= Math.fround(most))) outside++;
        // A policy is refused for asking for a number between two whole ones.
        if (isWhole && !Number.isInteger(value)) broken++;
      }
      expect({ isKnown: known > 0, outside, broken }).toEqual({ isKnown: true, outside: 0, broken: 0 });
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

describe('a row of the matrix', () => {
  let simulated: Awaited<ReturnType<typeof simulatedMatrix>>;
  beforeAll(async () => {
    simulated = await simulatedMatrix(22, 120, 2);
  });

  it('depends on its own event and snapshot alone', () => {
    const { facts, snapshots, features } = simulated;
    fc.assert(
      fc.property(fc.array(fc.nat(facts.length - 1), { minLength: 1, maxLength: 12 }), (rows) => {
        const chosen = new Float64Array(rows.length * snapshotColumnCount);
        for (const [index, row] of rows.entries()) {
          chosen.set(
            snapshots.subarray(row * snapshotColumnCount, (row + 1) * snapshotColumnCount),
            index * snapshotColumnCount,
          );
        }
        const again = featuresOf(
          rows.map((row) => facts[row]!),
          chosen,
        );
        for (const [index, row] of rows.entries()) {
          expect(again.subarray(index * featureCount, (index + 1) * featureCount)).toEqual(
            features.subarray(row * featureCount, (row + 1) * featureCount),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same under whatever secret entities are hashed, while all is counted exactly', async () => {
    const secret = new Uint8Array(16).fill(9);
    expect((await simulatedMatrix(22, 120, 2, new EntityKeyHasher(secret))).features).toEqual(simulated.features);
  });

  it('has the type of its own event', () => {
    const { facts, features } = simulated;
    expect(facts.length).toBeGreaterThan(200);
    const codes = facts.map((_, row) => features[row * featureCount + columnOf('event_type')]!);
    expect(codes.map((code) => eventTypes[code])).toEqual(facts.map(({ event }) => event.type));
  });
});
