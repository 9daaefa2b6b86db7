import { noMalformed, type EventContext, type EventType, type MalformedMember } from '../domain/event.ts';
import {
  readDecisionId,
  readDuration,
  readEarlier,
  readHash,
  readIdentifier,
  readEnd,
  readLinkDomains,
  readText,
} from './optional-members.ts';
import { isObject } from './primitives.ts';

/**
 * The slow way of an event of which some optional member is not as the contract says: cuts what is too long, leaves out what
 * says nothing, and tells which. A client must not be able to hide an event by what it writes into it.
 */

/** `eventMs` is the event's time, in milliseconds since the epoch. */
type Read = (value: unknown, eventMs: number) => unknown;

/** The text of a time stays as it was written. */
const asWritten =
  (read: Read): Read =>
  (value, eventMs) =>
    read(value, eventMs) === undefined ? undefined : value;

const contextReaders: { readonly [K in keyof Required<EventContext>]: Read } = {
  ip: readText,
  device_id: readIdentifier,
  user_agent: readText,
  locale: readText,
  timezone: readText,
  screen: readText,
  app_version: readText,
};

type OwnMember = Exclude<MalformedMember, 'account_created_at' | 'context' | `context.${string}`>;

/** Optional members of a type's own. */
const readersByType: { readonly [T in EventType]: { readonly [K in OwnMember]?: Read } } = {
  'account.signup': {
    email: readText,
    phone: readText,
    username: readText,
    display_name: readText,
    form_ms: readDuration,
    captcha_ms: readDuration,
    referrer: readText,
  },
  'account.login': {},
  'account.verified': { after_ms: readDuration },
  'account.profile_updated': { username: readText, display_name: readText, bio: readText, avatar_hash: readHash },
  'social.request_sent': {},
  'social.request_answered': {},
  'content.created': { target: readIdentifier, text_hash: readHash, link_domains: readLinkDomains },
  'account.reported': { reporter: readIdentifier },
  'account.labelled': {
    author: readIdentifier,
    reason: readText,
    decision: readDecisionId,
    asked_at: asWritten(readEarlier),
  },
  'account.erasure_requested': {},
  'account.hold_placed': { until: asWritten(readEnd) },
  'account.hold_lifted': {},
  'account.group_verdict': {},
  'account.listed': {},
};

export interface MendedData {
  readonly data: object;
  readonly malformed: readonly MalformedMember[];
}

/**
 * A copy of `data` in which every optional member is as the contract says or absent. Null is absent, and no fault: it is how many
 * serializers write what is not known.
 */
export function mendData(type: EventType, data: object, eventMs: number): MendedData {
  const malformed: MalformedMember[] = [];
  const mended: Record<string, unknown> = { ...data };
  mendMembers(mended, readersByType[type], eventMs, (member) => malformed.push(member));
  const common = { account_created_at: asWritten(readEarlier), context: asObject };
  mendMembers(mended, common, eventMs, (member) => malformed.push(member));
  if (isObject(mended['context'])) {
    const context: Record<string, unknown> = { ...mended['context'] };
    mendMembers(context, contextReaders, eventMs, (member) => malformed.push(`context.${member}`));
    mended['context'] = context;
  }
  return { data: mended, malformed: malformed.length === 0 ? noMalformed : malformed };
}

function mendMembers<K extends string>(
  members: Record<string, unknown>,
  readers: { readonly [M in K]?: Read },
  eventMs: number,
  tell: (member: K) => void,
): void {
  for (const [member, read] of Object.entries(readers) as [K, Read][]) {
    const value = members[member];
    if (value === undefined) continue;
    const readable = value === null ? undefined : read(value, eventMs);
    if (readable === value) continue;
    if (readable === undefined) delete members[member];
    else members[member] = readable;
    if (value !== null) tell(member);
  }
}

function asObject(value: unknown): object | undefined {
  return isObject(value) ? value : undefined;
}
