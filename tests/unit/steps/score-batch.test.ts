import { describe, expect, it } from 'vitest';
import { featureCount } from '../../../src/features/extract.ts';
import type { ModelLease } from '../../../src/scoring/model-slot.ts';
import { scoreBatch } from '../../../src/steps/score-batch.ts';

/** A model that says of each row what its first feature is, and notes how many it was asked about. */
function firstFeature(asked: number[]): ModelLease {
  const score = (features: Float32Array, rows: number): Promise<Float32Array> => {
    asked.push(rows);
    return Promise.resolve(Float32Array.from({ length: rows }, (_, row) => features[row * featureCount]!));
  };
  return { score } as unknown as ModelLease;
}

const count = 4;
const features = new Float32Array(count * featureCount);
for (let row = 0; row < count; row++) features[row * featureCount] = row / 4;

describe('the scores of a batch', () => {
  it.each([
    ['all of them', [0, 1, 2, 3], [0, 0.25, 0.5, 0.75], [4]],
    ['those between labels', [1, 3], [NaN, 0.25, NaN, 0.75], [2]],
    ['none', [], [NaN, NaN, NaN, NaN], []],
  ])('are asked for of the rows that are decided alone: %s', async (_, rows, expected, expectedAsked) => {
    const asked: number[] = [];
    expect([...(await scoreBatch(firstFeature(asked), features, count, rows))!]).toEqual(expected);
    expect(asked).toEqual(expectedAsked);
  });

  it('are none where the model did not speak', async () => {
    const silent = { score: () => Promise.resolve(null) } as unknown as ModelLease;
    expect(await scoreBatch(silent, features, count, [1])).toBeNull();
  });
});
