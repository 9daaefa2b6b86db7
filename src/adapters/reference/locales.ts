import { HashedCache } from './hashed-cache.ts';

/** Locales remembered. */
export const localesMax = 2_048;
const localeLengthMax = 64;
const countryCode = /^[A-Z]{2}$/;

/** The region subtag of a BCP 47 tag, when it is a country. Underscores, as in POSIX, are taken for hyphens. */
export function localeLookUp(): (locale: string) => string | undefined {
  const seen = new HashedCache<string>(localesMax);
  return (locale) => {
    if (locale.length < 2 || locale.length > localeLengthMax) return undefined;
    return seen.get(locale, (text) => readCountry(text) ?? '') || undefined;
  };
}

function readCountry(locale: string): string | undefined {
  try {
    const { region } = new Intl.Locale(locale.replaceAll('_', '-'));
    return region !== undefined && countryCode.test(region) ? region : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
