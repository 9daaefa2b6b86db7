import { describe, expect, it } from 'vitest';
import { latenciesOf, latencyDifference, newHistogram, record } from '../../../load-tests/load/latencies.ts';

describe('latencies', () => {
  it('are quantiles in milliseconds', () => {
    const histogram = newHistogram();
    for (let ms = 1; ms <= 1_000; ms += 1) record(histogram, ms);
    const { p50, p90, p99, p999, max } = latenciesOf(histogram)!;
    for (const [value, expected] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
      [p999, 999],
      [max, 1_000],
    ] as const) {
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(expected / 1_000);
    }
  });

  it('hold minutes as well as microseconds', () => {
    const histogram = newHistogram();
    record(histogram, 0.25, 99);
    record(histogram, 600_000);
    expect(latenciesOf(histogram)).toMatchObject({ p50: 0.25, p99: 0.25 });
    expect(latenciesOf(histogram)!.max).toBeGreaterThan(599_000);
  });

  it('take what came before its instant, by the rounding of a clock, as no delay', () => {
    const histogram = newHistogram();
    record(histogram, -0.2);
    expect(latenciesOf(histogram)!.max).toBe(0);
  });

  it('are not known when nothing was recorded', () => {
    expect(latenciesOf(newHistogram())).toBeNull();
    expect(latencyDifference(null, null)).toBeNull();
  });

  it('are compared quantile by quantile', () => {
    const more = { p50: 3, p90: 5, p99: 9, p999: 20, max: 30.3 };
    const less = { p50: 1, p90: 5, p99: 10, p999: 12, max: 30.1 };
    expect(latencyDifference(more, less)).toEqual({ p50: 2, p90: 0, p99: -1, p999: 8, max: 0.2 });
  });
});
