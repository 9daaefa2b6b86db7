import { describe, expect, it } from 'vitest';
import { bestRecall } from './overlap.ts';

const samples = (fakes: readonly (number | undefined)[], genuine: readonly (number | undefined)[]) => [
  ...fakes.map((value) => ({ value, fake: true })),
  ...genuine.map((value) => ({ value, fake: false })),
];

describe('bestRecall', () => {
  it.each([
    ['values that a threshold parts', samples([5, 6], [1, 2]), 1],
    ['values that a threshold parts from below', samples([1, 2], [5, 6]), 1],
    ['values that are the same', samples([3, 3], [3, 3]), 0],
    ['half of the fakes beyond everybody', samples([9, 2], [1, 2]), 0.5],
    ['fakes without a value', samples([9, undefined], [1, 2]), 0.5],
  ])('is right for %s', (_, given, expected) => {
    expect(bestRecall(given, 0.02)).toBe(expected);
  });
});
