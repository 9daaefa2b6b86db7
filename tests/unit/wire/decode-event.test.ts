import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../src/domain/event.ts';
import { eventTypes } from '../../../src/domain/event.ts';
import type { FailureCode } from '../../../src/domain/failure.ts';
import { limits } from '../../../src/domain/limits.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';
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
  ['UTF-16', Buffer.from(`\ufeff${JSON.stringify(signup)}`, 'utf16le'), 'EVENT_NOT_UTF8', '$'],
  ['a byte order mark', text(`\ufeff${JSON.stringify(signup)}`), 'EVENT_NOT_UTF8', '$'],
  ['white space', text('  \n'), 'EVENT_NOT_JSON', '$'],
  ['half an object', text('{"specversion":"1.0",'), 'EVENT_NOT_JSON', '$'],
  ['text after the object', text(`${JSON.stringify(signup)}{}`), 'EVENT_NOT_JSON', '$'],
  ['a raw control character in a string', text('{"a":"\n"}'), 'EVENT_NOT_JSON', '$'],
  ['NaN', signupText('"form_ms":NaN'), 'EVENT_NOT_JSON', '$'],
  ['Infinity', signupText('"form_ms":-Infinity'), 'EVENT_NOT_JSON', '$'],
  ['a number with a leading zero', signupText('"form_ms":01'), 'EVENT_NOT_JSON', '$'],
  ['a NUL byte', text(`${JSON.stringify(signup)}\0`), 'EVENT_NOT_JSON', '$'],

  // What does harm anywhere.
  ['one level too many', signupText(`"extra":${nested(15)}`), 'EVENT_TOO_DEEP', `$.data.*${'[0]'.repeat(14)}`],
  ['levels in the envelope', envelope({ ext: JSON.parse(nested(16)) }), 'EVENT_TOO_DEEP', `$.*${'[0]'.repeat(15)}`],
  ['as many levels as fit', text(nested(limits.eventBytesMax / 2)), 'EVENT_TOO_DEEP', `$${'[0]'.repeat(16)}`],
  ['objects too deep', text('{"a":'.repeat(17) + '1' + '}'.repeat(17)), 'EVENT_TOO_DEEP', `$${'.*'.repeat(16)}`],
  ['__proto__ in data', signupText('"__proto__":{"email":"a"}'), 'EVENT_FORBIDDEN_KEY', '$.data'],
  ['__proto__ in an unknown member', signupText('"extra":[{"__proto__":1}]'), 'EVENT_FORBIDDEN_KEY', '$.data.*[0]'],
  ['__proto__ at the top', text('{"__proto__":null}'), 'EVENT_FORBIDDEN_KEY', '$'],
  ['__proto__ with an escaped underscore', signupText(String.raw`"\u005f_proto__":1`), 'EVENT_FORBIDDEN_KEY', '$.data'],
  ['__proto__ with an escaped letter', signupText(String.raw`"__pr\u006Fto__":1`), 'EVENT_FORBIDDEN_KEY', '$.data'],
  ['a high surrogate alone', signupText(String.raw`"bio":"\ud83d"`), 'EVENT_LONE_SURROGATE', '$.data.bio'],
  ['a low surrogate alone', signupText(String.raw`"extra":"\uDE00x"`), 'EVENT_LONE_SURROGATE', '$.data.*'],
  ['surrogates swapped', signupText(String.raw`"x":["\ude00\ud83d"]`), 'EVENT_LONE_SURROGATE', '$.data.*[0]'],
  ['a lone surrogate in a key', signupText(String.raw`"\ud83d":1`), 'EVENT_LONE_SURROGATE', '$.data.*'],
  ['a lone surrogate as the whole', text(String.raw`"\ud800"`), 'EVENT_LONE_SURROGATE', '$'],

  // The envelope.
  ['null', text('null'), 'EVENT_NOT_CLOUDEVENT', '$'],
  ['a number', text('5'), 'EVENT_NOT_CLOUDEVENT', '$'],
  ['a batch', json([signup]), 'EVENT_NOT_CLOUDEVENT', '$'],
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
  ['time 5 minutes and 1 ms ahead', envelope({ time: '2026-11-26T00:05:00.001Z' }), 'EVENT_TIME_AHEAD', '$.time'],

  // Data.
  ['no status', data({ status: undefined }), 'EVENT_MISSING_MEMBER', '$.data.status'],
  ['an unknown status', data({ status: 'done' }), 'EVENT_WRONG_VALUE', '$.data.status'],
  ['status as true', data({ status: true }), 'EVENT_WRONG_TYPE', '$.data.status'],
  ['email as a number', data({ email: 5 }), 'EVENT_WRONG_TYPE', '$.data.email'],
  ['email as null', data({ email: null }), 'EVENT_WRONG_TYPE', '$.data.email'],
  ['email as an object', data({ email: {} }), 'EVENT_WRONG_TYPE', '$.data.email'],
  ['a long email', data({ email: long }), 'EVENT_STRING_TOO_LONG', '$.data.email'],
  ['a long phone', data({ phone: long }), 'EVENT_STRING_TOO_LONG', '$.data.phone'],
  ['a long username', data({ username: long }), 'EVENT_STRING_TOO_LONG', '$.data.username'],
  ['a long display name', data({ display_name: long }), 'EVENT_STRING_TOO_LONG', '$.data.display_name'],
  ['a long referrer', data({ referrer: long }), 'EVENT_STRING_TOO_LONG', '$.data.referrer'],
  ['form_ms as a string', data({ form_ms: '38400' }), 'EVENT_WRONG_TYPE', '$.data.form_ms'],
  ['a negative form_ms', data({ form_ms: -1 }), 'EVENT_WRONG_VALUE', '$.data.form_ms'],
  ['a fraction of a millisecond', data({ form_ms: 0.5 }), 'EVENT_WRONG_VALUE', '$.data.form_ms'],
  ['form_ms of over a year', data({ form_ms: 3.2e10 }), 'EVENT_WRONG_VALUE', '$.data.form_ms'],
  ['a number too big for any', formMs('1e999'), 'EVENT_WRONG_VALUE', '$.data.form_ms'],
  ['a negative captcha_ms', data({ captcha_ms: -5 }), 'EVENT_WRONG_VALUE', '$.data.captcha_ms'],
  ['context as a string', data({ context: 'mobile' }), 'EVENT_WRONG_TYPE', '$.data.context'],
  ['context as null', data({ context: null }), 'EVENT_WRONG_TYPE', '$.data.context'],
  ['context as an array', data({ context: [] }), 'EVENT_WRONG_TYPE', '$.data.context'],
  ['ip as a number', context({ ip: 1600055818 }), 'EVENT_WRONG_TYPE', '$.data.context.ip'],
  ['a long device id', context({ device_id: longIdentifier }), 'EVENT_STRING_TOO_LONG', '$.data.context.device_id'],
  ['a long user agent', context({ user_agent: long }), 'EVENT_STRING_TOO_LONG', '$.data.context.user_agent'],
  ['locale as an array', context({ locale: ['kk'] }), 'EVENT_WRONG_TYPE', '$.data.context.locale'],
  ['timezone as a number', context({ timezone: 5 }), 'EVENT_WRONG_TYPE', '$.data.context.timezone'],
  ['screen as an object', context({ screen: {} }), 'EVENT_WRONG_TYPE', '$.data.context.screen'],
  ['app_version as a number', context({ app_version: 11.2 }), 'EVENT_WRONG_TYPE', '$.data.context.app_version'],
  ['no method', login({ status: 'failed' }), 'EVENT_MISSING_MEMBER', '$.data.method'],
  ['an unknown method', login({ status: 'failed', method: 'sms' }), 'EVENT_WRONG_VALUE', '$.data.method'],
  ['a short hash', profile({ avatar_hash: 'c3d4' }), 'EVENT_WRONG_VALUE', '$.data.avatar_hash'],
  ['a hash as a number', profile({ avatar_hash: 1 }), 'EVENT_WRONG_TYPE', '$.data.avatar_hash'],
  ['a long bio', profile({ bio: long }), 'EVENT_STRING_TOO_LONG', '$.data.bio'],
  ['no target', asked({ verb: 'friend' }), 'EVENT_MISSING_MEMBER', '$.data.target'],
  ['an empty target', asked({ verb: 'friend', target: '' }), 'EVENT_WRONG_VALUE', '$.data.target'],
  ['an unknown verb', asked({ verb: 'poke', target: 'a' }), 'EVENT_WRONG_VALUE', '$.data.verb'],
  ['no outcome', answered({ verb: 'friend', target: 'a' }), 'EVENT_MISSING_MEMBER', '$.data.outcome'],
  ['an unknown kind', content({ kind: 'poll' }), 'EVENT_WRONG_VALUE', '$.data.kind'],
  ['a hash with other letters', post({ text_hash: 'g'.repeat(16) }), 'EVENT_WRONG_VALUE', '$.data.text_hash'],
  ['domains as a string', post({ link_domains: 'a.org' }), 'EVENT_WRONG_TYPE', '$.data.link_domains'],
  ['too many domains', post({ link_domains: Array(33).fill('a.org') }), 'EVENT_WRONG_VALUE', '$.data.link_domains'],
  ['a domain as null', post({ link_domains: ['a.org', null] }), 'EVENT_WRONG_TYPE', '$.data.link_domains[1]'],
  ['a long domain', post({ link_domains: [long] }), 'EVENT_STRING_TOO_LONG', '$.data.link_domains[0]'],
  ['an unknown reason', reported({ reason: 'rude' }), 'EVENT_WRONG_VALUE', '$.data.reason'],
  [
    'a long reporter',
    reported({ reason: 'spam', reporter: longIdentifier }),
    'EVENT_STRING_TOO_LONG',
    '$.data.reporter',
  ],
  ['an unknown label', labelled({ label: 'bot', by: 'review' }), 'EVENT_WRONG_VALUE', '$.data.label'],
  ['an unknown source of a label', labelled({ label: 'fake', by: 'guess' }), 'EVENT_WRONG_VALUE', '$.data.by'],
];

