import type { AccountEvent, EventContext, EventDataByType, EventType } from '../domain/event.ts';
import {
  contentKinds,
  eventTypes,
  labelSources,
  labels,
  loginMethods,
  noMalformed,
  reportReasons,
  requestOutcomes,
  requestVerbs,
  statuses,
  verificationChannels,
} from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { hashPattern } from './event-schema.ts';
import { timeLengthMax } from './primitives.ts';
import { parseTime } from './time.ts';

/**
 * The fast equal of `eventSchema`: it says yes or no, and `explain-event.ts` asks the schema why. A property test keeps the
 * two equal. It exists because it costs a small fraction of the schema's run, on every event.
 */

/** Members whose types are not known yet; their names are checked. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown };

type Envelope = Unchecked<AccountEvent> & { readonly specversion?: unknown; readonly time?: unknown };

const checkByType: { readonly [T in EventType]: (data: Unchecked<EventDataByType[T]>) => boolean } = {
  'account.signup': (data) =>
    isOneOf(statuses, data.status) &&
    isOptionalText(data.email) &&
    isOptionalText(data.phone) &&
    isOptionalText(data.username) &&
    isOptionalText(data.display_name) &&
    isOptionalDuration(data.form_ms) &&
    isOptionalDuration(data.captcha_ms) &&
    isOptionalText(data.referrer),
  'account.login': (data) => isOneOf(statuses, data.status) && isOneOf(loginMethods, data.method),
  'account.verified': (data) =>
    isOneOf(verificationChannels, data.channel) && isOneOf(statuses, data.status) && isOptionalDuration(data.after_ms),
  'account.profile_updated': (data) =>
    isOptionalText(data.username) &&
    isOptionalText(data.display_name) &&
    isOptionalText(data.bio) &&
    isOptionalHash(data.avatar_hash),
  'social.request_sent': (data) => isOneOf(requestVerbs, data.verb) && isIdentifier(data.target),
  'social.request_answered': (data) =>
    isOneOf(requestVerbs, data.verb) && isIdentifier(data.target) && isOneOf(requestOutcomes, data.outcome),
  'content.created': (data) =>
    isOneOf(contentKinds, data.kind) &&
    isOptionalIdentifier(data.target) &&
    isOptionalHash(data.text_hash) &&
    isOptionalDomains(data.link_domains),
  'account.reported': (data) => isOneOf(reportReasons, data.reason) && isOptionalIdentifier(data.reporter),
  'account.labelled': (data) => isOneOf(labels, data.label) && isOneOf(labelSources, data.by),
  'account.erasure_requested': () => true,
};

/** By the type as it was parsed: the type's own string, one for all events, and its check. */
const kinds = new Map<unknown, { readonly type: EventType; readonly check: (data: object) => boolean }>(
  eventTypes.map((type) => [type, { type, check: checkByType[type] }]),
);

/**
 * The event in a parsed CloudEvent, or undefined exactly where `eventSchema` refuses `envelope`. `data` is the parsed object
 * itself, unknown members included.
 */
export function acceptEvent(envelope: unknown): AccountEvent | undefined {
  if (!isObject(envelope)) return undefined;
  const { specversion, id, source, type, subject, time, data }: Envelope = envelope;
  if (specversion !== '1.0' || !isIdentifier(id) || !isIdentifier(source) || !isIdentifier(subject)) return undefined;
  const kind = kinds.get(type);
  if (kind === undefined || !isObject(data) || !kind.check(data) || !isOptionalContext(data)) return undefined;
  const timeMs = typeof time === 'string' && time.length <= timeLengthMax ? parseTime(time) : Number.NaN;
  if (Number.isNaN(timeMs)) return undefined;
  // The check of this very type has passed on this data; the compiler cannot follow the pair through the table.
  return { id, source, type: kind.type, subject, timeMs, data, malformed: noMalformed } as AccountEvent;
}

function isOptionalContext(data: { readonly context?: unknown }): boolean {
  if (data.context === undefined) return true;
  if (!isObject(data.context)) return false;
  const context: Unchecked<EventContext> = data.context;
  return (
    isOptionalText(context.ip) &&
    isOptionalIdentifier(context.device_id) &&
    isOptionalText(context.user_agent) &&
    isOptionalText(context.locale) &&
    isOptionalText(context.timezone) &&
    isOptionalText(context.screen) &&
    isOptionalText(context.app_version)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= limits.identifierLengthMax;
}

function isOptionalIdentifier(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.length <= limits.identifierLengthMax);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= limits.stringLengthMax;
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isOptionalDuration(value: unknown): boolean {
  return (
    value === undefined || (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= limits.durationMsMax)
  );
}

function isOptionalHash(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && hashPattern.test(value));
}

function isOptionalDomains(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length <= limits.linkDomainsMax && value.every(isText));
}

function isOneOf(values: readonly string[], value: unknown): boolean {
  return values.includes(value as string);
}
