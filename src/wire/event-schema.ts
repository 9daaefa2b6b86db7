import { z } from 'zod';
import type { EventDataByType, EventType } from '../domain/event.ts';
import {
  contentKinds,
  labelSources,
  labels,
  loginMethods,
  reportReasons,
  requestOutcomes,
  requestVerbs,
  statuses,
  verificationChannels,
} from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { identifier, text, time } from './primitives.ts';

/**
 * The schema of record for events: CloudEvents 1.0, JSON, structured mode. What is published, and what a dead letter says,
 * comes from here; `accept-event.ts` is its fast equal.
 *
 * - Unknown members of the envelope (extension attributes), of `data` and of `context` are allowed and not read.
 * - An optional member is absent when it is not known. JSON null is another type and is refused: accepting it would put a
 *   second spelling of "missing" before every reader.
 * - An optional string may be empty. Whoever reads it takes that for missing.
 */

/** 16 hex digits of either case: compare them as numbers or in one case. */
export const hashPattern = /^[0-9a-fA-F]{16}$/;

const durationMs = z.int().min(0).max(limits.durationMsMax);
const hash = z.string().regex(hashPattern, { error: 'Expected 16 hex digits.' });
const optionalIdentifier = z.string().max(limits.identifierLengthMax).exactOptional();
const optionalText = text.exactOptional();

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

const status = z.enum(statuses).describe('How the attempt ended.');
const verb = z.enum(requestVerbs);
const target = identifier.describe('Account id of the one who is asked.');

const dataSchemas = {
  'account.signup': z.object({
    context,
    status,
    email: optionalText,
    phone: optionalText.describe('E.164, such as +77011234567.'),
    username: optionalText,
    display_name: optionalText,
    form_ms: durationMs.exactOptional().describe("Whole milliseconds from the form's first sight to its submission."),
    captcha_ms: durationMs.exactOptional().describe('Whole milliseconds spent on the challenge.'),
    referrer: optionalText,
  }),
  'account.login': z.object({ context, status, method: z.enum(loginMethods) }),
  'account.verified': z.object({
    context,
    channel: z.enum(verificationChannels),
    status,
    after_ms: durationMs.exactOptional().describe('Whole milliseconds from the sending of the code to the answer.'),
  }),
  'account.profile_updated': z.object({
    context,
    username: optionalText,
    display_name: optionalText,
    bio: optionalText,
    avatar_hash: hash.exactOptional().describe('Perceptual hash of the picture.'),
  }),
  'social.request_sent': z.object({ context, verb, target }),
  'social.request_answered': z.object({ context, verb, target, outcome: z.enum(requestOutcomes) }),
  'content.created': z.object({
    context,
    kind: z.enum(contentKinds),
    target: optionalIdentifier.describe('Account id of the one whom it is addressed to.'),
    text_hash: hash.exactOptional().describe('Similarity hash of the text.'),
    link_domains: z.array(text).max(limits.linkDomainsMax).exactOptional().describe('Host names of the links in it.'),
  }),
  'account.reported': z.object({
    context,
    reason: z.enum(reportReasons),
    reporter: optionalIdentifier.describe('Account id of the one who reports.'),
  }),
  'account.labelled': z.object({ context, label: z.enum(labels), by: z.enum(labelSources) }),
  'account.erasure_requested': z.object({ context }),
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
  'account.labelled': eventOf('account.labelled', 'Labelled', 'It became known what an account is.'),
  'account.erasure_requested': eventOf('account.erasure_requested', 'ErasureRequested', 'Forget this account.'),
};

/** Every event of the contract, discriminated by `type`. */
export const eventSchema = z.discriminatedUnion('type', [
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
]);

/** The name of every member of the contract, at whatever place: none of them is personal data. */
export const contractMembers: ReadonlySet<string> = new Set(
  Object.values(eventSchemas).flatMap(({ shape }) => {
    const data = shape.data.shape;
    return [shape, data, data.context.unwrap().shape].flatMap((members) => Object.keys(members));
  }),
);

/** An event as it travels: the envelope of CloudEvents around the domain's data. */
export type WireEvent = z.output<typeof eventSchema>;

function eventOf<T extends EventType>(type: T, id: string, description: string) {
  return z
    .object({
      specversion: z.literal('1.0'),
      id: identifier.describe('Unique per source: the key for de-duplication.'),
      source: identifier.describe('The service that wrote it.'),
      type: z.literal(type),
      subject: identifier.describe('The account id, which is the Kafka key too.'),
      time: time.describe('When it happened. At most 5 minutes ahead of the clock.'),
      data: dataSchemas[type],
    })
    .meta({ id, description });
}

// Does not compile when a schema and the domain's type of the same event disagree in a member, its type or its presence.
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the compiler compares two such functions for identity
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type AssertAllTrue<T extends Record<string, true>> = T;
type DataOf<T extends EventType> = Extract<WireEvent, { type: T }>['data'];
export type SchemasAgreeWithDomain = AssertAllTrue<
  {
    [T in EventType]: IsSame<DeepReadonly<DataOf<T>>, DeepReadonly<EventDataByType[T]>>;
  } & { everyType: IsSame<WireEvent['type'], EventType> }
>;
