import { z } from 'zod';
import type { EventDataByType, EventType } from '../domain/event.ts';
import {
  contentKinds,
  decisionIdPattern,
  labelSources,
  labels,
  loginMethods,
  reportReasons,
  requestOutcomes,
  requestVerbs,
  statuses,
  verificationChannels,
} from '../domain/event.ts';
import { cohortPattern, groupActions, groupEdgeKinds, groupHolds, termsPattern } from '../domain/group-verdict.ts';
import { entryHash, listName } from '../domain/list-entry.ts';
import { limits } from '../domain/limits.ts';
import { identifier, text, time } from './primitives.ts';

/**
 * The schema of record for events: CloudEvents 1.0, JSON, structured mode. It says what a producer shall send, and is what is
 * published. What is refused is less: `identitySchema`, what says who, what and when. `accept-event.ts` is the fast equal of both.
 *
 * - Unknown members of the envelope (extension attributes), of `data` and of `context` are allowed and not read.
 * - An optional member is absent when it is not known; null is taken for absent, since many serializers write it.
 * - An optional member that is not as this schema says is cut, or taken as missing: the event is decided all the same.
 * - An optional string may be empty. Whoever reads it takes that for missing.
 */

/** 16 hex digits of either case: compare them as numbers or in one case. */
export const hashPattern = /^[0-9a-fA-F]{16}$/;

const wellFormed = { error: 'The string holds half of a surrogate pair.' };
const withoutNul = { error: 'The string holds the character NUL.' };

/** Who and what: becomes part of keys and ids, and has to survive every store. */
const eventIdentifier = identifier
  .refine((value) => value.isWellFormed(), wellFormed)
  .refine((value) => !value.includes('\0'), withoutNul);

const durationMs = z.int().min(0).max(limits.durationMsMax).exactOptional();
const hash = z.string().regex(hashPattern, { error: 'Expected 16 hex digits.' }).exactOptional();
const clientText = text.refine((value) => value.isWellFormed(), wellFormed);
const optionalIdentifier = z
  .string()
  .max(limits.identifierLengthMax)
  .refine((value) => value.isWellFormed(), wellFormed)
  .exactOptional();
const optionalText = clientText.exactOptional();

const context = z
  .object({
    ip: optionalText.describe('IPv4 or IPv6 address in text form.'),
    device_id: optionalIdentifier.describe("The platform's identifier of the device."),
    user_agent: optionalText,
    locale: optionalText.describe('BCP 47 language tag, such as kk-KZ.'),
    timezone: optionalText.describe('IANA time zone name, such as Asia/Almaty.'),
    screen: optionalText.describe('Width and height in pixels, such as 1080x2400.'),
    app_version: optionalText,
  })
  .meta({ id: 'Context', description: 'Where the event came from: what the client and its connection said.' })
  .exactOptional();

const listNameError = 'Expected at most 63 small letters, digits and hyphens.';
const entryHashError = 'Expected 16 small hexadecimal digits.';

/** Optional in the data of every type. */
const common = {
  context,
  account_created_at: time
    .exactOptional()
    .describe('When the account was created; at most 50 years before the event, and not after it.'),
};

const status = z
  .enum(statuses)
  .describe(
    'How the attempt ended. What was attempted or failed counts for nobody but its account: where `attempted` is sent, `succeeded` must follow.',
  );
/** Accounts of a group, the one that it is about among them. */
const groupSize = z.int().min(2);
const tie = z
  .object({
    kind: z.enum(groupEdgeKinds),
    accounts: groupSize.describe('Accounts of the group that have it in common with this one, this one among them.'),
  })
  .meta({
    id: 'GroupTie',
    description: 'What an account has in common with others of its group. Never the value itself.',
  });
const verb = z.enum(requestVerbs);
const hold = {
  authority: eventIdentifier.describe('Who ordered it.'),
  reference: eventIdentifier.describe('What the authority knows it by: with it, what is placed is lifted.'),
};
const target = eventIdentifier.describe('Account id of the one who is asked.');

