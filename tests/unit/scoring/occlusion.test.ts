import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { occlude } from '../../../src/scoring/occlusion.ts';
import { FakeModel } from './fake-model.ts';

/** Log-odds are the sum of weights of what is known. */
function additive(...weights: readonly number[]): FakeModel {
  return new FakeModel({
    scoreRow: (row) => {
      const sum = weights.reduce((total, weight, column) => total + (Number.isNaN(row[column]) ? 0 : weight), 0);
      return 1 / (1 + Math.exp(-sum));
    },
  });
}

describe('occlude', () => {
  it('gives each known feature the log-odds that go with it', async () => {
    const contributions = await occlude(additive(2, -1, 0), Float32Array.of(1, 1, 1, 5, NaN, 5), 2);
    for (const [index, expected] of [2, -1, 0, 2, 0, 0].entries())
      expect(contributions[index]).toBeCloseTo(expected, 5);
  });

  it('gives what is missing nothing, and asks nothing for it', async () => {
    const model = additive(2, -1);
    expect([...(await occlude(model, Float32Array.of(NaN, NaN), 1))]).toEqual([0, 0]);
    expect(model.scored.map(({ rows }) => rows)).toEqual([1]);
  });

  it.each([
    [1, 0],
    [0, 1],
  ])('stays finite when the probability goes from %d to %d', async (whole, without) => {
    const model = new FakeModel({ scoreRow: ([first]) => (Number.isNaN(first) ? without : whole) });
    const [contribution] = await occlude(model, Float32Array.of(1), 1);
    expect(Math.sign(contribution!)).toBe(Math.sign(whole - without));
    expect(Math.abs(contribution!)).toBeCloseTo(2 * Math.log((1 - 1e-6) / 1e-6), 3);
  });

  it('asks for one variant per known feature, in calls of a bounded size', async () => {
    const rows = 100;
    const features = new Float32Array(rows * 4).fill(1);
    features[2] = NaN;
    const model = additive(1, 2, 3, 4);
    const contributions = await occlude(model, features, rows);
    const [whole, ...variants] = model.scored.map((call) => call.rows);
    expect(whole).toBe(rows);
    expect(variants).toEqual([limits.scoreRowsMax, rows * 4 - 1 - limits.scoreRowsMax]);
    expect(Array.from(contributions.subarray(396), Math.round)).toEqual([1, 2, 3, 4]);
  });
});
