import type { CountryCode, NumberType, PhoneNumber } from 'libphonenumber-js/max';
import type { LineType, PhoneFacts } from '../../features/reference.ts';
import { PhonePlans, type PhoneMetadata } from './phone-plans.ts';

type PhoneParser = (digits: string, country: string | undefined) => PhoneNumber | undefined;

/** The library, and a reader of its plans that is quicker where a number is as it should be. */
export interface PhoneLibrary {
  readonly parse: PhoneParser;
  readonly plans: PhonePlans;
}

/** The largest of the library's metadata: the smaller ones know no line types. */
export async function loadPhones(): Promise<PhoneLibrary> {
  const { isSupportedCountry, Metadata, parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const isKnown = (country: string | undefined): country is CountryCode =>
    country !== undefined && isSupportedCountry(country);
  return {
    parse: (digits, country) =>
      parsePhoneNumberFromString(digits, { extract: false, ...(isKnown(country) && { defaultCountry: country }) }),
    plans: new PhonePlans(new Metadata() as unknown as PhoneMetadata),
  };
}

/**
 * What a country's numbering plan says of a number. Nothing is remembered: an answer for all of a block would depend on which
 * of its numbers came first, since plans end blocks at any digit, and what a model saw in training must be what it sees later.
 */
export function phoneLookUp(library: PhoneLibrary | undefined) {
  return (digits: string, country?: string): PhoneFacts | undefined => {
    if (library === undefined) return undefined;
    const facts = library.plans.read(digits);
    return facts === 'unusual' ? parsed(library.parse, digits, country) : facts;
  };
}

/** The library's own answer. */
export function parsed(parse: PhoneParser, digits: string, country?: string): PhoneFacts | undefined {
  const phone = parse(digits, country);
  if (phone === undefined) return undefined;
  const type = phone.getType();
  // Without its country's prefix, a number that the plan does not know may be one of any other country.
  if (type === undefined && !digits.startsWith('+')) return undefined;
  return { number: phone.number, country: phone.country, lineType: lineTypeOf(type), isAssigned: type !== undefined };
}

function lineTypeOf(type: NumberType): LineType {
  switch (type) {
    case 'MOBILE':
      return 'mobile';
    case 'FIXED_LINE':
      return 'fixed';
    case 'VOIP':
      return 'voip';
    default:
      return 'unknown';
  }
}
