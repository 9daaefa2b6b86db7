import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../src/features/name-text.ts';
import {
  isBlankHash,
  isFillerPhone,
  isHouseMailbox,
  isLongerThanNothing,
  saysNothing,
} from '../../../src/features/stand-ins.ts';
import { codePoint } from '../../code-point.ts';

describe('a text that says nothing', () => {
  it.each([
    '',
    '  ',
    'null',
    'NULL',
    ' undefined ',
    'None',
    'n/a',
    'N/A',
    '-',
    '0',
    'Unknown',
    '(null)',
    '[object Object]',
  ])('is %j', (text) => {
    expect(saysNothing(text)).toBe(true);
  });

  it.each(['Nulla', 'nil2', '1', 'Aigerim', 'None of your business', 'Mozilla/5.0', 'null island'])(
    'is not %j',
    (text) => {
      expect(saysNothing(text)).toBe(false);
    },
  );
});

describe('a hash of no content', () => {
  it.each([
    ['0000000000000000', true],
    ['ffffffffffffffff', true],
    ['FFFFFFFFFFFFFFFF', true],
    ['8888888888888888', true],
    // Of a picture without words, as whoever hashes its text tells it.
    [createHash('sha256').digest('hex').slice(0, 16), true],
    [createHash('md5').digest('hex'), true],
    ['cbf29ce484222325', true],
    ['2d06800538d394c2', true],
    // pHash of a picture of one colour.
    ['8000000000000000', true],
    ['8000000000000001', false],
    ['0000000000000001', false],
    ['00ff13a7c4e2b905', false],
  ])('%s: %s', (text, isBlank) => {
    expect(isBlankHash(text)).toBe(isBlank);
  });
});

describe('a number that fills a form', () => {
  it.each([
    ['+10000000000', true],
    ['+70000000000', true],
    ['+77010000000', true],
    ['+12345678901', true],
    // Sold as a fine number, and somebody's.
    ['+77777777777', false],
    ['+77011234567', false],
    ['+77011000000', false],
  ])('%s: %s', (number, isFiller) => {
    expect(isFillerPhone(number)).toBe(isFiller);
  });
});

describe('a mailbox of the house', () => {
  it.each([
    ['noreply', 'shop.kz', true],
    ['no-reply', 'gmail.com', true],
    ['null', 'example.org', true],
    ['test', 'test.com', true],
    ['test', 'gmail.com', false],
    ['alma', 'example.com', false],
    ['nonette', 'gmail.com', false],
  ])('%s@%s: %s', (local, domain, isHouse) => {
    expect(isHouseMailbox(local, domain)).toBe(isHouse);
  });
});

describe('shortcuts', () => {
  /** Marks that join what stands before them, letters that become ASCII ones, and what is not seen, among plain characters. */
  const unit = fc.constantFrom(...Array.from('aA0zZ9-_ .\t\u0301\u200b\u2800\u212a\uff21\u{1d400}'));

  it('take no text for one that says something when it says nothing', () => {
    const text = fc.oneof(fc.string({ unit, maxLength: 60 }), fc.string({ unit: codePoint, maxLength: 60 }));
    fc.assert(
      fc.property(text, (one) => {
        if (isLongerThanNothing(one)) expect(saysNothing(visibleText(one))).toBe(false);
      }),
      { numRuns: 500 },
    );
    expect(isLongerThanNothing('Mozilla/5.0 (X11; Linux x86_64)')).toBe(true);
  });
});
