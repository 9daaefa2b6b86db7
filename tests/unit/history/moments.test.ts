import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToMoments, deviationOf, doublesPerMoments, meanOf } from '../../../src/history/moments.ts';

describe('moments', () => {
  it('are unknown before there are numbers enough', () => {
    const doubles = new Float64Array(doublesPerMoments);
    expect([meanOf(doubles, 0), deviationOf(doubles, 0)]).toEqual([NaN, NaN]);
    addToMoments(doubles, 0, 5);
    expect([meanOf(doubles, 0), deviationOf(doubles, 0)]).toEqual([5, NaN]);
  });

  it('are those of all numbers together', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 50 }), fc.nat(4), (numbers, at) => {
        const doubles = new Float64Array(at + doublesPerMoments);
        for (const one of numbers) addToMoments(doubles, at, one);
        const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
        const variance = numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / numbers.length;
        expect(meanOf(doubles, at)).toBeCloseTo(mean, 4);
        expect(deviationOf(doubles, at)).toBeCloseTo(Math.sqrt(variance), 4);
      }),
    );
  });
});
