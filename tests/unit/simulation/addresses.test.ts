import { BlockList, isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressWithin, subnetWithin } from '../../../src/simulation/addresses.ts';
import type { CountryNetworks } from '../../../src/simulation/networks.ts';
import { hostingNetworks, networksByCountry, vpnNetworks } from '../../../src/simulation/networks.ts';
import { Random } from '../../../src/simulation/random.ts';

const allPrefixes: readonly string[] = [
  ...Object.values<CountryNetworks>(networksByCountry).flatMap(({ residential, mobile, campus }) =>
    residential.concat(mobile, campus),
  ),
  ...hostingNetworks.concat(vpnNetworks).flatMap(({ prefixes }) => prefixes),
];

function lies(address: string, prefix: string): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const [base, length] = prefix.split('/') as [string, string];
  const list = new BlockList();
  list.addSubnet(base, Number(length), family);
  return list.check(address, family);
}

describe('addressWithin', () => {
  it('gives an address of the prefix, for every prefix of the table', () => {
    const random = new Random(1);
    const strays = allPrefixes.filter((prefix) => {
      const address = addressWithin(prefix, random);
      return isIP(address) === 0 || !lies(address, prefix);
    });
    expect(strays).toEqual([]);
  });

  it('gives no network or broadcast address', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(addressWithin('198.51.100.0/24', new Random(seed))).not.toMatch(/\.(0|255)$/);
      }),
    );
  });

  it('reaches the whole of a prefix that is not cut at a group', () => {
    const random = new Random(5);
    const seconds = new Set(Array.from({ length: 400 }, () => addressWithin('2a01:598::/29', random).slice(5, 8)));
    expect([...seconds].toSorted()).toEqual(['598', '599', '59a', '59b', '59c', '59d', '59e', '59f']);
  });
});

describe('subnetWithin', () => {
  it('gives an aligned network inside', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const subnet = subnetWithin('31.54.0.0/16', 24, new Random(seed));
        expect(subnet).toMatch(/^31\.54\.\d+\.0\/24$/);
      }),
    );
  });
});

describe('the table of networks', () => {
  it('covers at least 25 countries, each with homes and phones', () => {
    const entries = Object.values(networksByCountry);
    expect(entries.length).toBeGreaterThanOrEqual(25);
    for (const { residential, mobile } of entries) {
      expect(residential.length).toBeGreaterThan(0);
      expect(mobile.some((prefix) => !prefix.includes(':'))).toBe(true);
    }
  });

  it('has IPv6 for some mobile networks', () => {
    const withV6 = Object.values(networksByCountry).filter(({ mobile }) =>
      mobile.some((prefix) => prefix.includes(':')),
    );
    expect(withV6.length).toBeGreaterThanOrEqual(10);
  });

  it('names no prefix twice', () => {
    expect(new Set(allPrefixes).size).toBe(allPrefixes.length);
  });

  it('holds public addresses only', () => {
    const reserved = [
      '0.0.0.0/8',
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '224.0.0.0/3',
      'fc00::/7',
      'fe80::/10',
      '2001:db8::/32',
    ];
    const wrong = allPrefixes.filter((prefix) => {
      const [base] = prefix.split('/') as [string];
      return reserved.some((entry) => entry.includes(':') === base.includes(':') && lies(base, entry));
    });
    expect(wrong).toEqual([]);
  });
});
