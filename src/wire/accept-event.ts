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
import { entryHash, listName } from '../domain/list-entry.ts';
import { limits } from '../domain/limits.ts';
import { isGroupVerdict } from './group-verdict.ts';
import { mendData } from './mend-data.ts';
import {
  isContext,
  isDecisionId,
  isDuration,
  isEarlier,
  isHash,
  isEnd,
  isLinkDomains,
  isOptionalIdentifier,
  isText,
  readEarlier,
} from './optional-members.ts';
import { isObject, timeLengthMax } from './primitives.ts';
import { isLongerThan } from './text.ts';
import { parseTime } from './time.ts';
import { traceparentOf } from './trace-context.ts';

/**
 * The fast equal of the schemas: refuses exactly what `identitySchema` refuses, and then `explain-event.ts` asks the schema why;
 * mends exactly what `eventSchema` would not have. Property tests keep them equal. It exists because it costs a small fraction of
 * the schemas' run, on every event.
 */

/** Members whose types are not known yet; their names are checked. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown };

type Envelope = Unchecked<AccountEvent> & { readonly specversion?: unknown; readonly time?: unknown };
type Check<T extends EventType> = (data: Unchecked<EventDataByType[T]>, eventMs: number) => boolean;

const hasRequired: { readonly [T in EventType]: (data: Unchecked<EventDataByType[T]>) => boolean } = {
  'account.signup': (data) => isOneOf(statuses, data.status),
  'account.login': (data) => isOneOf(statuses, data.status) && isOneOf(loginMethods, data.method),
  'account.verified': (data) => isOneOf(verificationChannels, data.channel) && isOneOf(statuses, data.status),
  'account.profile_updated': () => true,
  'social.request_sent': (data) => isOneOf(requestVerbs, data.verb) && isIdentifier(data.target),
  'social.request_answered': (data) =>
    isOneOf(requestVerbs, data.verb) && isIdentifier(data.target) && isOneOf(requestOutcomes, data.outcome),
  'content.created': (data) => isOneOf(contentKinds, data.kind),
  'account.reported': (data) => isOneOf(reportReasons, data.reason),
  'account.labelled': (data) => isOneOf(labels, data.label) && isOneOf(labelSources, data.by),
  'account.erasure_requested': () => true,
  'account.hold_placed': (data) => isIdentifier(data.authority) && isIdentifier(data.reference),
  'account.hold_lifted': (data) => isIdentifier(data.authority) && isIdentifier(data.reference),
  'account.group_verdict': isGroupVerdict,
  'account.listed': (data) =>
    matches(listName, data.list) && isOneOf(['allow', 'deny'], data.kind) && matches(entryHash, data.entry),
};

/** Whether all optional members of the type's own are absent or as the contract says: nearly always. */
const hasGoodOptional: { readonly [T in EventType]: Check<T> } = {
  'account.signup': (data) =>
    isText(data.email) &&
    isText(data.phone) &&
    isText(data.username) &&
    isText(data.display_name) &&
    isDuration(data.form_ms) &&
    isDuration(data.captcha_ms) &&
    isText(data.referrer),
  'account.login': () => true,
  'account.verified': (data) => isDuration(data.after_ms),
  'account.profile_updated': (data) =>
    isText(data.username) && isText(data.display_name) && isText(data.bio) && isHash(data.avatar_hash),
  'social.request_sent': () => true,
  'social.request_answered': () => true,
  'content.created': (data) =>
    isOptionalIdentifier(data.target) && isHash(data.text_hash) && isLinkDomains(data.link_domains),
  'account.reported': (data) => isOptionalIdentifier(data.reporter),
  'account.labelled': (data, eventMs) =>
    isOptionalIdentifier(data.author) &&
    isText(data.reason) &&
    isDecisionId(data.decision) &&
    isEarlier(data.asked_at, eventMs),
  'account.erasure_requested': () => true,
  'account.hold_placed': (data, eventMs) => isEnd(data.until, eventMs),
  'account.hold_lifted': () => true,
  'account.group_verdict': () => true,
  'account.listed': () => true,
};

/** By the type as it was parsed: the type's own string, one for all events, and its checks. */
const kinds = new Map<
  unknown,
  {
    readonly type: EventType;
    readonly hasRequired: (data: object) => boolean;
    readonly hasGoodOptional: (data: object, eventMs: number) => boolean;
  }
>(eventTypes.map((type) => [type, { type, hasRequired: hasRequired[type], hasGoodOptional: hasGoodOptional[type] }]));

type Data = { readonly context?: Unchecked<EventContext>; readonly account_created_at?: unknown };

/**
 * The event in a parsed CloudEvent, or undefined exactly where `identitySchema` refuses `envelope`. `data` is the parsed object
 * itself, unknown members included, or a mended copy of it.
 */
export function acceptEvent(envelope: unknown): AccountEvent | undefined {
  if (!isObject(envelope)) return undefined;
  const { specversion, id, source, type, subject, time, data, traceparent: trace }: Envelope = envelope;
  if (specversion !== '1.0' || !isIdentifier(id) || !isIdentifier(source) || !isIdentifier(subject)) return undefined;
  const kind = kinds.get(type);
  if (kind === undefined || !isObject(data) || !kind.hasRequired(data)) return undefined;
  const timeMs = typeof time === 'string' && time.length <= timeLengthMax ? parseTime(time) : Number.NaN;
  if (Number.isNaN(timeMs)) return undefined;

  const { context, account_created_at: createdAt }: Data = data;
  // The checks of this very type have passed on this data; the compiler cannot follow the pair through the table.
  const accountCreatedMs = createdAt === undefined ? undefined : readEarlier(createdAt, timeMs);
  const isGood = accountCreatedMs !== undefined || createdAt === undefined;
  const { data: mended, malformed } =
    isGood && isContext(context) && kind.hasGoodOptional(data, timeMs)
      ? { data, malformed: noMalformed }
      : mendData(kind.type, data, timeMs);
  const event = { id, source, type: kind.type, subject, timeMs, data: mended, malformed };
  const traceparent = trace === undefined ? undefined : traceparentOf(trace);
  if (accountCreatedMs === undefined && traceparent === undefined) return event as AccountEvent;
  return {
    ...event,
    ...(accountCreatedMs === undefined ? {} : { accountCreatedMs }),
    ...(traceparent === undefined ? {} : { traceparent }),
  } as AccountEvent;
}

function isIdentifier(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    !isLongerThan(value, limits.identifierLengthMax) &&
    value.isWellFormed() &&
    !value.includes('\0')
  );
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isOneOf(values: readonly string[], value: unknown): boolean {
  return values.includes(value as string);
}
