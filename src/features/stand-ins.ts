import { createHash, getFips } from 'node:crypto';
import { FirstCharacters } from './first-characters.ts';
import { visibleText } from './name-text.ts';

/**
 * Values that clients send in place of one that they have not. Taken for an identity, each would be one device or one mailbox
 * of strangers, and honest people would be blocked for what others did. What says nothing is missing.
 *
 * These are the known ones. One that only this platform has is for features that ask how many strangers share a value.
 */

/** How programs write that there is nothing. In lower case. */
const nothings = new Set([
  '-',
  '--',
  '-1',
  '%@',
  '%s',
  '0',
  '?',
  'default',
  'default string',
  'empty',
  'false',
  'invalid',
  'n.a.',
  'n/a',
  'na',
  'nan',
  'nil',
  'none',
  'not available',
  'not applicable',
  'not set',
  'not specified',
  'null',
  'optional()',
  'redacted',
  'removed',
  'to be filled by o.e.m.',
  'unavailable',
  'undefined',
  'unidentified',
  'unknown',
  '<null>',
  '<nil>',
  '<unknown>',
  '<undefined>',
  '(null)',
  '(nil)',
  '(none)',
  '(not set)',
  '(unknown)',
  '(undefined)',
  '[null]',
  '[object object]',
]);

/** Identifiers that many devices have. In lower case, letters and digits alone; of one character only are told by their shape. */
const sharedDevices = new Set([
  '9774d56d682e549c', // ANDROID_ID of early emulators and of whole series of phones (Android issue 10603)
  'dead00beef', // ANDROID_ID of some builds
  '020000000000', // MAC address that iOS since 7 and Android since 6 answer with
  '020000000100', // that of Android's emulator
  '0123456789abcdef', // serial number of development boards
  '1234567890abcdef',
  '0123456789',
  '1234567890',
  '123456789',
  '012345678912345', // IMEI of unprogrammed devices
  '123456789012345',
  '004999010640000', // IMEI of counterfeit devices, as their makers shared it
  '03000200040005000006000700080009', // SMBIOS UUID of unprogrammed boards
  '00020003000400050006000700080009', // the same, in the other byte order
  '12345678123412341234123456789012', // UUIDs of examples
  '12345678123456781234567812345678',
  '3fa85f6457174562b3fc2c963f66afa6', // that of Swagger's forms
  '123e4567e89b12d3a456426614174000', // those of encyclopaedias, standards and libraries
  '123e4567e89b12d3a456426655440000',
  '550e8400e29b41d4a716446655440000',
  'f47ac10b58cc4372a5670e02b2c3d479',
  'f81d4fae7dec11d0a76500a0c91e6bf6',
  '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d',
  '00000000000000000000000000000001', // a counter that was begun
  'anonymous',
  'deviceid',
  'device',
  'nodevice',
  'nodeviceid',
  'nullnull',
  'undefinedundefined',
  'unknowndevice',
  'uuid',
  'string',
  'test',
  'testdevice',
  'systemserialnumber',
  'emulator',
  'emulator5554',
]);

/** What clients hash when they have nothing to hash, as they write it: each of these is then one identifier of strangers. */
const hashedNothings = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'NULL',
  'Null',
  'nil',
  'none',
  'None',
  'undefined',
  'unknown',
  'Unknown',
  'N/A',
  'n/a',
  'nan',
  'NaN',
  'false',
  '(null)',
  '[object Object]',
  '00000000-0000-0000-0000-000000000000',
  '02:00:00:00:00:00',
  '9774d56d682e549c',
];
/** A machine that allows approved algorithms alone refuses to make the first. */
const hashAlgorithms = [...(getFips() === 1 ? [] : ['md5']), 'sha1', 'sha256', 'sha512'];
/** Of a hash that is cut off: 64 bits. */
const hashLengthMin = 16;
/** Of `null` in base64. */
const encodedLengthMin = 6;
/** Hashes in hexadecimal, by their first digits. */
const hashesOfNothing = new Map(
  [
    ...hashedNothings.flatMap((text) => [
      ...hashAlgorithms.map((name) => createHash(name).update(text).digest('hex')),
      quickHash(text),
    ]),
    'ef46db3751d8e999', // xxHash64 of no bytes
    '2d06800538d394c2', // XXH3 of no bytes
    '9ae16a3b2f90404f', // CityHash64 of no bytes
    '8000000000000000', // pHash of a picture of one colour
  ].map((hash) => [hash.slice(0, hashLengthMin), hash]),
);
const hashOfNothingBegins = new FirstCharacters(hashesOfNothing.keys());

