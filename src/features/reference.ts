import type { AddressBits } from '../domain/network-blocks.ts';

/**
 * What public reference data, and the settings that correct them, say about a value of an event: a port, which
 * `adapters/reference` keeps. Every look-up is synchronous, returns undefined for what it does not know and never throws,
 * whatever the text. What they return is shared: do not change it.
 */
export interface Reference {
  /** Whether an address is one of the platform's own machines, which stands for no subscriber. */
  isOwnAddress(this: void, address: AddressBits): boolean;
  /** Addresses that nobody announces are unknown. */
  address(address: AddressBits): AddressFacts | undefined;
  /** @param domain In the form of `readDomainName`. */
  emailDomain(domain: string): EmailDomainFacts | undefined;
  /**
   * @param digits As `readPhoneDigits` returns them. @param country ISO 3166-1 alpha-2, for a number in national form, of which
   * only those that the country's plan has given out are known.
   */
  phone(digits: string, country?: string): PhoneFacts | undefined;
  /** Whether a user agent calls itself a program: a crawler, a library, a browser without a window. */
  isAutomated(userAgent: string): boolean | undefined;
  /** The country of an IANA time zone (ISO 3166-1 alpha-2); where several share it, the one that its city lies in. */
  zoneCountry(timeZone: string): string | undefined;
  /** Hour of the day in a time zone, 0 to 23. @param timeMs Milliseconds since the epoch. */
  localHour(timeZone: string, timeMs: number): number | undefined;
  /** The country that a BCP 47 tag names (`kk-KZ`, `en_US`); a tag without one, or with a wider region, names none. */
  localeCountry(locale: string): string | undefined;
}

export interface AddressFacts {
  /** The autonomous system that announces the address. */
  readonly asn: number | undefined;
  /** Where the address block is registered, ISO 3166-1 alpha-2: for homes and phones nearly always where they are. */
  readonly country: string | undefined;
  /** Whether servers live there; undefined when the autonomous system is not known. */
  readonly isHosting: boolean | undefined;
}

export interface EmailDomainFacts {
  /** Gives mailboxes to throw away. */
  readonly isDisposable: boolean | undefined;
  /** Gives mailboxes to everybody for nothing, and is not disposable. */
  readonly isFree: boolean | undefined;
  /** What somebody registered: `mail.example.co.uk` gives `example.co.uk`. Undefined for a public suffix itself. */
  readonly registrable: string | undefined;
}

export const lineTypes = ['mobile', 'fixed', 'voip', 'unknown'] as const;
export type LineType = (typeof lineTypes)[number];

export interface PhoneFacts {
  /** In E.164, without the trunk prefix that people write into it. */
  readonly number: string;
  /** ISO 3166-1 alpha-2; undefined for numbers of no country, such as +883. */
  readonly country: string | undefined;
  /** `unknown` where the plan does not tell: all of North America, toll-free and pager numbers, blocks not given out. */
  readonly lineType: LineType;
  /** Whether the number lies in a block that its country's numbering plan has given out. */
  readonly isAssigned: boolean;
}

/** Knows nothing: every feature that rests on it is missing. */
export const noReference: Reference = {
  isOwnAddress: () => false,
  address: () => undefined,
  emailDomain: () => undefined,
  phone: () => undefined,
  isAutomated: () => undefined,
  zoneCountry: () => undefined,
  localHour: () => undefined,
  localeCountry: () => undefined,
};
