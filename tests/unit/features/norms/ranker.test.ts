import { describe, expect, it } from 'vitest';
import { describeDistribution } from '../../../../src/features/norms/distribution.ts';
import { Ranker, typeEventsMin } from '../../../../src/features/norms/ranker.ts';
import { columns, normsOf, nothing, rowOf, typeNorms } from './norms.ts';

/** Half are 0, a quarter 1, a quarter 5. */
const counts = describeDistribution(Float32Array.of(0, 0, 0, 0, 1, 1, 5, 5));
const ages = describeDistribution(Float32Array.of(10, 20, 30, 40, NaN, NaN));

function rank(ranker: Ranker, row: Float32Array): number[] {
  return [...ranker.rank(row, 0, 1)];
}

describe('the rank of a value', () => {
  const ranker = new Ranker(
    normsOf({ 'account.login': typeNorms([counts, ages]) }, typeNorms([nothing, nothing])),
    columns,
  );

  it.each([
    ['the middle of those that share it', 0, 0.25],
    ['the middle of those that share it, higher up', 1, 0.625],
    ['on the line between two cuts, where nobody is', 3, 0.75],
    ['the middle of the largest', 5, 0.875],
    ['1 above all', 6, 1],
    ['0 below all', -1, 0],
    ['missing where the value is', NaN, NaN],
  ])('is %s', (_, value, expected) => {
    expect(rank(ranker, rowOf('account.login', value, 10))[0]).toBe(expected);
  });

  it('leaves those out that have no value', () => {
    expect(rank(ranker, rowOf('account.login', 0, 40))[1]).toBe(0.875);
  });

  it('takes -0 for 0', () => {
    expect(rank(ranker, rowOf('account.login', -0, 10))[0]).toBe(0.25);
  });

  it('is missing where all of the platform was: of its order nothing is known', () => {
    expect(rank(ranker, rowOf('account.signup', 3, 3))).toEqual([NaN, NaN]);
  });
});

describe('a type that the norms hardly saw', () => {
  it.each([
    ['no event', undefined, [0.25, 0.125]],
    ['too few events', typeEventsMin - 1, [0.25, 0.125]],
    ['enough events', typeEventsMin, [0.5, NaN]],
  ])('has ranks among all types until it has events of its own: %s', (_, events, expected) => {
    const one = describeDistribution(Float32Array.of(0));
    const types = events === undefined ? {} : { 'account.login': typeNorms([one, nothing], events) };
    const ranker = new Ranker(normsOf(types, typeNorms([counts, ages])), columns);
    expect(rank(ranker, rowOf('account.login', 0, 10))).toEqual(expected);
  });
});
