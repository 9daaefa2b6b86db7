import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hostingNames, hostingTest } from '../../../../src/adapters/reference/hosting-asns.ts';
import { resolvePackageFile } from '../../../../src/adapters/reference/package-files.ts';

describe('the list of hosting networks', async () => {
  const names = new Map<number, string>();
  for (const family of ['ipv4', 'ipv6']) {
    const text = await readFile(resolvePackageFile(`@ip-location-db/asn/asn-${family}.csv`), 'utf8');
    for (const [, asn, name] of text.matchAll(/^[^,]*,[^,]*,(\d+),(.*)$/gm)) names.set(Number(asn), name!);
  }

  it('has every number once', () => {
    expect(hostingNames.size).toBeGreaterThan(150);
  });

  it('names each number as it is registered', () => {
    const wrong = [...hostingNames].filter(
      ([asn, words]) => !names.get(asn)?.toLowerCase().includes(words.toLowerCase()),
    );
    expect(wrong.map(([asn, words]) => `${words}: AS${asn} is ${names.get(asn) ?? 'not announced'}`)).toEqual([]);
  });

  it.each([
    [16_509, true],
    [24_940, true],
    [13_335, false],
    [36_183, false],
    [15_169, false],
    [714, false],
    [3_320, false],
    [0, false],
  ])('says of AS%d: %s', (asn, isHosting) => {
    expect(hostingTest({ added: [], removed: [] })(asn)).toBe(isHosting);
  });
});
