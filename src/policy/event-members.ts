import type { EventContext, EventDataByType, EventType } from '../domain/event.ts';

/** The CEL type of a member. Numbers of events are CEL's double, as features are. */
export type MemberType = 'string' | 'double' | 'list<string>';

type TypeOf<T> = [T] extends [string] ? 'string' : [T] extends [number] ? 'double' : 'list<string>';
type MembersOf<T> = { readonly [K in Exclude<keyof T, 'context'>]-?: TypeOf<NonNullable<T[K]>> };

const text = 'string';

/** What a condition may read below `event.data`, per type. The compiler keeps it equal to the domain's events; on a group's verdict no condition is tried. */
export const dataMembersByType = {
  'account.signup': {
    status: text,
    email: text,
    phone: text,
    username: text,
    display_name: text,
    form_ms: 'double',
    captcha_ms: 'double',
    referrer: text,
  },
  'account.login': { status: text, method: text },
  'account.verified': { channel: text, status: text, after_ms: 'double' },
  'account.profile_updated': { username: text, display_name: text, bio: text, avatar_hash: text },
  'social.request_sent': { verb: text, target: text },
  'social.request_answered': { verb: text, target: text, outcome: text },
  'content.created': { kind: text, target: text, text_hash: text, link_domains: 'list<string>' },
  'account.reported': { reason: text, reporter: text },
  'account.labelled': { label: text, by: text, author: text, reason: text, decision: text, asked_at: text },
  'account.erasure_requested': {},
  'account.hold_placed': { authority: text, reference: text, until: text },
  'account.hold_lifted': { authority: text, reference: text },
  'account.group_verdict': {},
  'account.listed': { list: text, kind: text, entry: text },
} as const satisfies {
  readonly [T in EventType]: T extends 'account.group_verdict' ? object : MembersOf<EventDataByType[T]>;
};

/** What a condition may read below `event.data.context`, for every type. */
export const contextMembers = {
  ip: text,
  device_id: text,
  user_agent: text,
  locale: text,
  timezone: text,
  screen: text,
  app_version: text,
} as const satisfies MembersOf<EventContext>;

/** What every event has. */
export const envelopeMembers = { type: text, source: text, subject: text } as const;

/** The members of all types together: a name means the same wherever it stands. */
export const dataMembers: Readonly<Record<string, MemberType>> = Object.assign({}, ...Object.values(dataMembersByType));

/** Whether events of a type can carry a member of `event.data`. */
export function canCarry(type: EventType, member: string): boolean {
  return member === 'context' || Object.hasOwn(dataMembersByType[type], member);
}
