import { describe, expect, it } from 'vitest';
import { judgeTrend, trendOf, type Point } from '../../../../load-tests/judge/trend.ts';

const hourMs = 3_600_000;

/** Ten minutes, a point a second. */
function series(valueAt: (hours: number, index: number) => number): readonly Point[] {
  return Array.from({ length: 600 }, (_, index) => ({
    atMs: 1_000_000 + index * 1_000,
    value: valueAt((index * 1_000) / hourMs, index),
  }));
}

/** The same scatter each time, of either sign. */
const scatter = (index: number): number => ((index * 7_919) % 101) - 50;

describe('a trend', () => {
  it('is the slope of a line, an hour', () => {
    const trend = trendOf(series((hours) => 300 + 60 * hours))!;
    expect(trend.perHour).toBeCloseTo(60, 6);
    expect(trend.high - trend.low).toBeLessThan(1e-6);
  });

  it('has the true slope within its confidence, and zero where nothing grows', () => {
    const flat = trendOf(series((_, index) => 300 + scatter(index)))!;
    expect(flat.low).toBeLessThan(0);
    expect(flat.high).toBeGreaterThan(0);
    const grows = trendOf(series((hours, index) => 300 + 200 * hours + scatter(index)))!;
    expect(grows.low).toBeLessThan(200);
    expect(grows.high).toBeGreaterThan(200);
  });

  it('is moved by no single point far out', () => {
    const trend = trendOf(series((hours, index) => (index === 590 ? 1e9 : 300 + 60 * hours)))!;
    expect(trend.perHour).toBeCloseTo(60, 0);
  });

  it('is less sure of a series that wanders than a line through each point would be', () => {
    const wandering = trendOf(series((_, index) => 300 + 40 * Math.sin(index / 40)))!;
    expect(wandering.high - wandering.low).toBeGreaterThan(50);
  });

  it.each([
    ['no point', []],
    ['one point', [{ atMs: 1, value: 1 }]],
    ['two points', [1, 2].map((atMs) => ({ atMs, value: atMs }))],
    ['points of one instant', [1, 2, 3, 4].map((value) => ({ atMs: 5, value }))],
  ])('is unknown of %s', (_, points) => {
    expect(trendOf(points)).toBeNull();
  });
});

describe('the verdict about a trend', () => {
  it.each([
    ['flat', { perHour: 1, low: -5, high: 9 }, 10],
    ['flat', { perHour: -400, low: -500, high: -300 }, 10],
    ['grows', { perHour: 40, low: 11, high: 69 }, 10],
    ['undecided', { perHour: 40, low: -100, high: 180 }, 10],
    ['undecided', null, 10],
  ] as const)('is %s', (verdict, trend, perHourMax) => {
    expect(judgeTrend(trend, perHourMax)).toBe(verdict);
  });

  it('finds a leak of 200 MiB an hour in ten minutes of noise, and none where there is none', () => {
    const leaking = trendOf(series((hours, index) => 300 + 200 * hours + scatter(index) / 10));
    expect(judgeTrend(leaking, 50)).toBe('grows');
    const steady = trendOf(series((_, index) => 300 + scatter(index) / 10));
    expect(judgeTrend(steady, 50)).toBe('flat');
  });
});
