import { describe, expect, it } from 'vitest';
import { blockHolds, blocksOf, readNetworkBlock } from '../../../src/domain/network-blocks.ts';
import { readNetworkAddress, type NetworkAddress } from '../../../src/features/network-address.ts';

describe('a block of addresses', () => {
  it.each([
    ['8.0.0.0/8', '8.255.0.1', true],
    ['8.0.0.0/8', '9.0.0.1', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2a00::1', false],
    ['8.8.8.8', '8.8.8.8', true],
    ['8.8.8.8/32', '8.8.8.9', false],
    ['2a00::/13', '2a07:ffff::1', true],
    ['2a00::/13', '2a08::1', false],
    ['2a00:1:2:3::/64', '2a00:1:2:3::9', true],
    ['2a00:1:2:3::/64', '2a00:1:2:4::9', false],
    ['2a00:1:2:300::/56', '2a00:1:2:3ff::', true],
    // Hosts are taken by /64, and so is who is not one.
    ['2a00:1:2:3::5', '2a00:1:2:3::6', true],
  ])('%s holds %s: %s', (block, address, holds) => {
    expect(blockHolds(readNetworkBlock(block)!, readNetworkAddress(address) as NetworkAddress)).toBe(holds);
  });

  it.each([
    '',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '2a00::1/64',
    '2a00:0:1::/32',
    '2a00::/129',
    'lan',
  ])('is not %j', (text) => {
    expect(readNetworkBlock(text)).toBeUndefined();
    expect(() => blocksOf([text])).toThrow('no block');
  });
});
