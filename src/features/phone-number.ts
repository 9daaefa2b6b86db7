import { withAsciiDigits } from './digits.ts';
import { renumbered } from './phone-renumbering.ts';

/** E.164 has at most 15 digits; people write a trunk prefix of up to two into the middle: `+44 (0)20 …`. */
const internationalForm = /^\+[1-9]\d{6,16}$/;
/** Digits that a country's own people dial. */
const nationalForm = /^\d{5,15}$/;
const e164 = /^\+[1-9]\d{6,14}$/;

const invisible = /\p{Default_Ignorable_Code_Point}/gu;
const scheme = /^(?:tel|sms|callto|whatsapp):(?:\/\/)?/i;
/** Parameters of a `tel:` URI (RFC 3966), and extensions within a house. */
const extension = /(?:;.*|[\s,]*(?:ext(?:ension)?\.?:?|x|#|до[бп]\.?:?)\s*\d{1,7})$/iu;
const separators = /[\s().·/−]|\p{Pd}/gu;
/** The usual prefix of international calls (ITU-T E.164); North America's 011 cannot be told from a national number. */
const callingPrefix = /^(?:\+?00)(?=[1-9])/;

/**
 * What a number says once its spelling is gone: `+` and digits, or digits alone where it is in a country's national form.
 * Undefined when it is no number: letters, too few digits, too many.
 */
export function readPhoneDigits(text: string): string | undefined {
  // As most are written already: nothing of what follows would change it.
  if (internationalForm.test(text)) return text;
  const plain = withAsciiDigits(text.normalize('NFKC'))
    .replace(invisible, '')
    .trim()
    .replace(scheme, '')
    .replace(extension, '')
    .replace(separators, '')
    .replace(callingPrefix, '+');
  return internationalForm.test(plain) || nationalForm.test(plain) ? plain : undefined;
}

/** A number in E.164, in its country's present plan; undefined for one in national form. */
export function e164Of(digits: string): string | undefined {
  return e164.test(digits) ? renumbered(digits) : undefined;
}
