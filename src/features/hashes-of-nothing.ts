import { createHash, getFips } from 'node:crypto';

/**
 * What clients make of an identifier that they have not: they hash how a program writes that there is nothing. Each such hash is one
 * identifier of strangers, in whichever form it travels.
 */

/** What is hashed, as clients write it. */
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
].map((text) => Buffer.from(text));

/** A machine that allows approved algorithms alone refuses to make the first. */
const isMd5Made = getFips() !== 1;
const hashAlgorithms = [...(isMd5Made ? ['md5'] : []), 'sha1', 'sha256', 'sha384', 'sha512'];
/** Names of the internet, addresses, object identifiers, X.500 (RFC 9562, section 6.6), and none: Java's nameUUIDFromBytes takes none. */
const nameSpaces = [
  '6ba7b8109dad11d180b400c04fd430c8',
  '6ba7b8119dad11d180b400c04fd430c8',
  '6ba7b8129dad11d180b400c04fd430c8',
  '6ba7b8149dad11d180b400c04fd430c8',
  '',
].map((digits) => Buffer.from(digits, 'hex'));
/** Of a hash that is cut off: 64 bits. */
const hashLengthMin = 16;
/** So many digits tell nearly every other text from all of these hashes, before anything is copied: 16 bits. */
const firstDigits = 4;
/** Of `null` in base64: shorter texts may be somebody's. */
const encodedLengthMin = 6;

const hashes = hashedNothings.flatMap((text) => hashAlgorithms.map((name) => createHash(name).update(text).digest()));

/** In hexadecimal, by their first digits. */
const hashesOfNothing = new Map(
  [
    ...hashes.map((hash) => hash.toString('hex')),
    ...hashedNothings.map(quickHash),
    'ef46db3751d8e999', // xxHash64 of no bytes
    '2d06800538d394c2', // XXH3 of no bytes
    '9ae16a3b2f90404f', // CityHash64 of no bytes
    '8000000000000000', // pHash of a picture of one colour
  ].map((hash) => [hash.slice(0, hashLengthMin), hash]),
);
/** Apart from the hashes: one that has its version by chance begins as its hash does. */
const uuidsOfNothing = new Set([
  ...hashedNothings.flatMap(nameUuids),
  ...(isMd5Made ? hashedNothings.map(mixedGuid) : []),
]);
/** 1 at the number that a hash begins with. */
const firstNumbers = new Uint8Array(16 ** firstDigits);
for (const hash of [...hashesOfNothing.keys(), ...uuidsOfNothing])
  firstNumbers[Number.parseInt(hash.slice(0, firstDigits), 16)] = 1;

/** The same hashes, and what is hashed itself, in base64 without its end and in the letters of URLs. */
const encodedNothings = new Set(
  [...hashedNothings, ...hashes]
    .map((bytes) => bytes.toString('base64url'))
    .filter(({ length }) => length >= encodedLengthMin),
);
/** All of `encodedNothings`, for whoever tells texts apart by how they begin. */
export const encodingsOfNothing: Iterable<string> = encodedNothings;

/** FNV-1a of 64 bits, which clients have at hand that have no library of hashes. */
function quickHash(text: Buffer): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of text) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(hashLengthMin, '0');
}

/** UUIDs of a name (RFC 9562, sections 5.3 and 5.5), without hyphens. */
function nameUuids(text: Buffer): string[] {
  const name = (algorithm: string, version: number): string[] =>
    nameSpaces.map((space) => {
      const bytes = createHash(algorithm).update(space).update(text).digest().subarray(0, 16);
      bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      return bytes.toString('hex');
    });
  return [...(isMd5Made ? name('md5', 3) : []), ...name('sha1', 5)];
}

/** MD5 as .NET makes a GUID of its bytes: the first three groups with the little end first. */
function mixedGuid(text: Buffer): string {
  const bytes = createHash('md5').update(text).digest();
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.toString('hex');
}

/** Whether a text is base64 of nothing, or of a hash of nothing, whatever is around or between its characters. */
export function isEncodedNothing(text: string): boolean {
  return encodedNothings.has(
    text
      .replaceAll(/[^\w+/-]/g, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  );
}

/** Whether hexadecimal digits are a hash of nothing, whole or cut off. */
export function isHashOfNothing(text: string): boolean {
  if (text.length < hashLengthMin || !mayBeHashOfNothing(text)) return false;
  const digits = text.toLowerCase();
  return uuidsOfNothing.has(digits) || hashesOfNothing.get(digits.slice(0, hashLengthMin))?.startsWith(digits) === true;
}

/**
 * False where a text begins as no hash of nothing does, whatever stands between its digits. True for what is not ASCII: of that this
 * cannot tell.
 */
export function mayBeHashOfNothing(text: string): boolean {
  let number = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return true;
    // The bit makes letters small.
    const small = unit | 0x20;
    if (small >= 0x67 && small <= 0x7a) return false;
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (!isDigit && (small < 0x61 || small > 0x66)) continue;
    number = number * 16 + (isDigit ? unit - 0x30 : small - 0x57);
    if (++digits === firstDigits) return firstNumbers[number] === 1;
  }
  return false;
}
