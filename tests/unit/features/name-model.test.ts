import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameLikelihood, nameSymbolsMax, readNameSymbols } from '../../../src/features/name-model.ts';
import { codePoint } from '../../code-point.ts';

const symbolsOf = (text: string): number[] => {
  const symbols = new Uint8Array(nameSymbolsMax);
  return [...symbols.subarray(0, readNameSymbols(text, symbols))];
};

describe('the symbols of a name', () => {
  it.each([
    ['ab', [0, 1, 2, 0]],
    ['A_b', [0, 1, 0, 2, 0]],
    ['a..b-', [0, 1, 0, 2, 0]],
    ['z07', [0, 26, 27, 27, 0]],
    ['É', [0, 5, 0]],
    ['ß', [0, 19, 19, 0]],
    ['Łø', [0, 12, 15, 0]],
    ['ａ', [0, 1, 0]],
    ['a🔥', [0, 1, 0]],
  ])('of %j', (text, symbols) => {
    expect(symbolsOf(text)).toEqual(symbols);
  });

  it.each(['', '12345', '__', 'Иван', 'ivanИ', '🔥'])('of %j are none: it is no Latin name', (text) => {
    expect(symbolsOf(text)).toEqual([]);
  });

  it('fit their array, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, maxLength: 1024 }), (text) => {
        const symbols = symbolsOf(text);
        expect(symbols.length).toBeLessThanOrEqual(nameSymbolsMax);
        expect(symbols.at(0) ?? 0).toBe(0);
        expect(symbols.at(-1) ?? 0).toBe(0);
      }),
    );
  });
});

describe('the likelihood of a name', () => {
  it.each(['john', 'aigerim_s', 'Łukasz Kowalski', 'María', 'nguyenvananh', 'mueller.schmidt', 'thorbjorn'])(
    'of %s is that of a name',
    (text) => {
      expect(nameLikelihood(text)).toBeGreaterThan(-5);
    },
  );

  it.each(['xkqzvwpt', 'k3f9x2ab', 'qwrtplkj', 'zxcvbnm', 'hjklqwx'])('of %s is that of pressed keys', (text) => {
    expect(nameLikelihood(text)).toBeLessThan(-6);
  });

  it.each(['', '12345', 'Иван', '田中', 'q', 'x1', 'ab', '1a2b3'])('of %j is not known', (text) => {
    expect(nameLikelihood(text)).toBeNaN();
  });

  it('does not depend on case, marks or what parts the words', () => {
    expect(nameLikelihood('Jose.MUNOZ')).toBe(nameLikelihood('josé muñoz'));
  });

  it('is that of the beginning of a long text', () => {
    expect(nameLikelihood('ana'.repeat(300))).toBe(nameLikelihood('ana'.repeat(22)));
  });
});
