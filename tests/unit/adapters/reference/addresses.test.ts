import { describe, expect, it } from 'vitest';
import { addressLookUp, loadAsnTable, loadCountryTable } from '../../../../src/adapters/reference/addresses.ts';
import { hostingTest } from '../../../../src/adapters/reference/hosting-asns.ts';
import { readNetworkAddress } from '../../../../src/features/network-address.ts';
import { addressWithin } from '../../../../src/simulation/addresses.ts';
import { hostingNetworks, networksByCountry, vpnNetworks } from '../../../../src/simulation/networks.ts';
import { Random } from '../../../../src/simulation/random.ts';

describe('what is known of an address', async () => {
  const asns = await loadAsnTable();
  const countries = await loadCountryTable();
  const isHostingAsn = hostingTest({ added: [], removed: [] });
  const lookUp = addressLookUp(asns, countries, isHostingAsn);
  const address = (text: string) => {
    const read = readNetworkAddress(text);
    return read === undefined || read === 'nobody' ? undefined : lookUp(read);
  };

  it.each([
    ['8.8.8.8', 15_169, 'US', false],
    ['9.9.9.9', 19_281, 'US', false],
    ['208.67.222.222', 36_692, 'US', false],
    ['77.88.8.8', 13_238, 'RU', false],
    ['168.126.63.1', 4_766, 'KR', false],
    ['193.0.6.139', 3_333, 'NL', false],
    ['202.12.27.33', 7_500, 'JP', false],
    ['95.56.234.10', 9_198, 'KZ', false],
    ['5.9.0.1', 24_940, 'DE', true],
    ['3.208.0.1', 14_618, 'US', true],
    ['::ffff:5.9.0.1', 24_940, 'DE', true],
    ['2001:4860:4860::8888', 15_169, 'US', false],
    ['2606:4700:4700::1111', 13_335, 'US', false],
    ['2a02:6b8::feed:ff', 13_238, 'RU', false],
    ['2001:200::1', 2_500, 'JP', false],
    ['2a01:4f8::1', 24_940, 'DE', true],
  ])('%s: AS%d, %s, hosting %s', (ip, asn, country, isHosting) => {
    expect(address(ip)).toEqual({ asn, country, isHosting });
  });

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
  ])('nothing of %j', (ip) => {
    expect(address(ip)).toBeUndefined();
  });

  it('says what one table knows when the other is missing', () => {
    const hetzner = { version: 4, high: 0, low: 0x05_09_00_01 } as const;
    expect(addressLookUp(undefined, countries, isHostingAsn)(hetzner)).toEqual({
      asn: undefined,
      country: 'DE',
      isHosting: undefined,
    });
    expect(addressLookUp(asns, undefined, isHostingAsn)(hetzner)).toEqual({
      asn: 24_940,
      country: undefined,
      isHosting: true,
    });
    expect(addressLookUp(undefined, undefined, isHostingAsn)(hetzner)).toBeUndefined();
  });

  it('is corrected by who runs it: a hoster that the list lacks, a network that has become a carrier’s', () => {
    const corrected = addressLookUp(asns, undefined, hostingTest({ added: [9_198, 24_940], removed: [24_940] }));
    expect(corrected({ version: 4, high: 0, low: 0x5f_38_ea_0a })).toMatchObject({ asn: 9_198, isHosting: true });
    expect(corrected({ version: 4, high: 0, low: 0x05_09_00_01 })).toMatchObject({ asn: 24_940, isHosting: false });
  });

  it('has people of the simulation in the countries that they claim, at least 95 in 100', () => {
    const random = new Random(1);
    let right = 0;
    let total = 0;
    for (const [country, { residential, mobile, campus }] of Object.entries(networksByCountry)) {
      for (const prefix of [...residential, ...mobile, ...campus]) {
        for (let draw = 0; draw < 20; draw++) {
          total++;
          if (address(addressWithin(prefix, random))?.country === country) right++;
        }
      }
    }
    expect(right / total).toBeGreaterThanOrEqual(0.95);
  });

  it('finds no hosting where people of the simulation live', () => {
    const random = new Random(2);
    const prefixes = Object.values(networksByCountry).flatMap(({ residential, mobile, campus }) => [
      ...residential,
      ...mobile,
      ...campus,
    ]);
    expect(prefixes.filter((prefix) => address(addressWithin(prefix, random))?.isHosting === true)).toEqual([]);
  });

  it.each([...hostingNetworks, ...vpnNetworks])('finds hosting in the networks of $operator', ({ prefixes }) => {
    const random = new Random(3);
    for (const prefix of prefixes) expect(address(addressWithin(prefix, random))?.isHosting).toBe(true);
  });
});