/**
 * The same hashes, and the texts themselves, in base64 without its end and in the letters of URLs: so libraries hand them out that do not say it
 * in hexadecimal. Shorter ones may be somebody's.
 */
const encodedNothings = new Set(
  hashedNothings
    .flatMap((text) => [Buffer.from(text), ...hashAlgorithms.map((name) => createHash(name).update(text).digest())])
    .map((bytes) => bytes.toString('base64url'))
    .filter(({ length }) => length >= encodedLengthMin),
);
const encodedNothingBegins = new FirstCharacters(
  Array.from(encodedNothings, (text) => [text, text.replaceAll('-', '+').replaceAll('_', '/')])
    .flat()
    .map((text) => text.toLowerCase()),
);

/** FNV-1a of 64 bits, which clients have at hand that have no library of hashes. */
function quickHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(hashLengthMin, '0');
}

const notLetterOrDigit = /[^\p{L}\p{N}]/gu;
/** As a stand-in: shorter ones may be somebody's. */
const repetitionLengthMin = 4;

/** Whether a text is a program's way of writing that there is none. Blanks alone are none too. */
export function saysNothing(text: string): boolean {
  const trimmed = text.trim();
  return (
    trimmed === '' ||
    (trimmed.length <= longestNothing &&
      nothingBegins.mayBe(trimmed.charCodeAt(0), trimmed.charCodeAt(1)) &&
      nothings.has(trimmed.toLowerCase()))
  );
}

const longestNothing = Math.max(...Array.from(nothings, ({ length }) => length));
const nothingBegins = new FirstCharacters(nothings);

/**
 * Whether a text has more characters that anybody can see than the longest way of writing nothing: then it says something, whatever
 * they are. Reads no further than it must: user agents are long.
 */
export function isLongerThanNothing(text: string): boolean {
  if (text.length <= longestNothing) return false;
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x20 && unit < 0x7f && ++seen > longestNothing) return true;
  }
  return false;
}

/** Whether an identifier of a device is one that many devices have: a nil UUID, a zeroed advertising identifier. */
export function isSharedDevice(text: string): boolean {
  if (saysNothing(text) || isHashOfNothing(text) || isEncodedNothing(text)) return true;
  if (isPlainlyOwn(text)) return false;
  const visible = visibleText(text);
  const plain = visible.replaceAll(notLetterOrDigit, '').toLowerCase().replace(ofSomeForm, '');
  return (
    plain === '' ||
    saysNothing(visible) ||
    isRepetition(withoutVersion(plain)) ||
    sharedDevices.has(plain) ||
    isHashOfNothing(plain) ||
    isNothingOfSomeKind(visible)
  );
}

/**
 * How a UUID begins where it is a name of the internet (RFC 9562, section 4), without the colons; how a hexadecimal number does, and a hash
 * that says how it was made.
 */
const ofSomeForm = /^(?:urnuuid|0x|md5|sha(?:1|256|512))(?=.)/;
const ofSomeFormBegins = ['urn', '0x', 'md5', 'sha'];

/** The digits of a UUID as they are without its version and variant (RFC 9562, section 4): of a generator that draws nothing, or of a pattern, these are one. */
function withoutVersion(plain: string): string {
  return plain.length === uuidDigits ? plain.slice(0, 12) + plain.slice(13, 16) + plain.slice(17) : plain;
}

const uuidDigits = 32;

