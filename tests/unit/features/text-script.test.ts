import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookAlikeCount, mixesScripts, scripts, scriptShare } from '../../../src/features/text-script.ts';

describe('the scripts of a text', () => {
  it.each([
    ['paypal', false, 0, 1],
    ['José Muñoz 7', false, 0, 1],
    ['Łukasz', false, 0, 1],
    ['Иван', false, 0, 0],
    ['иван_1998', false, 0, 0],
    ['Ιωάννης', false, 0, 0],
    ['سعيد', false, 0, 0],
    ['नमस्ते', false, 0, 0],
    // Each word is of one script.
    ['Иван Petrov', false, 0, 0.6],
    // Written together in Japan, Korea and China; Latin goes with all three, and with Thai.
    ['タカシ太郎', false, 0, 0],
    ['김철수金', false, 0, 0],
    ['takashiタカシ', false, 0, 0.7],
    ['มิ้นmint', false, 0, 2 / 3],
    ['ラーメン', false, 0, 0],
    // Not written together: р and а of paypal, and α of admin, are from elsewhere.
    ['раypal', true, 2, 4 / 6],
    ['pаypаl_Иван', true, 2, 4 / 10],
    ['αdmin', true, 1, 4 / 5],
    ['iPhoneшник', true, 0, 0.6],
    ['ИванΑ', true, 0, 0],
    ['김タカ', true, 0, 0],
  ])('%s: mixed %s, %d look-alikes, Latin share %d', (text, isMixed, lookAlikes, latinShare) => {
    expect(mixesScripts(text)).toBe(isMixed);
    expect(lookAlikeCount(text)).toBe(lookAlikes);
    expect(scriptShare(text, 'Latin')).toBeCloseTo(latinShare, 12);
  });

  it.each(['', '12345', '🔥🔥', '_._'])('are not known in %j, which has no letter', (text) => {
    expect(scriptShare(text, 'Latin')).toBeNaN();
    expect(mixesScripts(text)).toBe(false);
    expect(lookAlikeCount(text)).toBe(0);
  });

  it('share all letters among them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shares = scripts.map((script) => scriptShare(text, script));
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(Number.isNaN(sum) || Math.abs(sum - 1) < 1e-9).toBe(true);
      }),
    );
  });

  it('show no look-alike without a mixed word', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'c', 'o', 'а', 'с', 'о', 'α', 'ο', ' ', '1', '_', '太', 'カ') }),
        (text) => {
          expect(lookAlikeCount(text) > 0 && !mixesScripts(text)).toBe(false);
        },
      ),
    );
  });

  it('are looked for in the beginning of a long text', () => {
    expect(mixesScripts(`${'a'.repeat(128)}б`)).toBe(false);
    expect(mixesScripts(`${'a'.repeat(127)}б`)).toBe(true);
  });
});