/** Members of `data` by type: those that are required, and those that are optional beside the common ones. */
const required = {
  'account.signup': { status },
  'account.login': { status, method: z.enum(loginMethods) },
  'account.verified': { channel: z.enum(verificationChannels), status },
  'account.profile_updated': {},
  'social.request_sent': { verb, target },
  'social.request_answered': { verb, target, outcome: z.enum(requestOutcomes) },
  'content.created': { kind: z.enum(contentKinds) },
  'account.reported': { reason: z.enum(reportReasons) },
  'account.labelled': { label: z.enum(labels), by: z.enum(labelSources) },
  'account.erasure_requested': {},
  'account.hold_placed': hold,
  'account.hold_lifted': hold,
  'account.group_verdict': {
    cohort: z
      .string()
      .regex(cohortPattern, { error: 'Expected coh_ and 32 lower-case hex digits.' })
      .describe('The group.'),
    action: z.enum(groupActions).describe('What is asked for; allow: the former verdict is taken back.'),
    due: z.enum(groupActions).describe('What the ties asked for, where something held it back; else the action.'),
    held_by: z.array(z.enum(groupHolds)).max(groupHolds.length).describe('What held it back; empty where nothing did.'),
    revision: z.int().min(1).describe('It rises whenever the group has another verdict about the account.'),
    kinds: z
      .array(z.enum(groupEdgeKinds))
      .min(1)
      .max(groupEdgeKinds.length)
      .describe('Kinds of what the accounts of the group have in common.'),
    ties: z
      .array(tie)
      .max(groupEdgeKinds.length)
      .describe('What the account itself has in common with others, the rarest first.'),
    size: groupSize.describe('Accounts of the group.'),
    terms: z
      .string()
      .regex(termsPattern, { error: 'Expected 16 lower-case hex digits.' })
      .exactOptional()
      .describe('Stands for the terms of the policy by which it was found: the governor counts it under these.'),
  },
  'account.listed': {
    list: z.string().regex(listName, { error: listNameError }).describe('The list that names it.'),
    kind: z.enum(['allow', 'deny']),
    entry: z
      .string()
      .regex(entryHash, { error: entryHashError })
      .describe('The keyed hash that the entry is kept under.'),
  },
};

const optional = {
  'account.signup': {
    email: optionalText,
    phone: optionalText.describe('E.164, such as +77011234567.'),
    username: optionalText,
    display_name: optionalText,
    form_ms: durationMs.describe("Whole milliseconds from the form's first sight to its submission."),
    captcha_ms: durationMs.describe('Whole milliseconds spent on the challenge.'),
    referrer: optionalText,
  },
  'account.login': {},
  'account.verified': {
    after_ms: durationMs.describe('Whole milliseconds from the sending of the code to the answer.'),
  },
  'account.profile_updated': {
    username: optionalText,
    display_name: optionalText,
    bio: optionalText,
    avatar_hash: hash.describe('Perceptual hash of the picture.'),
  },
  'social.request_sent': {},
  'social.request_answered': {},
  'content.created': {
    target: optionalIdentifier.describe('Account id of the one whom it is addressed to.'),
    text_hash: hash.describe('Similarity hash of the text.'),
    link_domains: z
      .array(clientText)
      .max(limits.linkDomainsMax)
      .exactOptional()
      .describe('Host names of the links in it.'),
  },
  'account.reported': { reporter: optionalIdentifier.describe('Account id of the one who reports.') },
  'account.labelled': {
    author: optionalIdentifier.describe('Who said so, by an identifier of the platform. It reaches no decision.'),
    reason: optionalText.describe('Why, in words of whoever said so. It reaches no decision.'),
    decision: z
      .string()
      .regex(decisionIdPattern, { error: 'Expected dec_ and 32 lower-case hex digits.' })
      .exactOptional()
      .describe('Id of the decision that it answers.'),
    asked_at: time
      .exactOptional()
      .describe(
        'When the question was put that it answers: an appeal was sent, a sample was drawn; at most 50 years before the event, and at most 5 minutes after it, since two clocks may differ. Reports tell how long appeals took, and hold answers against the samples of their time.',
      ),
  },
  'account.erasure_requested': {},
  'account.hold_placed': {
    until: time
      .exactOptional()
      .describe(
        'It ends by itself then; where that was before the event, it is over. Without it, it stands until it is lifted.',
      ),
  },
  'account.hold_lifted': {},
  'account.group_verdict': {},
  'account.listed': {},
};

