import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSharedDevice } from '../../../src/features/shared-devices.ts';

/** Of RFC 9562, with a namespace in hexadecimal, or none. */
function nameUuid(algorithm: string, version: number, space: string, name: string): string {
  const hash = createHash(algorithm).update(Buffer.from(space, 'hex')).update(name).digest();
  const digits = hash.toString('hex').slice(0, 32);
  const variant = ((hash[8]! & 0x3f) | 0x80).toString(16);
  return `${digits.slice(0, 12)}${version}${digits.slice(13, 16)}${variant}${digits.slice(18)}`;
}

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
    // MD5 of nothing as a UUID, as .NET makes one of it, and UUIDs of a name that is none, of which Java's is one.
    'd41d8cd9-8f00-b204-e980-0998ecf8427e',
    'd98c1dd4-008f-04b2-e980-0998ecf8427e',
    'D41D8CD9-8F00-3204-A980-0998ECF8427E',
    nameUuid('md5', 3, '', 'null'),
    nameUuid('sha1', 5, '6ba7b8109dad11d180b400c04fd430c8', ''),
    // What says its kind, or how it was made, before it.
    'android:00000000-0000-4000-8000-000000000000',
    'idfa=00000000-0000-0000-0000-000000000000',
    `android_${createHash('md5').digest('hex')}`,
    `sha256-${createHash('sha256').digest('base64')}`,
    `sha-256=${createHash('sha256').digest('base64')}`,
    `sha384-${createHash('sha384').digest('base64')}`,
    `MD5${createHash('md5').digest('hex')}`,
    'app:n/a',
    // Signs behind it that belong to what is there.
    'android:-1',
    'device=[object Object]',
    'ios: (null)',
    'app://#N/A',
    `sha256-${createHash('sha256').update('NULL').digest('base64')}`,
    `sha1-${createHash('sha1').update('(null)').digest('base64')}`,
    // A kind alone.
    'ios',
    'Android',
    'web',
    'browser',
    'iphone',
    'id',
    'app-device-id',
    // What a form, a mock or an example has in its place.
    'YOUR_DEVICE_ID',
    'iPhone Simulator',
    'fp_null',
    '0x0',
    '#N/A',
    'deadbeef-dead-beef-dead-beefdeadbeef',
    '00112233-4455-6677-8899-aabbccddeeff',
    // Around which something was left.
    ' bnVsbA==',
    'bnVsbA==\n',
    '"bnVsbA=="',
    '"null"',
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
    createHash('sha256').update('device 1').digest('base64'),
    'bnVsbGE=',
    '11111111-1111-4111-8111-111111111112',
    'sha256:91af',
    '0x91af0000',
    'cbf29ce484222326',
    // Too short for a hash that would say how it was made.
    'md5aaaa',
    'sha11111',
    // UUIDs whose first digits are those of nothing.
    'd41d8cd9-8f00-4204-a980-0998ecf8427e',
    'd41d8cd9-8f00-3204-a980-0998ecf8427f',
    `android_${createHash('md5').update('device 1').digest('hex')}`,
    `sha256-${createHash('sha256').update('device 1').digest('base64')}`,
    'iosx',
    'idle',
    'guesthouse-2',
    'deadbeef01',
    'android 7a41',
  ])('is not %j', (text) => {
    expect(isSharedDevice(text)).toBe(false);
  });

  it('is one by its letters and digits, however it is written', () => {
    const shared = [
      '9774d56d682e549c',
      'dead00beef',
      '020000000000',
      'systemserialnumber',
      'emulator5554',
      'aaaa',
      '0000000',
      createHash('md5').digest('hex'),
      createHash('sha1').update('undefined').digest('hex'),
      nameUuid('md5', 3, '', ''),
    ];
    const own = [
      '9774d56d682e549d',
      'd_806cc7ec8c3f5139',
      'aaab',
      '97',
      'systemserialnumbers',
      'tes',
      createHash('md5').update('7').digest('hex'),
    ];
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

  it('is one behind what says its kind, in whichever form it travels', () => {
    const nothing = fc.constantFrom(
      '',
      ' ',
      '0',
      '-1',
      'null',
      'NULL',
      'Null',
      'nil',
      'none',
      'None',
      'undefined',
      'unknown',
      'Unknown',
      'N/A',
      'n/a',
      'nan',
      'NaN',
      'false',
      '(null)',
      '[object Object]',
      '00000000-0000-0000-0000-000000000000',
    );
    const form = fc.constantFrom<((text: string) => string)[]>(
      (text) => text,
      (text) => createHash('md5').update(text).digest('hex'),
      (text) => createHash('sha256').update(text).digest('hex').slice(0, 20).toUpperCase(),
      (text) => createHash('md5').update(text).digest('base64'),
      (text) => createHash('sha1').update(text).digest('base64'),
      (text) => createHash('sha256').update(text).digest('base64'),
      (text) => createHash('sha384').update(text).digest('base64'),
      (text) => createHash('sha512').update(text).digest('base64url'),
      (text) => nameUuid('sha1', 5, '', text).replace(/^.{8}/, '$&-'),
    );
    const kind = fc.constantFrom('', 'android', 'IDFA', 'sha256', 'urn:uuid', 'web:device', 'ios app');
    const separator = fc.constantFrom(':', '-', '_', '=', ' ', '://');
    const around = fc.constantFrom('', ' ', '"', '\u200b');
    fc.assert(
      fc.property(nothing, form, kind, separator, around, (text, of, before, between, quote) => {
        const id = of(text);
        expect(isSharedDevice(`${quote}${before}${before && between}${id}${quote}`)).toBe(true);
        // One letter more, and it is somebody's.
        if (of(text) !== text)
          expect(isSharedDevice(`${before}${before && between}${id.replaceAll('=', '')}z`)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
