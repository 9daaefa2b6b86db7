import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  countryOf,
  readAddressTable,
  readCountry,
  readNumber,
  valueOf,
  type AddressTable,
} from '../../../../src/adapters/reference/address-tables.ts';
import { readNetworkAddress, type NetworkAddress } from '../../../../src/features/network-address.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function tableOf(four: string, six: string, readValue = readNumber): Promise<AddressTable> {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-addresses-'));
  folders.push(folder);
  await writeFile(join(folder, 'some-ipv4.csv'), four);
  await writeFile(join(folder, 'some-ipv6.csv'), six);
  return readAddressTable(folder, 'some', readValue);
}

const someSix = '2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64500,"Example, Inc."\n';
const someFour = '192.0.2.0,192.0.2.255,64500,"Example, Inc."\n198.51.100.7,198.51.100.7,64501,One\n';

/** The value that a table has for an address in text form. */
const valueAt = (table: AddressTable, text: string): number =>
  valueOf(table, readNetworkAddress(text) as NetworkAddress);

describe('a table of addresses', () => {
  it.each([
    ['192.0.1.255', 0],
    ['192.0.2.0', 64_500],
    ['192.0.2.255', 64_500],
    ['192.0.3.0', 0],
    ['198.51.100.7', 64_501],
    ['::ffff:192.0.2.9', 64_500],
    ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', 0],
    ['2001:db8::', 64_500],
    ['2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff', 64_500],
    ['2001:db9::', 0],
  ])('has for %j the value %d', async (ip, value) => {
    expect(valueAt(await tableOf(someFour, someSix), ip)).toBe(value);
  });

  it('reads a last line without an end, and lines that end in the way of Windows', async () => {
    const table = await tableOf('192.0.2.0,192.0.2.9,64500\n198.51.100.0,198.51.100.9,64501', someSix);
    expect(valueAt(table, '198.51.100.9')).toBe(64_501);
    const named = await tableOf('192.0.2.0,192.0.2.9,64500,One\r\n198.51.100.0,198.51.100.9,64501,Two\r\n', someSix);
    expect(valueAt(named, '192.0.2.9')).toBe(64_500);
  });

  it('leaves out lines that cannot be read', async () => {
    const table = await tableOf(
      'start,end,asn\n192.0.2.0,192.0.2.9,none,X\n\n198.51.100.0,198.51.100.9,64501,Two\n',
      someSix,
    );
    expect(table.four.count).toBe(1);
  });

  it('narrows IPv6 ranges to whole /48 networks', async () => {
    const table = await tableOf(
      someFour,
      '2001:db8:1:8000::,2001:db8:3:7fff:ffff:ffff:ffff:ffff,64500\n2001:db8:5:1::,2001:db8:5:1:ffff:ffff:ffff:ffff,64501\n',
    );
    expect(
      ['2001:db8:1:9000::', '2001:db8:2::1', '2001:db8:3::', '2001:db8:5:1::1'].map((ip) => valueAt(table, ip)),
    ).toEqual([0, 64_500, 0, 0]);
  });

  it.each([
    ['is not there', undefined],
    ['holds nothing', ''],
    ['is something else', '<html>\n<body>moved</body>\n'],
    ['is out of order', '198.51.100.0,198.51.100.9,1\n192.0.2.0,192.0.2.9,2\n'],
  ])('is refused when its file %s', async (_case, four) => {
    const table = four === undefined ? readAddressTable('/nowhere', 'some', readNumber) : tableOf(four, someSix);
    await expect(table).rejects.toThrow(/ENOENT|holds no line|out of order/);
  });

  it.each([
    ['AA', 'AA'],
    ['KZ', 'KZ'],
    ['ZZ', 'ZZ'],
    ['kz', undefined],
    ['KAZ', undefined],
    ['', undefined],
  ])('takes %j for the country %s', (text, country) => {
    expect(countryOf[readCountry(Buffer.from(text), 0, text.length)]).toBe(country);
  });
});
