import { groupActions, groupEdgeKinds, groupHolds } from '../../../src/domain/group-verdict.ts';
import * as fc from 'fast-check';
import type { Decision } from '../../../src/domain/decision.ts';
import { actions, degradations, modelRoles, modes } from '../../../src/domain/decision.ts';
import type { EventType } from '../../../src/domain/event.ts';
import * as vocabulary from '../../../src/domain/event.ts';
import { limits } from '../../../src/domain/limits.ts';
import { codePoint } from '../../code-point.ts';

/** Stands in every free text of generated events, and in no name of the contract: whoever cites an event cites it. */
export const marker = '⟦';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

export type GeneratedEvent = Record<'specversion' | 'id' | 'source' | 'type' | 'subject' | 'time', string> & {
  readonly data: { [member: string]: Json };
};

function textOf(lengthMax: number): fc.Arbitrary<string> {
  const short = fc.string({ unit: codePoint, maxLength: 20 });
  const atLimit = fc.constant('x'.repeat(lengthMax - 1));
  return fc.oneof({ weight: 9, arbitrary: short }, atLimit).map((text) => marker + text);
}

const text = fc.oneof({ weight: 5, arbitrary: textOf(limits.stringLengthMax) }, fc.constant(''));
const identifier = textOf(limits.identifierLengthMax).map((name) => name.replaceAll('\0', '0'));
const optionalIdentifier = fc.oneof(identifier, fc.constant(''));
const durationMs = fc.oneof(fc.nat(limits.durationMsMax), fc.constantFrom(0, limits.durationMsMax));
const hash = fc.stringMatching(/^[0-9a-fA-F]{16}$/);
const status = fc.constantFrom(...vocabulary.statuses);
const verb = fc.constantFrom(...vocabulary.requestVerbs);

const context = fc.record(
  {
    ip: text,
    device_id: optionalIdentifier,
    user_agent: text,
    locale: text,
    timezone: text,
    screen: text,
    app_version: text,
  },
  { requiredKeys: [] },
);

/** An RFC 3339 time up to 2026, in UTC or with an offset. */
export const time = fc
  .tuple(
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('2026-11-23T00:00:00Z'), noInvalidDate: true }),
    fc.option(fc.integer({ min: -1_439, max: 1_439 })),
  )
  .map(([date, offset]) => (offset === null ? date.toISOString() : withOffset(date, offset)));

function withOffset(date: Date, offsetMinutes: number): string {
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

const dataByType: Record<EventType, fc.Arbitrary<object>> = {
  'account.signup': fc.record(
    {
      context,
      status,
      email: text,
      phone: text,
      username: text,
      display_name: text,
      form_ms: durationMs,
      captcha_ms: durationMs,
      referrer: text,
    },
    { requiredKeys: ['status'] },
  ),
  'account.login': fc.record(
    { context, status, method: fc.constantFrom(...vocabulary.loginMethods) },
    { requiredKeys: ['status', 'method'] },
  ),
  'account.verified': fc.record(
    { context, channel: fc.constantFrom(...vocabulary.verificationChannels), status, after_ms: durationMs },
    { requiredKeys: ['channel', 'status'] },
  ),
  'account.profile_updated': fc.record(
    { context, username: text, display_name: text, bio: text, avatar_hash: hash },
    { requiredKeys: [] },
  ),
  'social.request_sent': fc.record({ context, verb, target: identifier }, { requiredKeys: ['verb', 'target'] }),
  'social.request_answered': fc.record(
    { context, verb, target: identifier, outcome: fc.constantFrom(...vocabulary.requestOutcomes) },
    { requiredKeys: ['verb', 'target', 'outcome'] },
  ),
  'content.created': fc.record(
    {
      context,
      kind: fc.constantFrom(...vocabulary.contentKinds),
      target: optionalIdentifier,
      text_hash: hash,
      link_domains: fc.array(text, { maxLength: 4 }),
    },
    { requiredKeys: ['kind'] },
  ),
  'account.reported': fc.record(
    { context, reason: fc.constantFrom(...vocabulary.reportReasons), reporter: optionalIdentifier },
    { requiredKeys: ['reason'] },
  ),
  'account.labelled': fc.record(
    {
      context,
      label: fc.constantFrom(...vocabulary.labels),
      by: fc.constantFrom(...vocabulary.labelSources),
    },
    { requiredKeys: ['label', 'by'] },
  ),
  'account.erasure_requested': fc.record({ context }, { requiredKeys: [] }),
  'account.hold_placed': fc.record(
    { context, authority: identifier, reference: identifier, until: fc.constantFrom('2027-02-23T00:00:00Z') },
    { requiredKeys: ['authority', 'reference'] },
  ),
  'account.hold_lifted': fc.record(
    { context, authority: identifier, reference: identifier },
    { requiredKeys: ['authority', 'reference'] },
  ),
  'account.group_verdict': fc.record(
    {
      context,
      cohort: fc.stringMatching(/^coh_[0-9a-f]{32}$/),
      action: fc.constantFrom(...groupActions),
      due: fc.constantFrom(...groupActions),
      held_by: fc.subarray([...groupHolds]),
      revision: fc.integer({ min: 1 }),
      kinds: fc.subarray([...groupEdgeKinds], { minLength: 1 }),
      ties: fc.array(fc.record({ kind: fc.constantFrom(...groupEdgeKinds), accounts: fc.integer({ min: 2 }) }), {
        maxLength: groupEdgeKinds.length,
      }),
      size: fc.integer({ min: 2 }),
      terms: fc.stringMatching(/^[0-9a-f]{16}$/),
    },
    { requiredKeys: ['cohort', 'action', 'due', 'held_by', 'revision', 'kinds', 'ties', 'size'] },
  ),
  'account.listed': fc.record(
    {
      context,
      list: fc.constantFrom('partners', 'burnt-2'),
      kind: fc.constantFrom('allow' as const, 'deny' as const),
      entry: fc.constant('9f86d081884c7d65'),
    },
    { requiredKeys: ['list', 'kind', 'entry'] },
  ),
};

/** Events that the contract allows, of all types. */
export const validEvent: fc.Arbitrary<GeneratedEvent> = fc
  .constantFrom(...vocabulary.eventTypes)
  .chain((type) =>
    fc.record({
      specversion: fc.constant('1.0'),
      id: identifier,
      source: identifier,
      type: fc.constant(type),
      subject: identifier,
      time,
      data: dataByType[type],
    }),
  )
  .chain((event) => fc.constantFrom(event, { ...event, data: { ...event.data, account_created_at: event.time } }))
  .chain((event) =>
    event.type === 'account.labelled'
      ? fc.constantFrom(event, { ...event, data: { ...event.data, asked_at: event.time } })
      : fc.constant(event),
  )
  // Plain JSON, without the bare prototypes that fast-check gives to some records.
  .map((event) => JSON.parse(JSON.stringify(event)) as GeneratedEvent);

/** Values that stand near the edges of what some member allows, and others that no member allows. */
const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -0, -1, 0.5, 1e300, limits.durationMsMax + 1, '', '1.0', [], {}),
  fc.constantFrom(255, 256, 257, 1_023, 1_024, 1_025).map((length) => marker.padEnd(length, 'x')),
  fc.constantFrom<Json>('0123456789abcdef', '0123456789abcdeg', '0123456789abcdef0', '2026-02-30T00:00:00Z'),
  fc.constantFrom<Json>(...vocabulary.eventTypes, ...vocabulary.statuses, ...vocabulary.contentKinds),
  fc.constantFrom<Json>(Array<string>(32).fill(''), Array<string>(33).fill(''), [marker, null], { ip: 1 }),
  fc.constantFrom(
    '\ud83d',
    'a\udc00',
    'a\0',
    '🙂'.repeat(256),
    '🙂'.repeat(257),
    '🙂'.repeat(1_024),
    '🙂'.repeat(1_025),
  ),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
);

