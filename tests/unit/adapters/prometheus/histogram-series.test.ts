import { describe, expect, it } from 'vitest';
import { HistogramSeries } from '../../../../src/adapters/prometheus/histogram-series.ts';

const bounds = [0.01, 0.1, 1];

describe('HistogramSeries', () => {
  it.each([
    ['at a bound, into the bucket of the bound', 0.1, 1],
    ['between bounds, into the next one', 0.11, 2],
    ['at 0, into the first', 0, 0],
    ['above all bounds, into the last', 1.01, 3],
  ])('puts a value %s', (_case, value, bucket) => {
    const series = new HistogramSeries(bounds);
    series.observe(value);
    expect([...series.counts]).toEqual([0, 1, 2, 3].map((index) => (index === bucket ? 1 : 0)));
  });

  it('divides into the unit of its bounds', () => {
    const series = new HistogramSeries(bounds);
    series.observeAll(Float64Array.of(5, 50, 500), 1_000);
    expect([...series.counts]).toEqual([1, 1, 1, 0]);
    expect(series.sum).toBeCloseTo(0.555);
  });

  it('leaves out what is not known', () => {
    const series = new HistogramSeries(bounds);
    series.observe(Number.NaN);
    series.observeAll(Float64Array.of(Number.NaN, 1), 1);
    expect([...series.counts]).toEqual([0, 0, 1, 0]);
    expect(series.sum).toBe(1);
  });

  it('counts a latency below 0 as 0, so that its sum never shrinks', () => {
    const series = new HistogramSeries(bounds);
    series.observeAll(Float64Array.of(-5_000), 1_000);
    expect([...series.counts]).toEqual([1, 0, 0, 0]);
    expect(series.sum).toBe(0);
  });

  it.each([
    ['none', [], 'a histogram has a bound'],
    ['bounds that do not ascend', [1, 1], 'bounds ascend'],
  ])('refuses %s', (_case, wrong, message) => {
    expect(() => new HistogramSeries(wrong)).toThrow(message);
  });
});
