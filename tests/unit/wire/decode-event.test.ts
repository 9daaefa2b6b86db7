import assert from 'node:assert/strict';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../src/domain/event.ts';
import { eventTypes } from '../../../src/domain/event.ts';
import type { FailureCode } from '../../../src/domain/failure.ts';
import { limits } from '../../../src/domain/limits.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';
import { holdWordOf } from '../../../src/wire/hold-word.ts';
import { binary, binaryHeaders, json, nowMs, record, signup, signupWith } from './records.ts';

type Malformed = readonly [what: string, value: Uint8Array | null, code: FailureCode, path: string];

const long = 'x'.repeat(limits.stringLengthMax + 1);
const longIdentifier = 'x'.repeat(limits.identifierLengthMax + 1);

const login = replacingData('account.login');
const profile = replacingData('account.profile_updated');
const asked = replacingData('social.request_sent');
const answered = replacingData('social.request_answered');
const content = replacingData('content.created');
const reported = replacingData('account.reported');
const labelled = replacingData('account.labelled');
const held = replacingData('account.hold_placed');

function replacingData(type: EventType): (members: object) => Uint8Array {
  return (members) => json({ ...exampleEvents[type], data: members });
}

function envelope(members: object): Uint8Array {
  return json(signupWith(members));
}

function data(members: object): Uint8Array {
  return json(signupWith({}, members));
}

function post(members: object): Uint8Array {
  return content({ kind: 'post', ...members });
}

function context(members: object): Uint8Array {
  return json(signupWith({}, {}, members));
}

function formMs(literal: string): Uint8Array {
  return text(JSON.stringify(signup).replace('38400', literal));
}

function text(value: string): Uint8Array {
  return Buffer.from(value);
}

/** The example signup as text, with raw JSON put in front of the members of data. */
function signupText(members: string): Uint8Array {
  return text(JSON.stringify(signup).replace('"data":{', `"data":{${members},`));
}

/** So many members that no contract knows. */
function membersOf(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`extra${index}`, index]));
}

/** `levels` arrays inside each other. */
function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function without(event: object, member: string): Uint8Array {
  return json(Object.fromEntries(Object.entries(event).filter(([name]) => name !== member)));
}