type Mutation = (event: Json) => void;

const mutation: fc.Arbitrary<Mutation> = fc
  .tuple(fc.nat(), fc.constantFrom('replace', 'delete', 'add'), oddValue, fc.string({ maxLength: 5 }))
  .map(([pick, kind, value, key]) => (event) => {
    const places = placesIn(event);
    const place = places[pick % places.length];
    if (place === undefined) return;
    if (kind === 'replace') place.parent[place.key] = structuredClone(value);
    if (kind === 'delete') delete place.parent[place.key];
    if (kind === 'add') place.parent[marker + key] = structuredClone(value);
  });

/** Valid events with one to three of their members replaced, taken away or added. Many are still valid. */
export const mutatedEvent: fc.Arbitrary<Json> = fc
  .tuple(validEvent, fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([event, mutations]) => {
    for (const mutate of mutations) mutate(event);
    return JSON.parse(JSON.stringify(event)) as Json;
  });

interface Place {
  readonly parent: Record<string, Json>;
  readonly key: string;
}

/** Every member of every object in `value`. */
function placesIn(value: Json | undefined): Place[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const own = Object.keys(value).map((key) => ({ parent: value, key }));
  return own.concat(Object.values(value).flatMap(placesIn));
}

const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);

/** Decisions that the domain allows. */
export const decision: fc.Arbitrary<Decision> = fc.record(
  {
    id: decisionId(),
    subject: identifier,
    timeMs: fc.nat(4e12),
    action: fc.constantFrom(...actions),
    score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    mode: fc.constantFrom(...modes),
    cause: fc.constant({ kind: 'event' } as const),
    reasons: fc.array(
      fc.record(
        {
          code: identifier,
          text,
          feature: identifier,
          value: fc.oneof(fc.double(), fc.float(), fc.integer()),
          contribution: fc.double({ min: 0, max: 1, noNaN: true }),
        },
        { requiredKeys: ['code', 'text', 'contribution'] },
      ),
      { maxLength: limits.reasonsMax },
    ),
    rules: fc.array(fc.record({ id: identifier, version: fc.nat() }), { maxLength: 3 }),
    trigger: fc.record({
      eventId: identifier,
      type: fc.constantFrom(...vocabulary.eventTypes),
      topic: identifier,
      partition: fc.nat(),
      offset: fc.maxSafeNat(),
    }),
    account: fc.record({ exists: fc.boolean(), createdMs: fc.nat(4e12), reported: fc.boolean() }, { requiredKeys: [] }),
    model: fc.record({
      name: identifier,
      version: identifier,
      sha256: sha256,
      role: fc.constantFrom(...modelRoles),
    }),
    policy: fc.record({ version: identifier, sha256: sha256 }),
    supersedes: decisionId(),
    degraded: fc.subarray([...degradations]),
  },
  {
    requiredKeys: [
      'id',
      'subject',
      'timeMs',
      'action',
      'score',
      'mode',
      'cause',
      'reasons',
      'rules',
      'trigger',
      'model',
      'policy',
      'degraded',
    ],
  },
);

function decisionId(): fc.Arbitrary<string> {
  return fc.stringMatching(/^dec_[0-9a-f]{32}$/);
}
