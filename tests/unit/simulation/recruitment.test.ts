import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from '../../../src/simulation/recruitment.ts';

describe('apportion', () => {
  it('adds up to the total, each part within one of its exact share', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }),
        (total, weights) => {
          const counts = apportion(total, weights);
          const sum = weights.reduce((a, b) => a + b, 0);
          expect(counts.reduce((a, b) => a + b, 0)).toBe(total);
          counts.forEach((count, index) => {
            expect(Math.abs(count - (total * (weights[index] ?? 0)) / sum)).toBeLessThan(1);
          });
        },
      ),
    );
  });

  it('has nothing to share out among nobody', () => {
    expect(apportion(0, [])).toEqual([]);
  });
});