const malformed: readonly Malformed[] = [
  // Bytes.
  ['no value', null, 'EVENT_EMPTY', '$'],
  ['an empty value', text(''), 'EVENT_EMPTY', '$'],
  ['a value over the limit', text(`{"x":"${'x'.repeat(limits.eventBytesMax)}"}`), 'EVENT_TOO_LARGE', '$'],
  ['a byte that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'EVENT_NOT_UTF8', '$'],
  ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'EVENT_NOT_UTF8', '$'],
  ['a surrogate encoded as such', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'EVENT_NOT_UTF8', '$'],
  ['a cut sequence at the end', Buffer.from([0x22, 0xd0]), 'EVENT_NOT_UTF8', '$'],
  ['white space', text('  \n'), 'EVENT_NOT_JSON', '$'],
  ['half an object', text('{"specversion":"1.0",'), 'EVENT_NOT_JSON', '$'],
  ['text after the object', text(`${JSON.stringify(signup)}{}`), 'EVENT_NOT_JSON', '$'],
  ['a raw control character in a string', text('{"a":"\n"}'), 'EVENT_NOT_JSON', '$'],
  ['NaN', signupText('"form_ms":NaN'), 'EVENT_NOT_JSON', '$'],
  ['Infinity', signupText('"form_ms":-Infinity'), 'EVENT_NOT_JSON', '$'],
  ['a number with a leading zero', signupText('"form_ms":01'), 'EVENT_NOT_JSON', '$'],
  ['a NUL byte', text(`${JSON.stringify(signup)}\0`), 'EVENT_NOT_JSON', '$'],

  // A lone surrogate or NUL where it would become part of keys and ids.
  [
    'a lone surrogate in the id',
    text(JSON.stringify(signup).replace('01JDE7', String.raw`\ud83d`)),
    'EVENT_LONE_SURROGATE',
    '$.id',
  ],
  [
    'a lone surrogate in a target',
    asked({ verb: 'friend', target: '\ud800' }),
    'EVENT_LONE_SURROGATE',
    '$.data.target',
  ],
  ['NUL in the subject', envelope({ subject: 'acc\0' }), 'EVENT_WRONG_VALUE', '$.subject'],
  ['NUL in a target', asked({ verb: 'friend', target: '\0' }), 'EVENT_WRONG_VALUE', '$.data.target'],

  // More than an event may have.
  ['513 members', envelope(membersOf(490)), 'EVENT_TOO_MANY_MEMBERS', '$'],
  ['513 containers', signupText(`"extra":[${Array(509).fill('[]').join()}]`), 'EVENT_TOO_MANY_MEMBERS', '$'],
  ['as many levels as fit', text(nested(limits.eventBytesMax / 2)), 'EVENT_TOO_MANY_MEMBERS', '$'],
  ['a lone surrogate as the whole', text(String.raw`"\ud800"`), 'EVENT_NOT_CLOUDEVENT', '$'],

  // The envelope.
  ['null', text('null'), 'EVENT_NOT_CLOUDEVENT', '$'],
  ['a number', text('5'), 'EVENT_NOT_CLOUDEVENT', '$'],
  ['no specversion', without(signup, 'specversion'), 'EVENT_NOT_CLOUDEVENT', '$.specversion'],
  ['another specversion', envelope({ specversion: '0.3' }), 'EVENT_NOT_CLOUDEVENT', '$.specversion'],
  ['specversion as a number', envelope({ specversion: 1 }), 'EVENT_NOT_CLOUDEVENT', '$.specversion'],
  ['no id', without(signup, 'id'), 'EVENT_MISSING_MEMBER', '$.id'],
  ['no source', without(signup, 'source'), 'EVENT_MISSING_MEMBER', '$.source'],
  ['no type', without(signup, 'type'), 'EVENT_MISSING_MEMBER', '$.type'],
  ['no subject', without(signup, 'subject'), 'EVENT_MISSING_MEMBER', '$.subject'],
  ['no time', without(signup, 'time'), 'EVENT_MISSING_MEMBER', '$.time'],
  ['no data', without(signup, 'data'), 'EVENT_MISSING_MEMBER', '$.data'],
  ['id as a number', envelope({ id: 7 }), 'EVENT_WRONG_TYPE', '$.id'],
  ['an empty id', envelope({ id: '' }), 'EVENT_WRONG_VALUE', '$.id'],
  ['a long id', envelope({ id: longIdentifier }), 'EVENT_STRING_TOO_LONG', '$.id'],
  ['an empty source', envelope({ source: '' }), 'EVENT_WRONG_VALUE', '$.source'],
  ['a long source', envelope({ source: longIdentifier }), 'EVENT_STRING_TOO_LONG', '$.source'],
  ['subject as null', envelope({ subject: null }), 'EVENT_WRONG_TYPE', '$.subject'],
  ['a long subject', envelope({ subject: longIdentifier }), 'EVENT_STRING_TOO_LONG', '$.subject'],
  ['an unknown type', envelope({ type: 'account.deleted' }), 'EVENT_UNKNOWN_TYPE', '$.type'],
  ['the type of a decision', envelope({ type: 'account.decision' }), 'EVENT_UNKNOWN_TYPE', '$.type'],
  ['a type that every object has', envelope({ type: 'constructor' }), 'EVENT_UNKNOWN_TYPE', '$.type'],
  ['type in other case', envelope({ type: 'Account.Signup' }), 'EVENT_UNKNOWN_TYPE', '$.type'],
  ['type as an array', envelope({ type: ['account.signup'] }), 'EVENT_WRONG_TYPE', '$.type'],
  ['data as a string', envelope({ data: JSON.stringify(signup.data) }), 'EVENT_WRONG_TYPE', '$.data'],
  ['data as an array', envelope({ data: [] }), 'EVENT_WRONG_TYPE', '$.data'],
  ['data as null', envelope({ data: null }), 'EVENT_WRONG_TYPE', '$.data'],

  // Time.
  ['time as a number', envelope({ time: nowMs }), 'EVENT_WRONG_TYPE', '$.time'],
  ['time without a zone', envelope({ time: '2026-11-24T04:36:51.123' }), 'EVENT_WRONG_TIME', '$.time'],
  ['time on 30 February', envelope({ time: '2026-02-30T04:36:51.123Z' }), 'EVENT_WRONG_TIME', '$.time'],
  ['an empty time', envelope({ time: '' }), 'EVENT_WRONG_TIME', '$.time'],
  ['a long time', envelope({ time: `2026-11-24T04:36:51.${'0'.repeat(64)}Z` }), 'EVENT_STRING_TOO_LONG', '$.time'],

  // Data.
  ['no status', data({ status: undefined }), 'EVENT_MISSING_MEMBER', '$.data.status'],
  ['an unknown status', data({ status: 'done' }), 'EVENT_WRONG_VALUE', '$.data.status'],
  ['status as true', data({ status: true }), 'EVENT_WRONG_TYPE', '$.data.status'],
  ['no method', login({ status: 'failed' }), 'EVENT_MISSING_MEMBER', '$.data.method'],
  ['an unknown method', login({ status: 'failed', method: 'sms' }), 'EVENT_WRONG_VALUE', '$.data.method'],
  ['no target', asked({ verb: 'friend' }), 'EVENT_MISSING_MEMBER', '$.data.target'],
  ['an empty target', asked({ verb: 'friend', target: '' }), 'EVENT_WRONG_VALUE', '$.data.target'],
  ['an unknown verb', asked({ verb: 'poke', target: 'a' }), 'EVENT_WRONG_VALUE', '$.data.verb'],
  ['no outcome', answered({ verb: 'friend', target: 'a' }), 'EVENT_MISSING_MEMBER', '$.data.outcome'],
  ['an unknown kind', content({ kind: 'poll' }), 'EVENT_WRONG_VALUE', '$.data.kind'],
  ['an unknown reason', reported({ reason: 'rude' }), 'EVENT_WRONG_VALUE', '$.data.reason'],
  ['an unknown label', labelled({ label: 'bot', by: 'review' }), 'EVENT_WRONG_VALUE', '$.data.label'],
  ['an unknown source of a label', labelled({ label: 'fake', by: 'guess' }), 'EVENT_WRONG_VALUE', '$.data.by'],
];

