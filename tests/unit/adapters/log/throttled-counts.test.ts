import { describe, expect, it } from 'vitest';
import { ThrottledCounts } from '../../../../src/adapters/log/throttled-counts.ts';

describe('ThrottledCounts', () => {
  it('tells the first count at once', () => {
    const counts = new ThrottledCounts(1_000);
    counts.add('a', 2);
    expect(counts.take(0)).toEqual({ total: 2, byKey: { a: 2 } });
  });

  it('has nothing to tell when nothing was counted', () => {
    const counts = new ThrottledCounts(1_000);
    counts.add('a', 0);
    expect(counts.take(0)).toBeUndefined();
  });

  it('tells the sum of what came meanwhile once the interval has passed, and nothing twice', () => {
    const counts = new ThrottledCounts(1_000);
    counts.add('a', 1);
    counts.take(0);
    counts.add('a', 2);
    counts.add('b', 3);
    expect(counts.take(999)).toBeUndefined();
    counts.add('a', 4);
    expect(counts.take(1_000)).toEqual({ total: 9, byKey: { a: 6, b: 3 } });
    expect(counts.take(5_000)).toBeUndefined();
  });
});
