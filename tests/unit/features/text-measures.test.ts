import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digitShare,
  entropyBits,
  longestDigitRun,
  nameShape,
  pairSimilarity,
  vowelShare,
} from '../../../src/features/text-measures.ts';

/** Any UTF-16 units, halves of surrogate pairs too. */
const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

describe('measures of a text', () => {
  it.each([
    ['', NaN, 0, NaN],
    ['john01', 2 / 6, 2, 1 / 4],
    ['2024', 1, 4, NaN],
    ['a1b22c333', 6 / 9, 3, 1 / 3],
    ['ÅSA', 0, 0, 1 / 2],
    ['xkcd', 0, 0, 0],
    ['Yoyo', 0, 0, 1],
    ['😀1', 1 / 2, 1, NaN],
  ])('of %j: digit share, longest digit run, vowel share', (text, digits, run, vowels) => {
    expect(digitShare(text)).toBe(digits);
    expect(longestDigitRun(text)).toBe(run);
    expect(vowelShare(text)).toBe(vowels);
  });

  it.each([
    ['aaaa', 0],
    ['abab', 1],
    ['abcd', 2],
  ])('entropy of %j is %d bits', (text, bits) => {
    expect(entropyBits(text)).toBeCloseTo(bits, 12);
  });

  it('entropy of the empty string is not known', () => {
    expect(entropyBits('')).toBeNaN();
  });

  it('entropy leaves nothing behind for the next text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const first = entropyBits(text);
        expect(entropyBits(text)).toEqual(first);
        expect(entropyBits('abcd')).toBeCloseTo(2, 12);
      }),
    );
  });

  it.each([
    ['night', 'nacht', 0.25],
    ['aigerim_s', 'AIGERIM_S', 1],
    ['abcd', 'wxyz', 0],
    ['aa', 'aaaa', 0.5],
  ])('pair similarity of %j and %j is %d', (first, second, similarity) => {
    expect(pairSimilarity(first, second)).toBeCloseTo(similarity, 12);
  });

  it.each([
    ['a', 'ab'],
    ['ab', ''],
  ])('pair similarity of %j and %j, of which one has no pair, is not known', (first, second) => {
    expect(pairSimilarity(first, second)).toBeNaN();
  });

  it('pair similarity is the same both ways, and between 0 and 1', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 2 }), fc.string({ minLength: 2 }), (first, second) => {
        const similarity = pairSimilarity(first, second);
        expect(similarity).toBe(pairSimilarity(second, first));
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    ['john_0142', 'aaaa_9999'],
    ['Mary.93', 'aaaa.99'],
    ['Айгерим7', 'aaaaaaa9'],
    ['x'.repeat(40), 'a'.repeat(24)],
    // Marks belong to their letter, and a letter beyond the basic plane is one.
    ['नमस्ते12', 'aaaa99'],
    ['𠮷田12', 'aa99'],
  ])('the shape of %j is %j', (text, shape) => {
    expect(nameShape(text)).toBe(shape);
  });
});