const court = { authority: 'court', reference: 'A' };
const appeal = (asked_at: string) => labelled({ label: 'genuine', by: 'appeal', asked_at });

type Lenient = readonly [what: string, value: Uint8Array, malformed: string];

const lenient: readonly Lenient[] = [
  ['email as a number', data({ email: 5 }), 'email'],
  ['email as an object', data({ email: {} }), 'email'],
  ['a long email', data({ email: long }), 'email'],
  ['a long phone', data({ phone: long }), 'phone'],
  ['a long username', data({ username: long }), 'username'],
  ['a long display name', data({ display_name: long }), 'display_name'],
  ['a long referrer', data({ referrer: long }), 'referrer'],
  ['form_ms as a string', data({ form_ms: '38400' }), 'form_ms'],
  ['a negative form_ms', data({ form_ms: -1 }), 'form_ms'],
  ['a fraction of a millisecond', data({ form_ms: 0.5 }), 'form_ms'],
  ['form_ms of over a year', data({ form_ms: 3.2e10 }), 'form_ms'],
  ['a number too big for any', formMs('1e999'), 'form_ms'],
  ['a negative captcha_ms', data({ captcha_ms: -5 }), 'captcha_ms'],
  ['context as a string', data({ context: 'mobile' }), 'context'],
  ['context as an array', data({ context: [] }), 'context'],
  ['ip as a number', context({ ip: 1600055818 }), 'context.ip'],
  ['a long device id', context({ device_id: longIdentifier }), 'context.device_id'],
  ['a long user agent', context({ user_agent: long }), 'context.user_agent'],
  ['locale as an array', context({ locale: ['kk'] }), 'context.locale'],
  ['timezone as a number', context({ timezone: 5 }), 'context.timezone'],
  ['screen as an object', context({ screen: {} }), 'context.screen'],
  ['app_version as a number', context({ app_version: 11.2 }), 'context.app_version'],
  ['a short hash', profile({ avatar_hash: 'c3d4' }), 'avatar_hash'],
  ['a hash as a number', profile({ avatar_hash: 1 }), 'avatar_hash'],
  ['a long bio', profile({ bio: long }), 'bio'],
  ['a hash with other letters', post({ text_hash: 'g'.repeat(16) }), 'text_hash'],
  ['domains as a string', post({ link_domains: 'a.org' }), 'link_domains'],
  ['too many domains', post({ link_domains: Array(33).fill('a.org') }), 'link_domains'],
  ['a domain as null', post({ link_domains: ['a.org', null] }), 'link_domains'],
  ['a long domain', post({ link_domains: [long] }), 'link_domains'],
  ['a long reporter', reported({ reason: 'spam', reporter: longIdentifier }), 'reporter'],
  ['a lone surrogate in a bio', profile({ bio: 'x\ud83d' }), 'bio'],
  ['a lone surrogate in a user agent', context({ user_agent: '\ude00' }), 'context.user_agent'],
  ['a lone surrogate in a domain', post({ link_domains: ['\ud800'] }), 'link_domains'],
  ['an account created at no time', data({ account_created_at: 'yesterday' }), 'account_created_at'],
  ['an account created in the year 1', data({ account_created_at: '0001-01-01T00:00:00Z' }), 'account_created_at'],
  [
    'an account created after the event',
    data({ account_created_at: '2026-11-24T04:41:51.124Z' }),
    'account_created_at',
  ],
  ['an appeal of the year 1', appeal('0001-01-01T00:00:00Z'), 'asked_at'],
  ['an appeal of 1970', appeal('1970-01-01T00:00:00Z'), 'asked_at'],
  ['an appeal that was sent after its answer', appeal('2027-01-01T00:00:00Z'), 'asked_at'],
  ['a hold until the year 1', held({ ...court, until: '0001-01-01T00:00:00Z' }), 'until'],
  ['a hold until 1970', held({ ...court, until: '1970-01-01T00:00:00Z' }), 'until'],
];

