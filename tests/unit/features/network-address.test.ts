import { describe, expect, it } from 'vitest';
import { parseNetworkAddress } from '../../../src/features/network-address.ts';

describe('parseNetworkAddress', () => {
  it.each([
    ['95.56.234.10', '95.56.234.10', '95.56.234'],
    ['0.0.0.0', '0.0.0.0', '0.0.0'],
    ['255.255.255.255', '255.255.255.255', '255.255.255'],
    ['::ffff:95.56.234.10', '95.56.234.10', '95.56.234'],
    // As some libraries write it: all mapped addresses were one host, 0:0:0:0.
    ['::ffff:5f38:ea0a', '95.56.234.10', '95.56.234'],
    ['0:0:0:0:0:FFFF:5F38:EA0A', '95.56.234.10', '95.56.234'],
    ['2001:db8:1:2345:6:7:8:9', '2001:db8:1:2345', '2001:db8:1:23/56'],
    ['2001:DB8:1:2345::1', '2001:db8:1:2345', '2001:db8:1:23/56'],
    ['2001:db8::', '2001:db8:0:0', '2001:db8:0:0/56'],
    ['::1', '0:0:0:0', '0:0:0:0/56'],
  ])('reads %s', (text, host, network) => {
    expect(parseNetworkAddress(text)).toEqual({ host, network });
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1..2.3',
    '1.2.3.',
    'a.b.c.d',
    '1:2:3',
    '::1::',
    ':::',
    '2001:db8::g',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
  ])('does not take %j for an address', (text) => {
    expect(parseNetworkAddress(text)).toBeUndefined();
  });
});
