import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../src/features/name-text.ts';
import {
  isBlankHash,
  isFillerPhone,
  isHouseMailbox,
  isLongerThanNothing,
  isSharedDevice,
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

describe('an identifier that many devices have', () => {
  it.each([
    '00000000-0000-0000-0000-000000000000',
    '{00000000-0000-0000-0000-000000000000}',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '000000000000000',
    '0000',
    'xxxxxxxx',
    '9774d56d682e549c',
    '9774D56D682E549C',
    '02:00:00:00:00:00',
    '02-00-00-00-00-00',
    '03000200-0400-0500-0006-000700080009',
    '12345678-1234-5678-1234-567812345678',
    'D41D8CD98F00B204E9800998ECF8427E',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    createHash('sha256').digest('hex'),
    // A client that hashes whatever it has, and has nothing.
    createHash('sha256').update('undefined').digest('hex'),
    createHash('md5').update('NULL').digest('hex').toUpperCase(),
    createHash('sha1').update('00000000-0000-0000-0000-000000000000').digest('hex'),
    createHash('sha256').update('0').digest('hex').slice(0, 16),
    'urn:uuid:00000000-0000-0000-0000-000000000000',
    'URN:UUID:12345678-1234-5678-1234-567812345678',
    '-1',
    '%s',
    'undefined-undefined',
    'no_device',
    'To Be Filled By O.E.M.',
    'undefined',
    'null',
    'unknown',
    '0',
    // The kind of something that there is not.
    'android:null',
    'ios-null',
    'WEB_UNDEFINED',
    'unknown/device/id',
    'ios:',
    'android-',
    // Hashes of nothing as libraries hand them out, and nothing itself.
    createHash('sha256').digest('base64'),
    createHash('md5').update('null').digest('base64url'),
    `sha256:${createHash('sha256').digest('hex')}`,
    createHash('sha512').update('undefined').digest('hex'),
    'bnVsbA==',
    'MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw',
    // Of a generator that draws nothing, of a pattern, of examples.
    '00000000-0000-4000-8000-000000000000',
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
    'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx',
    '00000000-0000-0000-0000-000000000001',
    '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    '550E8400-E29B-41D4-A716-446655440000',
    // Written so that nobody sees a difference.
    'nu\u200bll',
    '\uff4e\uff55\uff4c\uff4c',
    // Nothing that anybody can read.
    '____',
    '...',
    '\u200b',
    '0x0000000000000000',
    // FNV-1a, xxHash and CityHash of no bytes.
    'cbf29ce484222325',
    'ef46db3751d8e999',
    '9AE16A3B2F90404F',
  ])('is %j', (text) => {
    expect(isSharedDevice(text)).toBe(true);
  });

  it.each([
    'd0',
    'd_91af',
    '00000000-0000-4000-8000-000000000001',
    '9774d56d682e549d',
    'urn:uuid:00000000-0000-4000-8000-000000000001',
    createHash('sha256').update('device 1').digest('hex'),
    `${createHash('sha256').digest('hex').slice(0, 32)}${createHash('md5').digest('hex')}`,
    createHash('sha256').digest('hex').slice(0, 12),
    '35-209900-176148-1',
    'aaa',
    '٠١٢٣',
    'android:91af',
    'web-null-7',
    'app-device-id',
    createHash('sha256').update('device 1').digest('base64'),
    'bnVsbGE=',
    '11111111-1111-4111-8111-111111111112',
    'sha256:91af',
    '0x91af0000',
    'cbf29ce484222326',
  ])('is not %j', (text) => {
    expect(isSharedDevice(text)).toBe(false);
  });
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

  it('know a shared identifier by its letters and digits, however it is written', () => {
    const shared = [
      '9774d56d682e549c',
      'dead00beef',
      '020000000000',
      'systemserialnumber',
      'emulator5554',
      'aaaa',
      '0000000',
    ];
    const own = ['9774d56d682e549d', 'd_806cc7ec8c3f5139', 'aaab', '97', 'systemserialnumbers', 'tes'];
    const separators = fc.array(fc.constantFrom('', '', '-', ':', ' ', '{', '\u00b7', '\u200b'), {
      minLength: 20,
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.constantFrom(...shared, ...own), separators, fc.boolean(), (id, between, isLarge) => {
        const spelled = Array.from(id, (character, at) => between[at % between.length]! + character).join('');
        expect(isSharedDevice(isLarge ? spelled.toUpperCase() : spelled)).toBe(shared.includes(id));
      }),
      { numRuns: 1_000 },
    );
  });
});
