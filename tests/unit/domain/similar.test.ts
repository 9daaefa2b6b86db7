import { describe, expect, it } from 'vitest';

import { mostSimilar, slipsBetween } from '../../../src/domain/similar.ts';

describe('slipsBetween', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['same', 'same', 0],
    ['broker', 'brokers', 1],
    ['lgo', 'log', 1],
    ['kitten', 'sitting', 3],
  ])('counts from "%s" to "%s" %i', (first, second, slips) => {
    expect(slipsBetween(first, second)).toBe(slips);
  });
});

describe('mostSimilar', () => {
  it.each([
    ['brokerz', 'brokers'],
    ['BROKERS', 'brokers'],
    ['group_id', 'groupId'],
    ['clientld', 'clientId'],
    ['password', undefined],
    ['', undefined],
    ['b'.repeat(10_000), undefined],
  ])('for "%.12s" it is %s', (word, expected) => {
    expect(mostSimilar(word, ['brokers', 'groupId', 'clientId'])).toBe(expected);
  });
});