/** What clients put before an identifier, whether or not they have one. */
const kindsOfIdentifier = new Set(
  'android app browser client desktop device deviceid guid id ios ipad iphone linux mac mobile os uuid web windows'.split(
    ' ',
  ),
);

/** `android:null`, `web-undefined`, `ios:`: the kind of something that there is not. */
function isNothingOfSomeKind(text: string): boolean {
  const split = text.split(notLetterOrDigit);
  const parts = split.filter((part) => part !== '').map((part) => part.toLowerCase());
  const isWithout = split.at(-1) === '' || parts.some((part) => nothings.has(part));
  return isWithout && parts.every((part) => nothings.has(part) || kindsOfIdentifier.has(part));
}

/** Whether a text is base64 of nothing, or of a hash of nothing. */
function isEncodedNothing(text: string): boolean {
  if (text.length < encodedLengthMin || !encodedNothingBegins.mayBe(text.charCodeAt(0), text.charCodeAt(1)))
    return false;
  return encodedNothings.has(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
}

/** Whether a hash, whole or cut off, is one of nothing: of no bytes, of how a program writes that there is nothing. */
function isHashOfNothing(text: string): boolean {
  if (text.length < hashLengthMin || !hashOfNothingBegins.mayBe(text.charCodeAt(0), text.charCodeAt(1))) return false;
  const digits = text.toLowerCase();
  return hashesOfNothing.get(digits.slice(0, hashLengthMin))?.startsWith(digits) === true;
}

/** Whether the first two letters or digits already tell an identifier from repetitions and from all that are shared. */
function isPlainlyOwn(text: string): boolean {
  let first = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return false;
    if (!isLetterOrDigit(unit)) continue;
    if (first === 0) first = unit;
    // The bit makes letters small, and leaves digits as they are.
    else return (first | 0x20) !== (unit | 0x20) && !sharedDeviceBegins.mayBe(first, unit);
  }
  return false;
}

const sharedDeviceBegins = new FirstCharacters([
  ...sharedDevices,
  ...kindsOfIdentifier,
  ...nothings,
  ...ofSomeFormBegins,
]);

function isLetterOrDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a);
}

/** Whether a hash is that of no content: of no text, all zeros, all ones, or any other digit throughout. */
export function isBlankHash(text: string): boolean {
  return isHashOfNothing(text) || isRepetition(text.toLowerCase());
}

/**
 * Whether a number in E.164 is filled in to satisfy a form: it ends in seven zeros, or counts up. Seven of another digit are
 * sold as fine numbers.
 */
export function isFillerPhone(number: string): boolean {
  return number.endsWith('0000000') || countingPhones.has(number);
}

const countingPhones = new Set([
  '+1234567890',
  '+12345678901',
  '+12345678900',
  '+11234567890',
  '+123456789012',
  '+123456789',
]);

/** Local parts that stand for a house, not for a person, when a platform fills them in. In lower case. */
const houseNames = new Set([
  'donotreply',
  'do-not-reply',
  'mailer-daemon',
  'no-email',
  'no-reply',
  'no.email',
  'no.reply',
  'no_email',
  'no_reply',
  'noemail',
  'nomail',
  'none',
  'noreply',
  'null',
  'undefined',
]);
const houseMailboxes = new Set([
  'a@a.com',
  'email@email.com',
  'email@example.com',
  'na@na.com',
  'name@example.com',
  'no@email.com',
  'no@mail.com',
  'no@no.com',
  'nobody@nowhere.com',
  'test@example.com',
  'test@example.net',
  'test@example.org',
  'test@test.com',
  'user@example.com',
  'user@example.org',
  'username@example.com',
  'you@example.com',
]);

/** Whether a mailbox is one that forms and platforms fill in for people who gave none. Both parts in lower case. */
export function isHouseMailbox(local: string, domain: string): boolean {
  return houseNames.has(local) || houseMailboxes.has(`${local}@${domain}`);
}

function isRepetition(text: string): boolean {
  if (text.length < repetitionLengthMin) return false;
  for (let index = 1; index < text.length; index++) if (text[index] !== text[0]) return false;
  return true;
}
