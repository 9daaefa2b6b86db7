import { addressWithin, anyAddress } from './addresses.ts';
import type { Customs } from './customs/customs.ts';
import { networksByCountry, vpnNetworks } from './networks.ts';
import type { Country } from './population/countries.ts';
import { accountWeight, anyCountry, countries } from './population/countries.ts';
import { coinedWord } from './population/usernames.ts';
import type { Random } from './random.ts';

/**
 * What honest people and campaigns share, so that neither can be told by it: gateways of mobile carriers, exits of VPN
 * services, avatars that everybody takes, texts that go round.
 */
export interface World {
  readonly customs: Customs;
  /** An address of a home in the country. */
  readonly homeAddress: (random: Random, country: Country) => string;
  /** Where a phone of the country comes out: a busy NAT gateway, or its own IPv6 address where the carrier has that. */
  readonly mobileAddress: (random: Random, country: Country) => string;
  /** One of the country's NAT gateways; the lower the rank, the more people are behind it. */
  readonly gateway: (country: Country, rank: number) => string;
  /** Mail domains of schools and firms; none where people use their own. */
  readonly institutions: readonly string[];
  readonly vpnExit: (random: Random) => string;
  /** Perceptual hashes of pictures that many use. */
  readonly stockAvatars: readonly string[];
  /** Similarity hashes of texts that many send in almost the same words. */
  readonly memes: readonly string[];
  /** Similarity hashes of short texts that many send word by word, such as birthday wishes. */
  readonly commonPhrases: readonly string[];
}

/** Builds the shared part for a number of accounts: pools grow with it, so that their crowding stays the same. */
export function createWorld(random: Random, accounts: number, customs: Customs): World {
  const { accountsPerGateway, accountsPerVpnExit, mobileV6Share, strayHomeShare, anyAddressShare } = customs.people;
  const totalWeight = countries.reduce((sum, country) => sum + accountWeight(country), 0);
  const gateways = new Map(
    countries.map((country) => {
      const expected = (accounts * accountWeight(country)) / totalWeight / accountsPerGateway;
      const prefixes = mobilePrefixes(country, 4);
      return [country.code, many(3 + Math.round(expected), () => addressWithin(random.pick(prefixes), random))];
    }),
  );
  const gateway = (country: Country, rank: number): string => {
    const pool = gateways.get(country.code) ?? [];
    return pool[rank % pool.length] as string;
  };
  const exits = many(8 + Math.round(accounts / accountsPerVpnExit), () =>
    addressWithin(random.pick(random.pick(vpnNetworks).prefixes), random),
  );
  const seenCountry = (own: Random, country: Country): Country =>
    own.chanceOrCertain(strayHomeShare) ? anyCountry(own) : country;
  return {
    customs,
    gateway,
    homeAddress: (own, country) =>
      own.chanceOrCertain(anyAddressShare)
        ? anyAddress(own)
        : addressWithin(own.pick(networksByCountry[seenCountry(own, country).code].residential), own),
    mobileAddress(own, country) {
      const v6 = mobilePrefixes(country, 6);
      if (v6.length > 0 && own.chance(mobileV6Share)) return addressWithin(own.pick(v6), own);
      return gateway(country, Math.floor((gateways.get(country.code) ?? []).length * own.unit() ** 1.6));
    },
    institutions: customs.people.institutionMailShare > 0 ? many(12, () => `${coinedWord(random, 3)}.org`) : [],
    vpnExit: (own) => own.pick(exits),
    stockAvatars: many(customs.people.stockPictures, () => random.hex(16)),
    memes: many(50, () => random.hex(16)),
    commonPhrases: many(customs.texts.phrases, () => random.hex(16)),
  };
}

function mobilePrefixes(country: Country, version: 4 | 6): readonly string[] {
  return networksByCountry[country.code].mobile.filter((prefix) => prefix.includes(':') === (version === 6));
}

function many<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
