import { addressLookUp, loadAsnTable, loadCountryTable } from './addresses.ts';
import { automationLookUp, loadAutomation } from './clients.ts';
import { emailDomainLookUp, loadDisposableDomains, loadFreeDomains, loadPublicSuffixes } from './email-domains.ts';
import { hostingTest, type HostingCorrections } from './hosting-asns.ts';
import { localeLookUp } from './locales.ts';
import { loadPhones, phoneLookUp } from './phones.ts';
import { blockHolds, type NetworkBlock } from '../../domain/network-blocks.ts';
import type { Reference } from '../../features/reference.ts';
import type { MissingPart, ReferencePart } from './parts.ts';
import { loadTimeZones, zoneLookUps } from './time-zones.ts';

export interface ReferenceOptions {
  /** Where newer address data lie, in the form of the packages that are read otherwise. */
  readonly asnFolder?: string;
  readonly countryFolder?: string;
  readonly hosting?: HostingCorrections;
  /** Blocks of the platform's own machines. */
  readonly ownNetworks?: readonly NetworkBlock[];
}

export interface LoadedReference {
  readonly reference: Reference;
  /** What could not be loaded: its look-ups return undefined. */
  readonly missing: readonly MissingPart[];
}

/** Loads all reference data into memory. Never rejects: what cannot be loaded is missing. */
export async function loadReference(options: ReferenceOptions = {}): Promise<LoadedReference> {
  const missing: MissingPart[] = [];
  const ownNetworks = options.ownNetworks ?? [];
  const attempt = async <T>(part: ReferencePart, load: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await load();
    } catch (error) {
      missing.push({ part, cause: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  };
  // One after the other, so that only one of the large files is in memory at a time.
  const asns = await attempt('asn', () => loadAsnTable(options.asnFolder));
  const countries = await attempt('country', () => loadCountryTable(options.countryFolder));
  const disposable = await attempt('disposableDomains', loadDisposableDomains);
  const free = await attempt('freeDomains', loadFreeDomains);
  const registrableOf = await attempt('publicSuffixes', loadPublicSuffixes);
  const phones = await attempt('phones', loadPhones);
  const automation = await attempt('automation', loadAutomation);
  const timeZones = await attempt('timeZones', loadTimeZones);
  const reference: Reference = {
    isOwnAddress: (address) => ownNetworks.some((block) => blockHolds(block, address)),
    address: addressLookUp(asns, countries, hostingTest(options.hosting ?? { added: [], removed: [] })),
    emailDomain: emailDomainLookUp({ disposable, free, registrableOf }),
    phone: phoneLookUp(phones),
    isAutomated: automationLookUp(automation),
    ...zoneLookUps(timeZones),
    localeCountry: localeLookUp(),
  };
  return { reference, missing };
}
