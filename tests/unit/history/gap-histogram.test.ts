import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addGap, gapEntropyBits, gapWords } from '../../../src/history/gap-histogram.ts';

function entropyOf(gapsS: readonly number[]): number {
  const words = new Uint32Array(gapWords + 1).fill(0, 0, gapWords);
  words[gapWords] = 0xdead_beef;
  for (const gapS of gapsS) addGap(words, 0, gapS);
  expect(words[gapWords]).toBe(0xdead_beef);
  return gapEntropyBits(words, 0);
}

const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
/** One gap of each class. */
const ofEachClass = [0.5, 2, 8, 32, 128, 512, 2_048, 100_000];

describe('the entropy of gaps', () => {
  it.each<[string, readonly number[], number]>([
    ['is 0 of a metronome', times(100, 30), 0],
    ['is 0 of a metronome that beats longer than a class holds', times(10_000, 30), 0],
    ['is a bit of two lengths in turn', [...times(8, 2), ...times(8, 200)], 1],
    ['is three bits when every length is as frequent', [...ofEachClass, ...ofEachClass], 3],
    ['takes the end of a class for the next', [1, 4, 16, 64], 2],
    ['knows no length beyond the last class', [5_000, 50_000, 5e9, Infinity], 0],
  ])('%s', (_, gapsS, bits) => {
    expect(entropyOf(gapsS)).toBeCloseTo(bits, 12);
  });

  it('is not known of three gaps', () => {
    expect(entropyOf([1, 2, 3])).toBeNaN();
  });

  it('forgets what was long ago', () => {
    const habits = [...times(255, 2), ...times(255, 200)];
    const settled = [...habits, ...times(20_000, 30)];
    expect(entropyOf(habits)).toBeCloseTo(1, 12);
    expect(entropyOf(settled)).toBeLessThan(0.01);
  });

  it('lies between 0 and 3 bits, whatever the gaps', () => {
    const gap = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 30));
    fc.assert(
      fc.property(fc.array(gap, { minLength: 4, maxLength: 1_000, size: 'max' }), (gapsS) => {
        const bits = entropyOf(gapsS);
        expect(bits).toBeGreaterThanOrEqual(0);
        expect(bits).toBeLessThanOrEqual(3);
      }),
    );
  });
});
