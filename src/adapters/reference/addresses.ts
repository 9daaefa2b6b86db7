import { dirname } from 'node:path';
import { countryOf, readAddressTable, readCountry, readNumber, valueOf, type AddressTable } from './address-tables.ts';
import { resolvePackageFile } from './package-files.ts';
import type { AddressBits } from '../../domain/network-blocks.ts';
import type { AddressFacts } from '../../features/reference.ts';

const asnPackage = '@ip-location-db/asn';
const countryPackage = '@ip-location-db/asn-country';

/** Which autonomous system announces an address. @param folder Of `asn-ipv4.csv` and `asn-ipv6.csv`; default the package. */
export async function loadAsnTable(folder?: string): Promise<AddressTable> {
  return readAddressTable(folder ?? packageFolder(asnPackage), 'asn', readNumber);
}

/** Where an address is registered. @param folder Of `asn-country-ipv4.csv` and `asn-country-ipv6.csv`; default the package. */
export async function loadCountryTable(folder?: string): Promise<AddressTable> {
  return readAddressTable(folder ?? packageFolder(countryPackage), 'asn-country', readCountry);
}

/** Looks up both; a table that is missing leaves its member undefined. */
export function addressLookUp(
  asns: AddressTable | undefined,
  countries: AddressTable | undefined,
  isHosting: (asn: number) => boolean,
): (address: AddressBits) => AddressFacts | undefined {
  return (address) => {
    const asn = asns === undefined ? 0 : valueOf(asns, address);
    const country = countries === undefined ? 0 : valueOf(countries, address);
    if (asn === 0 && country === 0) return undefined;
    return asn === 0
      ? { asn: undefined, country: countryOf[country], isHosting: undefined }
      : { asn, country: countryOf[country], isHosting: isHosting(asn) };
  };
}

function packageFolder(name: string): string {
  return dirname(resolvePackageFile(`${name}/package.json`));
}