describe('decodeEvent', () => {
  it.each(eventTypes)('decodes %s in structured mode', (type) => {
    const { time, specversion: _, ...members } = exampleEvents[type];
    const { account_created_at: createdAt } = members.data;
    expect(decodeEvent(record(json(exampleEvents[type])))).toEqual({
      ok: true,
      value: {
        ...members,
        timeMs: Date.parse(time),
        malformed: [],
        ...(createdAt === undefined ? {} : { accountCreatedMs: Date.parse(createdAt) }),
      },
    });
  });

  it.each(eventTypes)('decodes %s in binary mode to the same event', (type) => {
    const structured = decodeEvent(record(json(exampleEvents[type])));
    expect(decodeEvent(binary(exampleEvents[type]))).toEqual(structured);
  });

  it.each(malformed)('refuses %s', (_, value, code, path) => {
    expect(decodeEvent(record(value))).toMatchObject({ ok: false, failure: { code, path } });
  });

  it.each(lenient)('decides an event with %s, and tells which member it was', (_, value, member) => {
    expect(decodeEvent(record(value))).toMatchObject({ ok: true, value: { malformed: [member] } });
  });

  // What is kept by order of a court would be forgotten, since a service wrote that the hold has no end as its languages do.
  it('has a hold stand until it is lifted where its end says nothing', () => {
    const decoded = decodeEvent(record(held({ ...court, until: '0001-01-01T00:00:00Z' })));
    assert(decoded.ok);
    expect(holdWordOf(decoded.value, 0)).toMatchObject({ type: 'account.hold_placed', untilMs: null });
  });

  it('cuts what is too long between characters, and leaves out what is wrong', () => {
    const value = json(
      signupWith({}, { email: 5, form_ms: 900.5, username: '🙂'.repeat(1_025) }, { user_agent: long, screen: 5 }),
    );
    const decoded = decodeEvent(record(value));
    expect(decoded).toMatchObject({
      value: {
        data: { status: 'succeeded', phone: '+77011234567', context: { ip: '95.56.234.10' } },
        malformed: ['email', 'username', 'form_ms', 'context.user_agent', 'context.screen'],
      },
    });
    const { data: kept } = (decoded as unknown as { value: { data: Record<string, unknown> } }).value;
    expect(kept).not.toHaveProperty('email');
    expect(kept).not.toHaveProperty('form_ms');
    expect(kept['context']).not.toHaveProperty('screen');
    expect(kept['username']).toBe('🙂'.repeat(1_024));
    expect(kept['context']).toHaveProperty('user_agent', 'x'.repeat(1_024));
  });

  it('keeps the domains that are good, and as many as are allowed', () => {
    const some = decodeEvent(record(post({ link_domains: ['a.org', null, { b: 1 }, long, 'c.org'] })));
    expect(some).toMatchObject({ value: { data: { link_domains: ['a.org', long.slice(1), 'c.org'] } } });
    const many = decodeEvent(record(post({ link_domains: Array(33).fill('a.org') })));
    expect(many).toMatchObject({ value: { data: { link_domains: Array(32).fill('a.org') } } });
  });

  it('takes null for absent in optional members, which is no fault', () => {
    const value = json(
      signupWith({}, { email: null, form_ms: null, account_created_at: null }, { ip: null, screen: null }),
    );
    const decoded = decodeEvent(record(value));
    expect(decoded).toMatchObject({ ok: true, value: { malformed: [] } });
    expect(JSON.stringify(decoded)).not.toContain('null');
    expect(decodeEvent(record(data({ context: null })))).toMatchObject({ ok: true, value: { malformed: [] } });
  });

  it('reads when the account was created', () => {
    const createdAt = '2019-03-01T10:00:00+05:00';
    expect(
      decodeEvent(record(login({ status: 'failed', method: 'otp', account_created_at: createdAt }))),
    ).toMatchObject({
      value: { accountCreatedMs: Date.parse(createdAt), malformed: [] },
    });
  });

  it.each<[string, Uint8Array]>([
    ['extension attributes', envelope({ traceparent: '00-1-1-00', datacontenttype: 'application/json' })],
    ['unknown members of data', data({ extra: { deep: [1, 2, { more: null }] }, n: 1e300 })],
    ['unknown members of the context', context({ battery: 0.4 })],
    ['an unknown number too big for any', signupText('"extra":1e999')],
    ['an unknown string longer than known ones may be', data({ extra: long })],
    ['a data without context', data({ context: undefined })],
    ['an empty context', data({ context: {} })],
    ['empty optional strings', json(signupWith({}, { email: '', phone: '', username: '' }, { device_id: '' }))],
    ['strings at their limit', json(signupWith({ id: longIdentifier.slice(1) }, { email: long.slice(1) }))],
    ['numbers at their limits', data({ form_ms: 0, captcha_ms: limits.durationMsMax })],
    ['a number in scientific notation', formMs('3.84e4')],
    ['a hash in upper case', profile({ avatar_hash: 'C3D4A1B2E5F60718' })],
    ['no domains', post({ link_domains: [] })],
    ['time years behind', envelope({ time: '2001-01-01T00:00:00Z' })],
    ['a member that is there twice', signupText('"status":5')],
    ['many levels of unknown members', signupText(`"extra":${nested(500)}`)],
    ['512 containers', signupText(`"extra":[${Array(508).fill('[]').join()}]`)],
    ['512 members', envelope(membersOf(489))],
    [
      'a colon in strings for each member that is allowed',
      data({ bio: ':'.repeat(1_000), extra: ':[{'.repeat(2_000) }),
    ],
    ['a byte order mark', text(`\ufeff${JSON.stringify(signup)}`)],
    ['__proto__ in data', signupText('"__proto__":{"email":"a"}')],
    ['__proto__ at the top', text(JSON.stringify(signup).replace('{', '{"__proto__":null,'))],
    ['a lone surrogate in an unknown member', signupText(String.raw`"extra":"\uDE00x"`)],
    ['a lone surrogate in an unknown key', signupText(String.raw`"\ud83d":1`)],
    ['NUL in what a client chooses', context({ user_agent: 'a\0b' })],
    ['512 to 1,024 emoji', data({ display_name: '🙂'.repeat(1_024) })],
    ['brackets in strings', data({ display_name: '{[{[{[{[{[{[{[{[{[{[{[{[' })],
    ['__proto__ as a value', data({ username: '__proto__' })],
    ['members called like those of every object', data({ constructor: 1, toString: null })],
    ['a whole pair of escaped surrogates', signupText(String.raw`"bio":"\ud83d\ude00"`)],
    ['an escaped backslash before a u', signupText(String.raw`"bio":"\\ud83d"`)],
    ['letters of other scripts', data({ display_name: 'Әйгерім 🙂' })],
    ['white space around', text(` ${JSON.stringify(signup, null, 2)}\n`)],
  ])('accepts %s', (_, value) => {
    expect(decodeEvent(record(value))).toMatchObject({ ok: true });
  });

  it('reads bytes that are a view into a larger buffer', () => {
    const bytes = json(signup);
    const larger = new Uint8Array(bytes.length + 20).fill(0xff);
    larger.set(bytes, 7);
    expect(decodeEvent(record(larger.subarray(7, 7 + bytes.length))).ok).toBe(true);
  });

  it('keeps unknown members of data out of the way, in data', () => {
    const result = decodeEvent(record(json(signupWith({}, { plan: 'free' }))));
    expect(result).toMatchObject({ ok: true, value: { data: { plan: 'free' } } });
  });

  it('accepts the largest value', () => {
    const room = limits.eventBytesMax - json(signupWith({ padding: '' })).length;
    const value = json(signupWith({ padding: 'x'.repeat(room) }));
    expect(value).toHaveLength(limits.eventBytesMax);
    expect(decodeEvent(record(value)).ok).toBe(true);
  });
});

