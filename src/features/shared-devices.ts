import { FirstCharacters } from './first-characters.ts';
import { encodingsOfNothing, isEncodedNothing, isHashOfNothing, mayBeHashOfNothing } from './hashes-of-nothing.ts';
import { visibleText } from './name-text.ts';
import { isRepetition, nothings, saysNothing } from './stand-ins.ts';

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
  '00112233445566778899aabbccddeeff',
  '0123456789abcdef0123456789abcdef',
  '11111111222233334444555555555555',
  'aaaaaaaabbbbccccddddeeeeeeeeeeee',
  'a1b2c3d4e5f67890abcdef1234567890',
  'deadbeef',
  'deadbeefdeadbeefdeadbeefdeadbeef',
  'cafebabe',
  'anonymous',
  'nodevice',
  'nodeviceid',
  'nullnull',
  'undefinedundefined',
  'unknowndevice',
  'string',
  'test',
  'testdevice',
  'systemserialnumber',
  'deviceidplaceholder',
  'dummy',
  'dummydevice',
  'error',
  'fakedevice',
  'generic',
  'guest',
  'iphonesimulator',
  'missing',
  'mockdevice',
  'notfound',
  'placeholder',
  'simulator',
  'somedeviceid',
  'unset',
  'yourdeviceid',
  'yourdeviceidhere',
  'emulator',
  'emulator5554',
]);

/** What clients put before an identifier, whether or not they have one, and what the identifier is a hash by. */
const kindsOfIdentifier = new Set(
  `aaid adid android androidid app browser client cookie desktop device deviceid fingerprint fp gaid guid hash id idfa idfv imei ios ipad
  iphone ipod linux mac md5 mobile oaid os pc phone serial sha sha1 sha256 sha384 sha512 tablet tv udid uid urn uuid visitor visitorid web
  windows`.split(/\s+/),
);
/** `android:`, `urn:uuid:`, `sha256-`, `sha-256=`, with the signs at its end apart. */
const leadingKinds = new RegExp(
  String.raw`^[^\p{L}\p{N}]*(?:(?:${['sha-(?:1|256|384|512)', ...kindsOfIdentifier].join('|')})([^\p{L}\p{N}]+))+`,
  'iu',
);
/** How a hexadecimal number begins, and a hash that says how it was made, which is not shorter than the shortest. */
const ofSomeForm = /^(?:0x(?=.)|(?:md5|sha(?:1|256|384|512))(?=[\da-f]{32,}$))/;
const notLetterOrDigit = /[^\p{L}\p{N}]/gu;

/** Whether an identifier of a device is one that many devices have: a nil UUID, a zeroed advertising identifier, a hash of nothing. */
export function isSharedDevice(text: string): boolean {
  if (isPlainlyOwn(text)) return false;
  const visible = withoutQuotes(visibleText(text));
  return isNothingOfSomeKind(visible) || behindKinds(visible).some(isShared);
}

/** Some clients send a value as JSON writes it. */
function withoutQuotes(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** What may be left of a text without kinds before it: of several signs behind them the last may belong to what is left. */
function behindKinds(text: string): readonly string[] {
  const [kinds, signs] = leadingKinds.exec(text) ?? [];
  if (kinds === undefined) return [text];
  const itsSignsMax = Math.min(ownSignsMax, signs!.length - 1);
  return Array.from({ length: itsSignsMax + 1 }, (_, itsSigns) => text.slice(kinds.length - itsSigns));
}

/** Signs at the beginning of what says nothing, such as `(null)`, and of a hash in base64. */
const ownSignsMax = 2;

function isShared(identifier: string): boolean {
  return (
    saysNothing(identifier) ||
    isEncodedNothing(identifier) ||
    isSharedIdentifier(identifier.replaceAll(notLetterOrDigit, '').toLowerCase().replace(ofSomeForm, ''))
  );
}

/** @param plain Letters and digits, in lower case. */
function isSharedIdentifier(plain: string): boolean {
  return isRepetition(withoutVersion(plain)) || sharedDevices.has(plain) || isHashOfNothing(plain);
}

/** The digits of a UUID as they are without its version and variant (RFC 9562, section 4): of a generator that draws nothing, or of a pattern, these are one. */
function withoutVersion(plain: string): string {
  return plain.length === uuidDigits ? plain.slice(0, 12) + plain.slice(13, 16) + plain.slice(17) : plain;
}

const uuidDigits = 32;

/** `android:null`, `web-undefined`, `ios:`, `browser`, `...`: at most the kind of something that there is not. */
function isNothingOfSomeKind(text: string): boolean {
  return text
    .toLowerCase()
    .split(notLetterOrDigit)
    .every((part) => part === '' || nothings.has(part) || kindsOfIdentifier.has(part));
}

/**
 * Whether the first letters or digits already tell an identifier from repetitions and from all that are shared: two of them nearly
 * always, a few more where a hash of nothing begins with the same.
 */
function isPlainlyOwn(text: string): boolean {
  let first = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return false;
    if (!isLetterOrDigit(unit)) continue;
    if (first === 0) first = unit;
    // The bit makes letters small, and leaves digits as they are.
    else return (first | 0x20) !== (unit | 0x20) && !sharedDeviceBegins.mayBe(first, unit) && !mayBeHashOfNothing(text);
  }
  return false;
}

const sharedDeviceBegins = new FirstCharacters(
  [...sharedDevices, ...kindsOfIdentifier, ...nothings, ...encodingsOfNothing, '0x']
    .map((text) => text.replaceAll(notLetterOrDigit, '').toLowerCase())
    .filter((text) => text !== ''),
);

function isLetterOrDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a);
}
