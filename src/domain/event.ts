import type { EdgeKind, GroupAction, GroupHold, GroupTie } from './group-verdict.ts';

/**
 * The events that Winnow scores, as they are after decoding. Field names inside `data` are the contract's own
 * (snake_case), so that a policy, a schema and the code say the same word. Source: CloudEvents 1.0, docs of the contract
 * in `src/wire/published/`.
 */

/** How an attempt ended. */
export const statuses = ['attempted', 'succeeded', 'failed'] as const;
export type Status = (typeof statuses)[number];

export const loginMethods = ['password', 'otp', 'oauth', 'passkey'] as const;
export const verificationChannels = ['email', 'phone'] as const;
export const requestVerbs = ['friend', 'follow', 'invite'] as const;
export const requestOutcomes = ['accepted', 'rejected', 'expired'] as const;
export const contentKinds = ['post', 'comment', 'message', 'like'] as const;
export const reportReasons = ['fake', 'spam', 'abuse', 'other'] as const;
export const labels = ['fake', 'genuine'] as const;
export type Label = (typeof labels)[number];
export const labelSources = ['review', 'appeal', 'honeypot', 'chargeback', 'operator'] as const;
export type LabelSource = (typeof labelSources)[number];
/** The id of a decision. */
export const decisionIdPattern = /^dec_[0-9a-f]{32}$/;

/** Where an event came from: what the client and its connection said. A member that is absent is not known. */
export interface EventContext {
  /** IPv4 or IPv6 address in text form. Personal data: never stored, logged or sent on as it is. */
  readonly ip?: string;
  /** The platform's identifier of the device. Personal data. */
  readonly device_id?: string;
  readonly user_agent?: string;
  /** BCP 47 language tag, such as `kk-KZ`. */
  readonly locale?: string;
  /** IANA time zone name, such as `Asia/Almaty`. */
  readonly timezone?: string;
  /** Width and height in pixels, such as `1080x2400`. */
  readonly screen?: string;
  readonly app_version?: string;
}

interface WithContext {
  readonly context?: EventContext;
}

export interface SignupData extends WithContext {
  readonly status: Status;
  readonly email?: string;
  /** Best in E.164, such as `+77011234567`; other spellings are read too. Personal data. */
  readonly phone?: string;
  readonly username?: string;
  readonly display_name?: string;
  /** Milliseconds from the form's first sight to its submission. */
  readonly form_ms?: number;
  /** Milliseconds spent on the challenge. */
  readonly captcha_ms?: number;
  readonly referrer?: string;
}

export interface LoginData extends WithContext {
  readonly status: Status;
  readonly method: (typeof loginMethods)[number];
}

export interface VerifiedData extends WithContext {
  readonly channel: (typeof verificationChannels)[number];
  readonly status: Status;
  /** Milliseconds from the sending of the code to the answer. */
  readonly after_ms?: number;
}

export interface ProfileUpdatedData extends WithContext {
  readonly username?: string;
  readonly display_name?: string;
  readonly bio?: string;
  /** Perceptual hash, 16 hex digits. */
  readonly avatar_hash?: string;
}

export interface RequestSentData extends WithContext {
  readonly verb: (typeof requestVerbs)[number];
  /** Account id of the one who is asked. */
  readonly target: string;
}

export interface RequestAnsweredData extends WithContext {
  readonly verb: (typeof requestVerbs)[number];
  readonly target: string;
  readonly outcome: (typeof requestOutcomes)[number];
}

export interface ContentCreatedData extends WithContext {
  readonly kind: (typeof contentKinds)[number];
  readonly target?: string;
  /** Similarity hash, 16 hex digits. */
  readonly text_hash?: string;
  readonly link_domains?: readonly string[];
}

export interface ReportedData extends WithContext {
  readonly reason: (typeof reportReasons)[number];
  /** Account id of the one who reports. */
  readonly reporter?: string;
}

export interface LabelledData extends WithContext {
  readonly label: Label;
  readonly by: LabelSource;
  /** Who said so: an identifier of the platform's own. Personal data: never part of a decision. */
  readonly author?: string;
  /** Why, in the words of whoever said so. May hold personal data: never part of a decision. */
  readonly reason?: string;
  /** The decision that it answers. */
  readonly decision?: string;
  /** When the question was put that it answers: an appeal was sent, a sample was drawn. RFC 3339. */
  readonly asked_at?: string;
}

export type ErasureRequestedData = WithContext;

/** Which hold: who ordered it, and under which reference of theirs. */
interface HoldData extends WithContext {
  readonly authority: string;
  readonly reference: string;
}

export interface HoldPlacedData extends HoldData {
  /** RFC 3339: it ends by itself then. */
  readonly until?: string;
}

export type HoldLiftedData = HoldData;

/** What the group of an account came to: see `GroupVerdict`, whose members these are. */
export interface GroupVerdictData extends WithContext {
  readonly cohort: string;
  readonly action: GroupAction;
  readonly due: GroupAction;
  readonly held_by: readonly GroupHold[];
  readonly revision: number;
  readonly kinds: readonly EdgeKind[];
  readonly ties: readonly GroupTie[];
  readonly size: number;
  readonly terms?: string;
}