describe('decodeEvent', () => {
  it.each(eventTypes)('decodes %s in structured mode', (type) => {
    const { time, specversion: _, ...members } = exampleEvents[type];
    expect(decodeEvent(record(json(exampleEvents[type])), nowMs)).toEqual({
      ok: true,
      value: { ...members, timeMs: Date.parse(time), malformed: [] },
    });
  });

  it.each(eventTypes)('decodes %s in binary mode to the same event', (type) => {
    const structured = decodeEvent(record(json(exampleEvents[type])), nowMs);
    expect(decodeEvent(binary(exampleEvents[type]), nowMs)).toEqual(structured);
  });

  it.each(malformed)('refuses %s', (_, value, code, path) => {
    expect(decodeEvent(record(value), nowMs)).toMatchObject({ ok: false, failure: { code, path } });
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
    ['time exactly 5 minutes ahead', envelope({ time: '2026-11-26T00:05:00.000Z' })],
    ['time years behind', envelope({ time: '2001-01-01T00:00:00Z' })],
    ['a member that is there twice', signupText('"status":5')],
    ['as many levels as are allowed', signupText(`"extra":${nested(14)}`)],
    ['brackets in strings', data({ display_name: '{[{[{[{[{[{[{[{[{[{[{[{[' })],
    ['__proto__ as a value', data({ username: '__proto__' })],
    ['members called like those of every object', data({ constructor: 1, toString: null })],
    ['a whole pair of escaped surrogates', signupText(String.raw`"bio":"\ud83d\ude00"`)],
    ['an escaped backslash before a u', signupText(String.raw`"bio":"\\ud83d"`)],
    ['letters of other scripts', data({ display_name: 'Әйгерім 🙂' })],
    ['white space around', text(` ${JSON.stringify(signup, null, 2)}\n`)],
  ])('accepts %s', (_, value) => {
    expect(decodeEvent(record(value), nowMs)).toMatchObject({ ok: true });
  });

  it('reads bytes that are a view into a larger buffer', () => {
    const bytes = json(signup);
    const larger = new Uint8Array(bytes.length + 20).fill(0xff);
    larger.set(bytes, 7);
    expect(decodeEvent(record(larger.subarray(7, 7 + bytes.length)), nowMs).ok).toBe(true);
  });

  it('keeps unknown members of data out of the way, in data', () => {
    const result = decodeEvent(record(json(signupWith({}, { plan: 'free' }))), nowMs);
    expect(result).toMatchObject({ ok: true, value: { data: { plan: 'free' } } });
  });

  it('accepts the largest value', () => {
    const room = limits.eventBytesMax - json(signupWith({ padding: '' })).length;
    const value = json(signupWith({ padding: 'x'.repeat(room) }));
    expect(value).toHaveLength(limits.eventBytesMax);
    expect(decodeEvent(record(value), nowMs).ok).toBe(true);
  });
});