describe('decodeEvent in binary mode', () => {
  it.each<[string, object, FailureCode, string]>([
    ['no specversion', { specversion: undefined }, 'EVENT_NOT_CLOUDEVENT', '$.specversion'],
    ['no id', { id: undefined }, 'EVENT_MISSING_MEMBER', '$.id'],
    ['an unknown type', { type: 'account.deleted' }, 'EVENT_UNKNOWN_TYPE', '$.type'],
    ['a wrong time', { time: 'yesterday' }, 'EVENT_WRONG_TIME', '$.time'],
    ['data as an array', { data: [1] }, 'EVENT_WRONG_TYPE', '$.data'],
    ['a wrong member of data', { data: { status: 5 } }, 'EVENT_WRONG_TYPE', '$.data.status'],
  ])('refuses %s', (_, members, code, path) => {
    const event = Object.entries({ ...signup, ...members }).filter(([, value]) => value !== undefined);
    expect(decodeEvent(binary(Object.fromEntries(event)))).toMatchObject({ ok: false, failure: { code, path } });
  });

  it('refuses a header that is not UTF-8', () => {
    const { value } = binary(signup);
    const headers = binaryHeaders(signup);
    expect(decodeEvent(record(value, { ...headers, ce_subject: Buffer.from([0xff]) }))).toMatchObject({
      failure: { code: 'EVENT_NOT_UTF8', path: '$.subject' },
    });
  });

  it('refuses an empty value', () => {
    expect(decodeEvent(record(null, binaryHeaders(signup)))).toMatchObject({
      failure: { code: 'EVENT_EMPTY' },
    });
  });

  it('says that a header is missing where its value is null', () => {
    const { value } = binary(signup);
    const headers = binaryHeaders(signup);
    expect(decodeEvent(record(value, { ...headers, ce_subject: undefined }))).toMatchObject({
      failure: {
        code: 'EVENT_MISSING_MEMBER',
        path: '$.subject',
        message: 'The header ce_subject is missing or null.',
      },
    });
    expect(decodeEvent(record(value, { ...headers, 'content-type': undefined, ce_traceparent: undefined })).ok).toBe(
      true,
    );
  });

  it.each<[string, Record<string, string>]>([
    ['no content type', {}],
    ['Content-Type in capitals', { 'Content-Type': 'application/cloudevents+json' }],
    ["Spring's contentType", { contentType: 'application/cloudevents+json' }],
    ['parameters', { 'content-type': 'APPLICATION/CloudEvents+JSON ; charset=UTF-8' }],
    ['the content type of data', { 'content-type': 'application/json' }],
  ])('takes a whole event in the value for what it is, beside ce_ headers: %s', (_, headers) => {
    const attributes = Object.entries(binaryHeaders(signup)).filter(([name]) => name !== 'content-type');
    const both = { ...Object.fromEntries(attributes), ...headers };
    expect(decodeEvent(record(json(signup), both))).toEqual(decodeEvent(record(json(signup))));
  });

  it.each([(name: string) => name.replace('_', '-'), (name: string) => name.toUpperCase()])(
    'reads headers that are spelt in another way',
    (spell) => {
      const { value } = binary(signup);
      const headers = binaryHeaders(signup);
      const spelt = Object.fromEntries(Object.entries(headers).map(([name, header]) => [spell(name), header]));
      expect(decodeEvent(record(value, spelt))).toEqual(decodeEvent(record(json(signup))));
    },
  );
});

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

