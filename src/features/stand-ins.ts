import { FirstCharacters } from './first-characters.ts';
import { isHashOfNothing } from './hashes-of-nothing.ts';

/**
 * Values that clients send in place of one that they have not. Taken for an identity, each would be one device or one mailbox
 * of strangers, and honest people would be blocked for what others did. What says nothing is missing.
 *
 * These are the known ones. One that only this platform has is for features that ask how many strangers share a value.
 */

/** How programs write that there is nothing. In lower case. */
export const nothings = new Set([
  '-',
  '--',
  '-1',
  '#n/a',
  '%@',
  '%s',
  '0',
  '0x0',
  '?',
  'default',
  'default string',
  'empty',
  'false',
  'invalid',
  'n.a.',
  'n/a',
  'n/d',
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

/** As a stand-in: shorter ones may be somebody's. */
const repetitionLengthMin = 4;

/** Whether a text is one character throughout, which then says nothing. */
export function isRepetition(text: string): boolean {
  if (text.length < repetitionLengthMin) return false;
  for (let index = 1; index < text.length; index++) if (text[index] !== text[0]) return false;
  return true;
}