/** That an entry of a list came to name the account: what a list keeps of the account's id is a hash, by which nobody finds its owner. */
export interface ListedData extends WithContext {
  readonly list: string;
  readonly kind: 'allow' | 'deny';
  /** The keyed hash that the entry is kept under, 16 hexadecimal digits. */
  readonly entry: string;
}

/** The data of each event type. The keys are the closed set of types. */
export interface EventDataByType {
  'account.signup': SignupData;
  'account.login': LoginData;
  'account.verified': VerifiedData;
  'account.profile_updated': ProfileUpdatedData;
  'social.request_sent': RequestSentData;
  'social.request_answered': RequestAnsweredData;
  'content.created': ContentCreatedData;
  'account.reported': ReportedData;
  'account.labelled': LabelledData;
  'account.erasure_requested': ErasureRequestedData;
  'account.hold_placed': HoldPlacedData;
  'account.hold_lifted': HoldLiftedData;
  'account.group_verdict': GroupVerdictData;
  'account.listed': ListedData;
}

export type EventType = keyof EventDataByType;

/** Every event type, in the contract's order. The position is stable: `event_type` codes of features rest on it. */
export const eventTypes = [
  'account.signup',
  'account.login',
  'account.verified',
  'account.profile_updated',
  'social.request_sent',
  'social.request_answered',
  'content.created',
  'account.reported',
  'account.labelled',
  'account.erasure_requested',
  'account.hold_placed',
  'account.hold_lifted',
  'account.listed',
  'account.group_verdict',
] as const satisfies readonly EventType[];

/**
 * What a client chooses, or a platform need not send: a fault in one of these makes that member missing, and never the event.
 * Named as in `data`; a closed set, since a metric and a feature speak of them.
 */
export const lenientMembers = [
  'account_created_at',
  'context',
  'context.ip',
  'context.device_id',
  'context.user_agent',
  'context.locale',
  'context.timezone',
  'context.screen',
  'context.app_version',
  'email',
  'phone',
  'username',
  'display_name',
  'form_ms',
  'captcha_ms',
  'referrer',
  'after_ms',
  'bio',
  'avatar_hash',
  'target',
  'text_hash',
  'link_domains',
  'reporter',
  'author',
  'reason',
  'decision',
  'asked_at',
  'until',
] as const;
export type LenientMember = (typeof lenientMembers)[number];

/** A lenient member that was cut to its bound, or taken as missing since it was not what the contract says. */
export type MalformedMember = LenientMember;

/** Shared by all events that are as the contract says. */
export const noMalformed: readonly MalformedMember[] = Object.freeze([]);

/**
 * Lenient members that are well formed and may still say nothing: text that cannot be read, an address of nobody, a stand-in
 * such as a nil device id.
 */
export const readableMembers = [
  'context.ip',
  'context.device_id',
  'context.user_agent',
  'context.app_version',
  'email',
  'phone',
  'username',
  'display_name',
  'bio',
  'avatar_hash',
  'target',
  'text_hash',
  'reporter',
] as const satisfies readonly LenientMember[];
export type UnreadableMember = (typeof readableMembers)[number];

/** Shared by all events of which everything was read. */
export const noUnreadable: readonly UnreadableMember[] = Object.freeze([]);

interface EventOf<T extends EventType> {
  /** Unique per source: the key for de-duplication. */
  readonly id: string;
  /** The service that wrote it. */
  readonly source: string;
  readonly type: T;
  /** The account id, which is the Kafka key too. For `account.reported` the reported account. */
  readonly subject: string;
  /** When it happened: milliseconds since the epoch. All windows move by this. */
  readonly timeMs: number;
  readonly data: EventDataByType[T];
  /** When the account was created, as the platform says in `data.account_created_at`: milliseconds since the epoch. */
  readonly accountCreatedMs?: number;
  /** The trace that it belongs to, W3C `traceparent`: handed on to its decision, and read by nobody here. */
  readonly traceparent?: string;
  /** What was cut or taken as missing, each member once; `noMalformed` when nothing was. */
  readonly malformed: readonly MalformedMember[];
}

/** A decoded event: discriminated by `type`. */
export type AccountEvent = { [T in EventType]: EventOf<T> }[EventType];

/**
 * What makes two events the same one: source, id, type and time; of a group's verdict not the time, since its id says all of it, whenever
 * it was found. Lengths stand before what a producer may write anything into, so
 * that no two events that differ have the same key.
 */
export function eventKey({
  source,
  id,
  type,
  timeMs,
}: Pick<AccountEvent, 'source' | 'id' | 'type' | 'timeMs'>): string {
  const event = `${source.length}:${source}${id.length}:${id}${type}`;
  return type === 'account.group_verdict' ? event : `${event} ${timeMs}`;
}

/** Whether models score events of a type and rules are tried on them: what happened, and not what people or groups say of an account. */
export function isScored(type: EventType): boolean {
  return !isLabelEvent(type) && type !== 'account.group_verdict';
}

/** Types that come by the labels topic. */
export function isLabelEvent(type: EventType): boolean {
  switch (type) {
    case 'account.labelled':
    case 'account.erasure_requested':
    case 'account.hold_placed':
    case 'account.hold_lifted':
    case 'account.listed':
      return true;
    default:
      return false;
  }
}