describe('decodeEvent in binary mode', () => {
  it.each<[string, object, FailureCode, string]>([
    ['no specversion', { specversion: undefined }, 'EVENT_NOT_CLOUDEVENT', '$.specversion'],
    ['no id', { id: undefined }, 'EVENT_MISSING_MEMBER', '$.id'],
    ['an unknown type', { type: 'account.deleted' }, 'EVENT_UNKNOWN_TYPE', '$.type'],
    ['a wrong time', { time: 'yesterday' }, 'EVENT_WRONG_TIME', '$.time'],
    ['data as an array', { data: [1] }, 'EVENT_WRONG_TYPE', '$.data'],
    ['a wrong member of data', { data: { status: 'succeeded', email: 5 } }, 'EVENT_WRONG_TYPE', '$.data.email'],
  ])('refuses %s', (_, members, code, path) => {
    const event = Object.entries({ ...signup, ...members }).filter(([, value]) => value !== undefined);
    expect(decodeEvent(binary(Object.fromEntries(event)), nowMs)).toMatchObject({ ok: false, failure: { code, path } });
  });

  it.each<[string, number, object]>([
    ['allows 16 levels, data being the second', 14, { ok: true }],
    ['refuses 17 levels', 15, { failure: { code: 'EVENT_TOO_DEEP', path: `$.data.*${'[0]'.repeat(14)}` } }],
  ])('%s', (_, levels, expected) => {
    const value = text(`{"status":"failed","extra":${nested(levels)}}`);
    expect(decodeEvent(record(value, binaryHeaders(signup)), nowMs)).toMatchObject(expected);
  });

  it('finds __proto__ in data', () => {
    const headers = binaryHeaders(signup);
    expect(decodeEvent(record(text('{"__proto__":{}}'), headers), nowMs)).toMatchObject({
      failure: { code: 'EVENT_FORBIDDEN_KEY', path: '$.data' },
    });
  });

  it('refuses a header that is not UTF-8', () => {
    expect(
      decodeEvent(record(binary(signup).value, { ...binaryHeaders(signup), ce_subject: Buffer.from([0xff]) }), nowMs),
    ).toMatchObject({
      failure: { code: 'EVENT_NOT_UTF8', path: '$.subject' },
    });
  });

  it('refuses an empty value', () => {
    expect(decodeEvent(record(null, binaryHeaders(signup)), nowMs)).toMatchObject({
      failure: { code: 'EVENT_EMPTY' },
    });
  });
});
