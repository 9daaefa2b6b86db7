import { readDomainName } from '../domain/domain-name.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { ListType, NetworkWidth } from '../domain/list-entry.ts';
import { readNetworkBlock, type AddressBits } from '../domain/network-blocks.ts';
import { readEmailAddress } from '../features/email-address.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { visibleText } from '../features/name-text.ts';
import { readNetworkAddress } from '../features/network-address.ts';
import { e164Of, readPhoneDigits } from '../features/phone-number.ts';
import { isSharedDevice } from '../features/shared-devices.ts';
import { nameShape } from '../features/text-measures.ts';

/** A value in the one spelling under which it is hashed. */
export interface ListValue {
  readonly text: string;
  /** Of a `cidr` alone. */
  readonly network?: NetworkWidth;
}

/** Hash domain of what is listed: no entity kind has this number, nor anything else that is counted. */
const listDomain = 251;

/** What a value of each type looks like, for who wrote another. */
const expected: Readonly<Record<ListType, string>> = {
  account: 'an account id of 1 to 256 characters',
  email: 'an address such as jane@example.kz; its spellings at one provider are one',
  email_domain: 'a domain such as example.kz, without @',
  phone: 'a number with + and the code of its country, such as +77011234567',
  ip: 'an address of the Internet, such as 95.56.234.10; of IPv6 its /64 counts',
  cidr: 'a network such as 95.56.0.0/16 or 2001:db8::/48, without bits beyond its length; of IPv6 no longer than /64',
  device: 'a device id as the client sends it, and not one that many devices send',
  username_template: 'a template such as aaaa_9999 (a letter, 9 a digit), or a name that has it',
  asn: 'the number of an operator, such as AS9198 or 9198',
};

/** Reads what a person wrote as features read it from events, so that the one finds the other. */
export function readListValue(type: ListType, text: string): Result<ListValue> {
  const value = text.length > limits.stringLengthMax ? undefined : readers[type](text.trim());
  if (value !== undefined) return success(value);
  return failed('LIST_ENTRY_INVALID', `It is not ${expected[type]}.`);
}

const readers: Readonly<Record<ListType, (text: string) => ListValue | undefined>> = {
  account: (text) => plain(text.length <= limits.identifierLengthMax ? text : undefined),
  email: (text) => plain(readEmailAddress(text)?.mailbox),
  email_domain: (text) => plain(readDomainName(text.toLowerCase())),
  phone: (text) => plain(phoneOf(text)),
  ip: (text) => {
    const address = readNetworkAddress(text);
    return address === undefined || address === 'nobody' ? undefined : plain(address.host);
  },
  cidr: readNetwork,
  device: (text) => plain(isSharedDevice(text) ? undefined : text),
  username_template: (text) => plain(nameShape(visibleText(text))),
  asn: (text) => plain(/^(?:AS)?0*([1-9]\d{0,9})$/i.exec(text)?.[1]),
};

function plain(text: string | undefined): ListValue | undefined {
  return text === undefined || text === '' ? undefined : { text };
}

function phoneOf(text: string): string | undefined {
  const digits = readPhoneDigits(text);
  return digits === undefined ? undefined : e164Of(digits);
}

function readNetwork(text: string): ListValue | undefined {
  const length = Number(/\/(\d{1,3})$/.exec(text)?.[1]);
  const block = readNetworkBlock(text);
  if (block === undefined || !(length >= 1) || (block.version === 6 && length > 64)) return undefined;
  const network = { version: block.version, length };
  return { text: networkText(block, network), network };
}

/** The first bits of an address, as they are hashed. */
export function networkText({ high, low }: AddressBits, { version, length }: NetworkWidth): string {
  const ofHigh = version === 4 ? 0 : (high & mask(Math.min(length, 32))) >>> 0;
  const ofLow = (low & mask(version === 4 ? length : Math.max(0, length - 32))) >>> 0;
  return `${version}/${length}/${ofHigh.toString(16)}:${ofLow.toString(16)}`;
}

/** The first `length` of 32 bits, 0 to 32. */
function mask(length: number): number {
  return length === 0 ? 0 : (~0 << (32 - length)) >>> 0;
}

/** The hash under which a value is kept: 16 hexadecimal digits. */
export function hashOf(hasher: EntityKeyHasher, type: ListType, text: string): string {
  hashValue(hasher, type, text);
  return hexOf(hasher);
}

/** The same, left in the hasher: most values are on no list, and a text of digits costs more than the hash. */
export function hashValue(hasher: EntityKeyHasher, type: ListType, text: string): void {
  hasher.hashText(listDomain, `${type}\n${text}`);
}

export function hexOf(hasher: EntityKeyHasher): string {
  return hasher.high.toString(16).padStart(8, '0') + hasher.low.toString(16).padStart(8, '0');
}
