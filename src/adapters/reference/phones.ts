import type { NumberType, PhoneNumber } from 'libphonenumber-js/max';
import { LRUCache } from 'lru-cache';
import type { LineType, PhoneFacts } from '../../features/reference.ts';

/** Blocks remembered. */
export const blocksMax = 32_768;
/** Last digits that a block leaves open: plans give numbers out by ten thousands and more, but for islands with short ones. */
const blockDigits = 4;
const lengthOfShort = 9;
const e164 = /^\+[1-9][0-9]{6,14}$/;

type PhoneParser = (number: string) => PhoneNumber | undefined;

/** The largest of the library's metadata: the smaller ones know no line types. */
export async function loadPhones(): Promise<PhoneParser> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  return (number) => parsePhoneNumberFromString(number, { extract: false });
}

/**
 * Reads a number once per block, and takes its answer for all numbers of the same length that differ in the last four digits
 * alone: new numbers come all the time, new blocks rarely.
 */
export function phoneLookUp(parse: PhoneParser | undefined): (number: string) => PhoneFacts | undefined {
  if (parse === undefined) return () => undefined;
  const seen = new LRUCache<string, PhoneFacts>({ max: blocksMax });
  return (number) => {
    if (!e164.test(number)) return undefined;
    const block = number.length > lengthOfShort ? number.slice(0, -blockDigits) : number;
    const known = seen.get(block);
    if (known !== undefined) return known;
    const facts = describePhone(parse(number));
    if (facts !== undefined) seen.set(block, facts);
    return facts;
  };
}

export function describePhone(phone: PhoneNumber | undefined): PhoneFacts | undefined {
  if (phone === undefined) return undefined;
  const type = phone.getType();
  return { country: phone.country, lineType: lineTypeOf(type), isAssigned: type !== undefined };
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
