import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNetworkAddress } from '../../../src/features/network-address.ts';
import { blockHolds, blocksOf } from '../../../src/domain/network-blocks.ts';
import { codePoint } from '../../code-point.ts';

const tiersOf = (text: string) => {
  const address = readNetworkAddress(text);
  if (address === undefined || address === 'nobody') return address;
  const { host, network, site } = address;
  return [host, network, site];
};

const kazakh = ['95.56.234.10', '95.56.234', '95.56.232/22'];
const six = ['2a00:1450:4001:2345', '2a00:1450:4001:23/56', '2a00:1450:4001/48'];

describe('readNetworkAddress', () => {
  it.each([
    ['95.56.234.10', kazakh],
    ['2a00:1450:4001:2345:6:7:8:9', six],
    ['2A00:1450:4001:2345::1', six],
    ['2a00:1450:4001:2345::198.51.100.7', six],
    ['2a00:1450::', ['2a00:1450:0:0', '2a00:1450:0:0/56', '2a00:1450:0/48']],
  ])('reads %s from narrow to wide', (text, tiers) => {
    expect(tiersOf(text)).toEqual(tiers);
  });

  it.each([
    '95.56.234.10:51234',
    '[95.56.234.10]:80',
    ' 95.56.234.10\t',
    '95.56.234.10/32',
    '/95.56.234.10',
    '/95.56.234.10:52011',
    'localhost/95.56.234.10:80',
    '95-56-234-10.isp.example/95.56.234.10',
    '::ffff:95.56.234.10',
    '::FFFF:5f38:ea0a',
    '0:0:0:0:0:ffff:95.56.234.10',
    '[::ffff:95.56.234.10]:443',
    '::95.56.234.10',
    '::ffff:0:95.56.234.10',
    '64:ff9b::95.56.234.10',
    '64:ff9b:1:7::95.56.234.10',
    '2002:5f38:ea0a::1',
    '2001:0:4136:e378:8000:63bf:a0c7:15f5',
  ])('takes %j for one IPv4 host', (text) => {
    expect(tiersOf(text)).toEqual(kazakh);
  });

  it.each([
    '[2a00:1450:4001:2345::1]',
    '[2a00:1450:4001:2345::1]:443',
    '2a00:1450:4001:2345::1%eth0',
    '[2a00:1450:4001:2345::1%25eth0]:443',
    '2a00:1450:4001:2345::1/128',
    '/[2a00:1450:4001:2345::1]:443',
    '/2a00:1450:4001:2345:0:0:0:1%eth0',
    '/2a00:1450:4001:2345:0:0:0:1:52011',
    '/2a00:1450:4001:2345:0:0:0:1%eth0:443',
    'host-1.example/[2a00:1450:4001:2345:0:0:0:1]:443',
    'host_1/2a00:1450:4001:2345:0:0:0:1:80',
  ])('takes %j for one IPv6 host', (text) => {
    expect(tiersOf(text)).toEqual(six);
  });

  it.each([
    ['95.56.234.10, 10.0.0.1', kazakh],
    ['8.8.8.8, 95.56.234.10,127.0.0.1', kazakh],
    ['unknown, 95.56.234.10', kazakh],
    ['10.1.1.1, 10.0.0.1', 'nobody'],
    ['95.56.234.10, unknown', undefined],
    ['95.56.234.10,', undefined],
    [',', undefined],
  ])('takes of the list %j the last that names somebody: the rest is what the caller says', (text, tiers) => {
    expect(tiersOf(text)).toEqual(tiers);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.5',
    '100.64.1.2',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.19.255.255',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1%eth0',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001:2::1',
    '2001:20::1',
    '::ffff:10.0.0.5',
    '64:ff9b::192.168.1.1',
    '2002:a00:5::1',
    '[::1]:8080',
  ])('takes %j for nobody’s', (text) => {
    expect(tiersOf(text)).toBe('nobody');
  });

  it.each(['9.255.255.255', '100.128.0.1', '172.32.0.1', '192.0.2.1', '203.0.113.7', '2001:db8::1', '2001:200::1'])(
    'takes %s for a host: it is next to a special block, or is for documents',
    (text) => {
      expect(tiersOf(text)).toBeInstanceOf(Array);
    },
  );

  it('takes the platform’s own machines for nobody, and looks behind them in a list', () => {
    const own = blocksOf(['203.0.113.0/24', '2a00:1450::/32', '198.51.100.7']);
    const isOwn = (bits: Parameters<typeof blockHolds>[1]) => own.some((block) => blockHolds(block, bits));
    expect(readNetworkAddress('203.0.113.9:443', isOwn)).toBe('nobody');
    expect(readNetworkAddress('::ffff:198.51.100.7', isOwn)).toBe('nobody');
    expect(readNetworkAddress('2a00:1450:9::1', isOwn)).toBe('nobody');
    expect(readNetworkAddress('198.51.100.8', isOwn)).toMatchObject({ host: '198.51.100.8' });
    expect(readNetworkAddress('8.8.8.8, 95.56.234.10, 203.0.113.9', isOwn)).toMatchObject({ host: '95.56.234.10' });
  });

  it.each([
    '',
    ' ',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1..2.3',
    '1.2.3.',
    'a.b.c.d',
    // Octal to some readers, decimal to others: it must not be another host than 1.2.3.4.
    '1.2.3.004',
    '01.2.3.4',
    '::ffff:1.2.3.004',
    '16909060',
    '0x1020304',
    '1.2.3.4:',
    '1.2.3.4:http',
    '1.2.3.4:123456',
    '1.2.3.4%eth0',
    '1.2.3.4/24',
    '1.2.3.4/128',
    '1.2.3.4/255.255.255.0',
    'host/example/1.2.3.4',
    'host.example/<unresolved>:443',
    '/2a00:1450:4001:2345:0:0:0:1:123456',
    '2a00:1450:4001:2345:0:0:0:0:1:443',
    '2a00::1/64',
    '[2a00::1',
    '2a00::1]:80',
    '[]',
    '1:2:3',
    '::1::',
    ':::',
    '2001:db8::g',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4 5.6.7.8',
    'localhost',
  ])('does not take %j for an address', (text) => {
    expect(tiersOf(text)).toBeUndefined();
  });

  it('reads every spelling of an address alike', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.constantFrom('', ' ', '\t'),
        fc.integer({ min: 0, max: 65_535 }),
        (address, space, port) => {
          const plain = tiersOf(address);
          expect(plain).toBeDefined();
          expect(tiersOf(space + address.toUpperCase() + space)).toEqual(plain);
          expect(tiersOf(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)).toEqual(plain);
        },
      ),
    );
  });

  it('throws at no text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: codePoint }),
          fc.string({ unit: fc.constantFrom('[', ']', ':', '%', '/', ',', '.', '0', 'f', '1', ' ') }),
        ),
        (text) => {
          readNetworkAddress(text);
        },
      ),
    );
  });
});
