import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Latencies } from '../../../src/evaluation/latencies.ts';
import { Random } from '../../../src/simulation/random.ts';

function latenciesOf(...batches: readonly (readonly number[])[]): Latencies {
  const latencies = new Latencies();
  for (const values of batches) latencies.add(Float64Array.from(values));
  return latencies;
}

describe('Latencies', () => {
  it('are unknown before the first value', () => {
    expect(latenciesOf().percentiles(0.5, 0.99)).toEqual([NaN, NaN]);
  });

  it('are what sorting gives, however the values come', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.nat(300), fc.double({ min: 0, max: 1, noNaN: true }), (drawn, cut, share) => {
        const latencies = latenciesOf(drawn.slice(0, cut), drawn.slice(cut));
        const sorted = drawn.toSorted((first, second) => first - second);
        const [percentile, least, most] = latencies.percentiles(share, 0, 1);
        expect({ least, most, max: latencies.max }).toEqual({
          least: sorted[0],
          most: sorted.at(-1),
          max: sorted.at(-1),
        });
        const atMost = sorted.filter((value) => value <= percentile).length / sorted.length;
        const below = sorted.filter((value) => value < percentile).length / sorted.length;
        expect(atMost).toBeGreaterThanOrEqual(share);
        expect(below).toBeLessThanOrEqual(share);
      }),
    );
  });

  it.each([
    [100, 0.5, 51],
    [100, 0.99, 100],
    [1_000, 0.99, 991],
    [1_000, 0.999, 1_000],
  ])('of 1 to %i at a share of %d are %i', (count, share, expected) => {
    expect(latenciesOf(Array.from({ length: count }, (_, index) => index + 1)).percentiles(share)).toEqual([expected]);
  });

  it('keep a sample of bounded size, from which percentiles are close (seed 31)', () => {
    const random = new Random(31);
    const latencies = new Latencies();
    const batch = new Float64Array(1_000);
    for (let count = 0; count < 450; count++) latencies.add(batch.map(() => random.unit()));
    for (const share of [0.01, 0.5, 0.99])
      expect(Math.abs(latencies.percentiles(share)[0] - share)).toBeLessThan(0.005);
    expect(latencies.max).toBeGreaterThan(0.9999);
  });

  it('weigh early and late values alike when the sample is full', () => {
    const latencies = latenciesOf(new Array<number>(150_000).fill(1), new Array<number>(150_000).fill(2));
    expect(latencies.percentiles(0.48, 0.52)).toEqual([1, 2]);
  });

  it('know the longest, sampled or not', () => {
    const latencies = latenciesOf(new Array<number>(100_001).fill(1), [1, 7, 1, 1]);
    expect(latencies.max).toBe(7);
  });
});
