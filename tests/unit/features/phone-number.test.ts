import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { e164Of, readPhoneDigits } from '../../../src/features/phone-number.ts';

describe('readPhoneDigits', () => {
  it.each([
    '+77011234567',
    '+7 701 123 45 67',
    '+7(701)1234567',
    '+7 (701) 123-45-67',
    '+7.701.123.45.67',
    '+7/701/1234567',
    '+7‑701–123—45−67',
    '(+7) 701 1234567',
    'tel:+77011234567',
    'TEL:+7-701-123-45-67;ext=12',
    '+77011234567 ext. 12',
    '+77011234567 доб. 12',
    '+77011234567 доп.: 12',
    '+77011234567, Ext: 12',
    'whatsapp:+77011234567',
    ' +77011234567\u00a0',
    '\u202a+77011234567\u202c',
    '0077011234567',
    '00 7 701 123 45 67',
    '＋７７０１１２３４５６７',
    '+٧٧٠١١٢٣٤٥٦٧',
    '+७७०११२३४५६७',
  ])('reads %j as one number', (text) => {
    expect(readPhoneDigits(text)).toBe('+77011234567');
  });

  it.each([
    ['8 (701) 123-45-67', '87011234567'],
    ['06 12 34 56 78', '0612345678'],
    ['+44 (0)20 7946 0123', '+4402079460123'],
    ['+39 06 12345678', '+390612345678'],
  ])('keeps of %s what a plan must know', (text, digits) => {
    expect(readPhoneDigits(text)).toBe(digits);
  });

  it.each([
    '',
    '+',
    '1234',
    '+012345678',
    '+1234567890123456789',
    'call me',
    '1-800-FLOWERS',
    '7701 7702 1234567890',
    '++77011234567',
    '+7701+1234567',
  ])('does not take %j for a number', (text) => {
    expect(readPhoneDigits(text)).toBeUndefined();
  });

  it('reads digits with whatever separators', () => {
    const separator = fc.constantFrom('', ' ', '-', '.', ') ', '\u00a0', '\u200b');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), separator), { minLength: 7, maxLength: 14 }), (parts) => {
        const spelled = parts.map(([digit, after]) => digit + after).join('');
        expect(readPhoneDigits(`+7${spelled}`)).toBe(`+7${parts.map(([digit]) => digit).join('')}`);
      }),
    );
  });
});

describe('e164Of', () => {
  it.each([
    ['+5215512345678', '+525512345678'],
    ['+551181234567', '+5511981234567'],
    ['+841201234567', '+84701234567'],
    ['+22507123456', '+2250707123456'],
    ['+22505123456', '+2250505123456'],
    ['+22540123456', '+2250140123456'],
    ['+77011234567', '+77011234567'],
    // A fixed line of São Paulo has eight digits still.
    ['+551132345678', '+551132345678'],
    ['+84701234567', '+84701234567'],
  ])('takes %s and %s for one line', (former, present) => {
    expect(e164Of(former)).toBe(present);
    expect(e164Of(present)).toBe(present);
  });

  it.each(['87011234567', '+4402079460123456', '+0', ''])('is not %j', (digits) => {
    expect(e164Of(digits)).toBeUndefined();
  });
});
