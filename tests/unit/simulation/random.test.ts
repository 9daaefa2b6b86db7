import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random, weighted } from '../../../src/simulation/random.ts';

const drawMany = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('Random', () => {
  it('gives the same numbers for the same seed and stream', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed, stream) => {
        const first = new Random(seed, stream);
        const second = new Random(seed, stream);
        expect(drawMany(20, () => first.uint32())).toEqual(drawMany(20, () => second.uint32()));
      }),
    );
  });

  it.each([
    ['seeds', new Random(1), new Random(2)],
    ['seeds that differ in their upper half only', new Random(1), new Random(1 + 2 ** 40)],
    ['a seed and its negative', new Random(7), new Random(-7)],
    ['streams', new Random(1, 1), new Random(1, 2)],
  ])('tells apart %s', (_, first, second) => {
    expect(drawMany(8, () => first.uint32())).not.toEqual(drawMany(8, () => second.uint32()));
  });

  it('spreads the first numbers of neighbouring streams evenly', () => {
    const firsts = Array.from({ length: 20_000 }, (_, stream) => new Random(42, stream).unit());
    const counts = Array.from(
      { length: 10 },
      (_, tenth) => firsts.filter((unit) => Math.floor(unit * 10) === tenth).length,
    );
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('stays within the bounds asked for', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -1_000, max: 1_000 }), fc.nat({ max: 1_000 }), (seed, low, span) => {
        const random = new Random(seed);
        for (const value of drawMany(30, () => random.integer(low, low + span))) {
          expect(Number.isInteger(value) && value >= low && value <= low + span).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['normal', (random: Random) => random.normal(), 0, 0.05],
    ['exponential', (random: Random) => random.exponential(5), 5, 0.2],
    ['Poisson, counted', (random: Random) => random.poisson(3), 3, 0.1],
    ['Poisson, approximated', (random: Random) => random.poisson(200), 200, 1],
  ])('has the mean of its distribution: %s', (_, draw, expected, tolerance) => {
    const random = new Random(11);
    expect(Math.abs(mean(drawMany(20_000, () => draw(random))) - expected)).toBeLessThan(tolerance);
  });

  it('puts half of the log-normal values below the median', () => {
    const random = new Random(3);
    const below = drawMany(20_000, () => random.logNormal(40, 0.7)).filter((value) => value < 40).length;
    expect(Math.abs(below - 10_000)).toBeLessThan(300);
  });

  it('refuses a seed that is no safe integer', () => {
    expect(() => new Random(0.5)).toThrow('safe integer');
  });
});

describe('weighted', () => {
  it('chooses by weight, and never what has none', () => {
    const choose = weighted([
      ['often', 3],
      ['never', 0],
      ['seldom', 1],
    ]);
    const random = new Random(9);
    const chosen = drawMany(8_000, () => choose(random));
    expect(chosen).not.toContain('never');
    expect(Math.abs(chosen.filter((item) => item === 'often').length - 6_000)).toBeLessThan(200);
  });
});
