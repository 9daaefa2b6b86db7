import type { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';

/**
 * Parsing costs by the parts of a text and not by its bytes alone: 32 KiB of empty arrays cost five times 32 KiB of one string.
 * So parts are counted, in the text and before it is parsed. How deep they are nested is of no matter then, nor what unknown
 * members are called: nothing walks them.
 */

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBracket = 0x5b;
const openBrace = 0x7b;

/** Fewest characters of a member: two quotes, a colon, and one of a value. */
const memberLengthMin = 4;
/** Of an object or array: its two brackets. */
const containerLengthMin = 2;

/** Whether a text, once it is JSON, has more members, or more objects and arrays, than an event may have. */
export function hasTooManyParts(text: string): boolean {
  return mayHaveTooMany(text) && countsTooMany(text);
}

/** No for nearly every event, by its length alone or by two searches of the text. */
function mayHaveTooMany(text: string): boolean {
  const { eventMembersMax, eventContainersMax } = limits;
  const mayHaveMembers = text.length > eventMembersMax * memberLengthMin && occurs(text, ':') > eventMembersMax;
  if (mayHaveMembers) return true;
  if (text.length <= eventContainersMax * containerLengthMin) return false;
  return occurs(text, '{') + occurs(text, '[') > eventContainersMax;
}

function occurs(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}

/** The exact way: what stands inside strings does not count. */
function countsTooMany(text: string): boolean {
  let members = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at + 1);
    else if (unit === colon) members++;
    else if (unit === openBrace || unit === openBracket) containers++;
    if (members > limits.eventMembersMax || containers > limits.eventContainersMax) return true;
  }
  return false;
}

/** Where the closing quote is; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}

/** The failure of a text with too many parts, which stands at `path`. */
export function tooManyParts(path: string): Failure {
  const { eventMembersMax, eventContainersMax } = limits;
  const message = `At most ${eventMembersMax} members, and ${eventContainersMax} objects and arrays, are allowed.`;
  return { code: 'EVENT_TOO_MANY_MEMBERS', message, path };
}
