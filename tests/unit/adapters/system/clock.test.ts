import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';

describe('systemClock', () => {
  it('tells the date in whole milliseconds since the epoch', () => {
    const before = Date.now();
    const told = systemClock.nowMs();
    expect(Number.isInteger(told)).toBe(true);
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });

  it('never goes back on the stopwatch', () => {
    const told = Array.from({ length: 1_000 }, () => systemClock.monotonicMs());
    expect(told).toEqual(told.toSorted((first, second) => first - second));
  });

  it('keeps the stopwatch apart from the date', () => {
    expect(systemClock.monotonicMs()).toBeLessThan(systemClock.nowMs() / 2);
  });
});