/** One schema per type. The keys are the closed set of types. */
export const eventSchemas = {
  'account.signup': eventOf('account.signup', 'Signup', 'An account was asked for.'),
  'account.login': eventOf('account.login', 'Login', 'Someone tried to log in.'),
  'account.verified': eventOf('account.verified', 'Verified', 'A code sent to an address or a number was answered.'),
  'account.profile_updated': eventOf('account.profile_updated', 'ProfileUpdated', 'An account changed its profile.'),
  'social.request_sent': eventOf('social.request_sent', 'RequestSent', 'An account asked another for a connection.'),
  'social.request_answered': eventOf(
    'social.request_answered',
    'RequestAnswered',
    'A request was answered; subject is who had asked.',
  ),
  'content.created': eventOf('content.created', 'ContentCreated', 'An account posted, commented, wrote or liked.'),
  'account.reported': eventOf('account.reported', 'Reported', 'An account was reported; subject is the reported one.'),
  'account.labelled': eventOf('account.labelled', 'Labelled', 'It became known what an account is: it acts at once.'),
  'account.erasure_requested': eventOf('account.erasure_requested', 'ErasureRequested', 'Forget this account.'),
  'account.hold_placed': eventOf(
    'account.hold_placed',
    'HoldPlaced',
    'What is known of this account must be kept, whoever asks to be forgotten: the request waits, everywhere, until the hold ends.',
  ),
  'account.hold_lifted': eventOf('account.hold_lifted', 'HoldLifted', 'The hold of that authority and reference ends.'),
  'account.group_verdict': eventOf(
    'account.group_verdict',
    'GroupVerdict',
    'What the group of an account came to: written by Winnow alone, and read on the topic of verdicts alone.',
  ),
  'account.listed': eventOf('account.listed', 'Listed', 'A list came to name this account: it acts at once.'),
};

const schemasOfPlatform = [
  eventSchemas['account.signup'],
  eventSchemas['account.login'],
  eventSchemas['account.verified'],
  eventSchemas['account.profile_updated'],
  eventSchemas['social.request_sent'],
  eventSchemas['social.request_answered'],
  eventSchemas['content.created'],
  eventSchemas['account.reported'],
  eventSchemas['account.labelled'],
  eventSchemas['account.erasure_requested'],
  eventSchemas['account.hold_placed'],
  eventSchemas['account.hold_lifted'],
  eventSchemas['account.listed'],
] as const;

/** What a platform writes, discriminated by `type`. */
export const platformEventSchema = z.discriminatedUnion('type', schemasOfPlatform);

/** Every event of the contract, discriminated by `type`: what a platform writes, and what Winnow tells itself. */
export const eventSchema = z.discriminatedUnion('type', [...schemasOfPlatform, eventSchemas['account.group_verdict']]);

/** What is refused: the members that say who, what and when, of every type. */
export const identitySchema = z.discriminatedUnion('type', [
  identityOf('account.signup'),
  identityOf('account.login'),
  identityOf('account.verified'),
  identityOf('account.profile_updated'),
  identityOf('social.request_sent'),
  identityOf('social.request_answered'),
  identityOf('content.created'),
  identityOf('account.reported'),
  identityOf('account.labelled'),
  identityOf('account.erasure_requested'),
  identityOf('account.hold_placed'),
  identityOf('account.hold_lifted'),
  identityOf('account.group_verdict'),
  identityOf('account.listed'),
]);

/** An event as it travels: the envelope of CloudEvents around the domain's data. */
export type WireEvent = z.output<typeof eventSchema>;

function envelopeOf<T extends EventType>(type: T) {
  return {
    specversion: z.literal('1.0'),
    id: eventIdentifier.describe('Unique per source: with type and time the key for de-duplication.'),
    source: eventIdentifier.describe('The service that wrote it.'),
    type: z.literal(type),
    subject: eventIdentifier.describe('The account id, which is the Kafka key too.'),
    time: time.describe(
      'When it happened. At most 5 minutes ahead of the clock, and at most 7 days behind by default.',
    ),
    // Whatever stands here, the event is decided, and nothing counts as cut.
    traceparent: z
      .unknown()
      .optional()
      .describe(
        'Distributed tracing extension: W3C trace context, handed on to the decision. Anything else is not read.',
      ),
  };
}

function eventOf<T extends EventType>(type: T, id: string, description: string) {
  const data = z.object({ ...common, ...required[type], ...optional[type] });
  return z.object({ ...envelopeOf(type), data }).meta({ id, description });
}

function identityOf<T extends EventType>(type: T) {
  return z.object({ ...envelopeOf(type), data: z.object(required[type], { error: dataError }) });
}

/** An SDK that is given text writes it as a JSON string. */
function dataError({ input }: { readonly input?: unknown }): string | undefined {
  return typeof input === 'string'
    ? 'Expected an object, received a string: send the object and not its text.'
    : undefined;
}

// Does not compile when a schema and the domain's type of the same event disagree in a member, its type or its presence.
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the compiler compares two such functions for identity
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type AssertAllTrue<T extends Record<string, true>> = T;
/** Of the creation of the account the domain knows the number, and nobody else reads the text. */
type DataOf<T extends EventType> = Omit<Extract<WireEvent, { type: T }>['data'], 'account_created_at'>;
export type SchemasAgreeWithDomain = AssertAllTrue<
  {
    [T in EventType]: IsSame<DeepReadonly<DataOf<T>>, DeepReadonly<EventDataByType[T]>>;
  } & { everyType: IsSame<WireEvent['type'], EventType> }
>;
