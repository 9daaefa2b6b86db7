import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedFour, readFour, readSix } from '../../../src/domain/ip-address.ts';

const groupsOf = (text: string): number[] | undefined => {
  const groups = new Uint16Array(8).fill(0xaaaa);
  return readSix(text, 0, text.length, groups) ? [...groups] : undefined;
};

/** Texts that are nearly addresses, so that a property meets both sides of every rule. */
const nearAddress = fc
  .array(
    fc.constantFrom('::', ':', '0', '1', '255', '256', 'ffff', 'ABCD', '12345', 'g', '.', '1.2.3.4', '2001', '00'),
    {
      maxLength: 17,
    },
  )
  .map((parts) => parts.join(''));

describe('an IPv4 address', () => {
  it.each([
    ['0.0.0.0', 0],
    ['8.8.8.8', 134_744_072],
    ['255.255.255.255', 4_294_967_295],
  ])('%s is %d', (text, address) => {
    expect(readFour(text, 0, text.length)).toBe(address);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1..3.4',
    '1.2.3.',
    '.1.2.3',
    '01.2.3.4',
    '1.2.3.4 ',
    'a.b.c.d',
    '-1.2.3.4',
    '１.2.3.4',
  ])('%j is none', (text) => {
    expect(readFour(text, 0, text.length)).toBe(-1);
  });

  it('is what Node takes for one', () => {
    fc.assert(
      fc.property(fc.oneof(nearAddress, fc.ipV4(), fc.string()), (text) => {
        expect(readFour(text, 0, text.length) >= 0).toBe(isIPv4(text));
      }),
    );
  });
});

describe('an IPv6 address', () => {
  it.each([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:db8::', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
    ['2001:DB8::8:800:200C:417A', [0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1::3:4:5:6:7:8', [1, 0, 3, 4, 5, 6, 7, 8]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201]],
  ])('%s has these groups', (text, groups) => {
    expect(groupsOf(text)).toEqual(groups);
  });

  it.each([
    '',
    ':',
    ':::',
    '1:',
    ':1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1.2.3',
    '::1%eth0',
    '1.2.3.4',
  ])('%j is none', (text) => {
    expect(groupsOf(text)).toBeUndefined();
  });

  it('is what Node takes for one, zones apart', () => {
    fc.assert(
      fc.property(fc.oneof(nearAddress, fc.ipV6(), fc.string()), (text) => {
        fc.pre(!text.includes('%'));
        expect(groupsOf(text) !== undefined).toBe(isIPv6(text));
      }),
    );
  });

  it('is read out of bytes as out of a text', () => {
    fc.assert(
      fc.property(fc.oneof(nearAddress, fc.ipV4(), fc.ipV6()), (text) => {
        const bytes = Buffer.from(text, 'latin1');
        const groups = new Uint16Array(8);
        expect(readSix(bytes, 0, bytes.length, groups) ? [...groups] : undefined).toEqual(groupsOf(text));
        expect(readFour(bytes, 0, bytes.length)).toBe(readFour(text, 0, text.length));
      }),
    );
  });

  it('is read out of the middle of a text', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV6(), fc.string(), (before, address, after) => {
        const groups = new Uint16Array(8);
        const from = before.length;
        expect(readSix(before + address + after, from, from + address.length, groups)).toBe(true);
        expect([...groups]).toEqual(groupsOf(address));
      }),
    );
  });

  it.each([
    ['::ffff:8.8.8.8', 134_744_072],
    ['::ffff:0:0', 0],
    ['::8.8.8.8', 134_744_072],
    ['::ffff:0:8.8.8.8', 134_744_072],
    ['64:ff9b::8.8.8.8', 134_744_072],
    ['64:ff9b:1:2:3:4:808:808', 134_744_072],
    ['2002:808:808::1', 134_744_072],
    ['2001:0:4136:e378:8000:63bf:f7f7:f7f7', 134_744_072],
    ['64:ff9b:2::8.8.8.8', -1],
    ['64:ff9c::8.8.8.8', -1],
    ['::1:ffff:8.8.8.8', -1],
    ['0:0:0:1::8.8.8.8', -1],
    ['2001:db8::8.8.8.8', -1],
  ])('%s stands for the IPv4 host %d', (text, address) => {
    expect(embeddedFour(Uint16Array.from(groupsOf(text)!))).toBe(address);
  });
});