describe('decodeEvent and what serializers make of events', () => {
  const { data: signupData, ...attributes } = signup;

  it('reads data_base64, which SDKs write when they are given bytes', () => {
    const value = json({ ...attributes, data_base64: base64(JSON.stringify(signupData)) });
    expect(decodeEvent(record(value))).toEqual(decodeEvent(record(json(signup))));
    expect(decodeEvent(record(json({ ...signup, data_base64: null }))).ok).toBe(true);
  });

  it.each<[string, (encoded: string) => string]>([
    [
      'in the letters of URLs, without an end',
      (encoded) => encoded.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    ],
    ['in lines', (encoded) => encoded.replaceAll(/.{76}/g, '$&\r\n')],
  ])('reads data_base64 %s', (_, written) => {
    const unusual = { ...signupData, display_name: '~~~???>>>' };
    const encoded = written(base64(JSON.stringify(unusual)));
    expect(decodeEvent(record(json({ ...attributes, data_base64: encoded })))).toEqual(
      decodeEvent(record(json({ ...signup, data: unusual }))),
    );
  });

  it.each<[string, unknown, FailureCode]>([
    ['no base64', '{"status":"succeeded"}', 'EVENT_WRONG_VALUE'],
    ['blanks, many, and no base64 behind them', `${' '.repeat(30_000)}!`, 'EVENT_WRONG_VALUE'],
    ['a number', 5, 'EVENT_WRONG_VALUE'],
    ['no JSON', base64('status=succeeded'), 'EVENT_WRONG_VALUE'],
    ['too many members', base64(JSON.stringify(membersOf(600))), 'EVENT_TOO_MANY_MEMBERS'],
  ])('names data_base64 when it is %s', (_, encoded, code) => {
    expect(decodeEvent(record(json({ ...attributes, data_base64: encoded })))).toMatchObject({
      failure: { code, path: '$.data_base64' },
    });
  });

  it.each<[string, Uint8Array, FailureCode, RegExp]>([
    [
      'a frame of a schema registry',
      Buffer.concat([Buffer.from([0, 0, 0, 0, 5]), json(signup)]),
      'EVENT_FRAMED',
      /schema registry/,
    ],
    ['gzip', gzipSync(json(signup)), 'EVENT_COMPRESSED', /gzip/],
    ['zstd', zstdCompressSync(json(signup)), 'EVENT_COMPRESSED', /zstd/],
    ['a Java object', Buffer.from([0xac, 0xed, 0, 5]), 'EVENT_FRAMED', /Java/],
    ['UTF-16', Buffer.from(`\ufeff${JSON.stringify(signup)}`, 'utf16le'), 'EVENT_NOT_UTF8', /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(JSON.stringify(signup), 'utf16le'), 'EVENT_NOT_UTF8', /UTF-16, little/],
    [
      'UTF-16 without a mark, the other way round',
      Buffer.from(JSON.stringify(signup), 'utf16le').swap16(),
      'EVENT_NOT_UTF8',
      /UTF-16, big/,
    ],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'EVENT_NOT_UTF8', /UTF-32/],
    [
      'a frame of AWS Glue',
      Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(16), json(signup)]),
      'EVENT_FRAMED',
      /Glue/,
    ],
    ['XML', Buffer.from('<?xml version="1.0"?><event/>'), 'EVENT_FRAMED', /XML/],
    ['a page of a proxy', Buffer.from('<!DOCTYPE html><html></html>'), 'EVENT_FRAMED', /HTML/],
    ['UTF-32 without a mark', Buffer.from([0x7b, 0, 0, 0, 0x22, 0, 0, 0]), 'EVENT_NOT_UTF8', /UTF-32, little/],
    ['UTF-32, big end', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x7b]), 'EVENT_NOT_UTF8', /UTF-32, big/],
    ['UTF-32, big end, without a mark', Buffer.from([0, 0, 0, 0x7b, 0, 0, 0, 0x22]), 'EVENT_NOT_UTF8', /UTF-32, big/],
    ['a token', Buffer.from('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'), 'EVENT_FRAMED', /JSON Web Token/],
    ['JSON in base64', Buffer.from(base64(JSON.stringify(signup))), 'EVENT_FRAMED', /base64/],
    ['a batch', json([signup]), 'EVENT_BATCH', /array/],
    ["Kafka Connect's envelope", json({ schema: {}, payload: signup }), 'EVENT_FRAMED', /schemas\.enable/],
    ['data as text', envelope({ data: '{}' }), 'EVENT_WRONG_TYPE', /not its text/],
  ])('names %s', (_, value, code, message) => {
    expect(decodeEvent(record(value))).toMatchObject({
      failure: { code, message: expect.stringMatching(message) as string },
    });
  });

  it.each<[string, string, RegExp]>([
    ['another format', 'application/cloudevents+avro', /avro/],
    ['another format of data', 'application/x-protobuf', /protobuf/],
  ])('names %s that the content type tells', (_, contentType, message) => {
    expect(decodeEvent(record(Buffer.from([2, 6, 49]), { 'content-type': contentType }))).toMatchObject({
      failure: { code: 'EVENT_FRAMED', message: expect.stringMatching(message) as string },
    });
  });

  it('names a batch by its content type too', () => {
    const headers = { ...binaryHeaders(signup), 'content-type': 'application/cloudevents-batch+json' };
    expect(decodeEvent(record(json([signup]), headers))).toMatchObject({ failure: { code: 'EVENT_BATCH', path: '$' } });
  });
});
