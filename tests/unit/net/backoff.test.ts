import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/net/backoff.ts';

const backoff = { initialMs: 100, maxMs: 5_000 };

describe('backoff', () => {
  it.each([
    [1, 0, 50],
    [1, 1, 100],
    [2, 1, 200],
    [6, 1, 3_200],
    [7, 1, 5_000],
    [7, 0, 2_500],
    [10_000, 1, 5_000],
  ])('after try %i with %d of the jitter waits %i ms', (attempt, random, expected) => {
    expect(backoffMs(attempt, backoff, random)).toBe(expected);
  });

  it('never waits less than half its step, nor more than the bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const waitMs = backoffMs(attempt, backoff, random);
        expect(waitMs).toBeGreaterThanOrEqual(backoff.initialMs / 2);
        expect(waitMs).toBeLessThanOrEqual(backoff.maxMs);
      }),
    );
  });
});
