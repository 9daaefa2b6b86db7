import { decisionIdPattern, type EventContext } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { hashPattern } from './event-schema.ts';
import { isObject, timeLengthMax } from './primitives.ts';
import { cutTo, isLongerThan } from './text.ts';
import { parseTime } from './time.ts';

/**
 * What a client chooses, member by member. `is…` says whether a member is absent or as `eventSchema` says; `read…` returns what
 * becomes of a member that is there: itself, itself cut to its bound, or undefined where it says nothing.
 */

export function isContext(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isObject(value)) return false;
  const context: { readonly [K in keyof EventContext]?: unknown } = value;
  return (
    isText(context.ip) &&
    isOptionalIdentifier(context.device_id) &&
    isText(context.user_agent) &&
    isText(context.locale) &&
    isText(context.timezone) &&
    isText(context.screen) &&
    isText(context.app_version)
  );
}

export function isText(value: unknown): boolean {
  return value === undefined || isTextWithin(value, limits.stringLengthMax);
}

export function isOptionalIdentifier(value: unknown): boolean {
  return value === undefined || isTextWithin(value, limits.identifierLengthMax);
}

export function isDuration(value: unknown): boolean {
  return value === undefined || readDuration(value) !== undefined;
}

export function isHash(value: unknown): boolean {
  return value === undefined || readHash(value) !== undefined;
}

export function isDecisionId(value: unknown): boolean {
  return value === undefined || readDecisionId(value) !== undefined;
}

export function isEarlier(value: unknown, eventMs: number): boolean {
  return value === undefined || readEarlier(value, eventMs) !== undefined;
}

export function isEnd(value: unknown, eventMs: number): boolean {
  return value === undefined || readEnd(value, eventMs) !== undefined;
}

export function isLinkDomains(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    Array.isArray(value) &&
    value.length <= limits.linkDomainsMax &&
    value.every((entry) => isTextWithin(entry, limits.stringLengthMax))
  );
}

export function readText(value: unknown): string | undefined {
  return readTextWithin(value, limits.stringLengthMax);
}

export function readIdentifier(value: unknown): string | undefined {
  return readTextWithin(value, limits.identifierLengthMax);
}

/** Whole milliseconds. Half of one is no less wrong than a text: what is not measured as agreed is not known. */
export function readDuration(value: unknown): number | undefined {
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  return isWhole && value >= 0 && value <= limits.durationMsMax ? value : undefined;
}

/** A hash that is cut is another hash. */
export function readHash(value: unknown): string | undefined {
  return typeof value === 'string' && hashPattern.test(value) ? value : undefined;
}

/** The id of a decision as Winnow writes it; anything else is none. */
export function readDecisionId(value: unknown): string | undefined {
  return typeof value === 'string' && decisionIdPattern.test(value) ? value : undefined;
}

/** As many entries as are allowed, each cut if need be; an entry that is none is left out and the others stay. */
export function readLinkDomains(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  if (isLinkDomains(value)) return value as readonly string[];
  return value
    .slice(0, limits.linkDomainsMax)
    .map(readText)
    .filter((entry) => entry !== undefined);
}

/**
 * When something was that came before the event, milliseconds since the epoch; undefined where it is no time, more than `eventAheadMsMax` after the event,
 * or too long before it: whoever does not know writes the year 1 or 1970.
 */
export function readEarlier(value: unknown, eventMs: number): number | undefined {
  const ageMs = eventMs - timeOf(value);
  // Two services' clocks may differ a little. NaN fits nothing.
  return ageMs >= -limits.eventAheadMsMax && ageMs <= limits.accountAgeMsMax ? eventMs - ageMs : undefined;
}

/**
 * When something ends, milliseconds since the epoch; undefined where it is no time, or too long before the event. What has no end is often
 * written as one in the year 1: taken for that, a hold of a court would be over before it is placed. One that ended not so long before is said
 * to be over, by whoever says again what was, or ends it so.
 */
export function readEnd(value: unknown, eventMs: number): number | undefined {
  const endMs = timeOf(value);
  return endMs >= eventMs - limits.accountAgeMsMax ? endMs : undefined;
}

/** Milliseconds since the epoch of a time of RFC 3339; NaN of anything else. */
function timeOf(value: unknown): number {
  return typeof value === 'string' && value.length <= timeLengthMax ? parseTime(value) : Number.NaN;
}

function isTextWithin(value: unknown, lengthMax: number): boolean {
  return typeof value === 'string' && !isLongerThan(value, lengthMax) && value.isWellFormed();
}

function readTextWithin(value: unknown, lengthMax: number): string | undefined {
  if (typeof value !== 'string' || !value.isWellFormed()) return undefined;
  return isLongerThan(value, lengthMax) ? cutTo(value, lengthMax) : value;
}
