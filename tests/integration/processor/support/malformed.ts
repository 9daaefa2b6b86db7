import { gzipSync } from 'node:zlib';
import type { Message } from 'kafkajs';
import type { FailureCode } from '../../../../src/domain/failure.ts';
import { invalid } from './stream.ts';

/** Personal data in every place that a malformed event can have it; none may come out but in the bytes themselves. */
export const personal = {
  ip: '203.0.113.77',
  email: 'zq.marker@private-mail.example',
  phone: '+77019998877',
  device_id: 'd_marker_91af77',
  username: 'marker_username_zq',
} as const;

export interface Malformed {
  readonly name: string;
  readonly code: FailureCode;
  readonly message: Message;
}

/** Bytes that are no valid event, one of each kind. */
export function malformed(nowMs: number): Malformed[] {
  const cases: [name: string, code: FailureCode, value: Buffer | string | null, key?: Buffer | string | null][] = [
    ['null value', 'EVENT_EMPTY', null],
    ['null value and null key', 'EVENT_EMPTY', null, null],
    ['no bytes', 'EVENT_EMPTY', Buffer.alloc(0)],
    ['binary junk', 'EVENT_NOT_UTF8', Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 37 + 255) % 256))],
    [
      'binary junk under a binary key',
      'EVENT_NOT_UTF8',
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from([0x00, 0xff, 0x80]),
    ],
    ['UTF-16', 'EVENT_NOT_UTF8', Buffer.from(`\ufeff${json({})}`, 'utf16le')],
    ['a cut UTF-8 sequence', 'EVENT_NOT_UTF8', Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xc3])])],
    ['no JSON', 'EVENT_NOT_JSON', `account.signup of ${personal.email} from ${personal.ip}`],
    ['half of an event', 'EVENT_NOT_JSON', json({}).slice(0, 200)],
    ['NaN', 'EVENT_NOT_JSON', json({}).replace('"succeeded"', 'NaN')],
    ['two events', 'EVENT_NOT_JSON', `${json({})}\n${json({})}`],
    ['only white space', 'EVENT_NOT_JSON', ' \n\t '],
    ['33 KB', 'EVENT_TOO_LARGE', json({ data: signup({ bio: 'x'.repeat(33 * 1024) }) })],
    ['200 KB', 'EVENT_TOO_LARGE', Buffer.alloc(200_000, personal.email)],
    ['very deep nesting', 'EVENT_TOO_MANY_MEMBERS', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['a lone surrogate', 'EVENT_LONE_SURROGATE', json({ subject: 'acc_1' }).replace('acc_1', `acc_1\\ud800`)],
    ['an array', 'EVENT_BATCH', `[${json({})}]`],
    ['a number', 'EVENT_NOT_CLOUDEVENT', '42'],
    ['another version', 'EVENT_NOT_CLOUDEVENT', json({ specversion: '0.3' })],
    ['an unknown type', 'EVENT_UNKNOWN_TYPE', json({ type: `account.${personal.username}` })],
    ['no subject', 'EVENT_MISSING_MEMBER', json({ subject: undefined })],
    ['a wrong type', 'EVENT_WRONG_TYPE', json({ data: signup({ status: 77019998877 }) })],
    ['a wrong value', 'EVENT_WRONG_VALUE', json({ data: signup({ status: personal.email }) })],
    ['gzip', 'EVENT_COMPRESSED', gzipSync(json({}))],
    ['a frame of a schema registry', 'EVENT_FRAMED', Buffer.concat([Buffer.alloc(5), Buffer.from(json({}))])],
    ['a string too long', 'EVENT_STRING_TOO_LONG', json({ id: personal.username.repeat(100) })],
    ['no time', 'EVENT_WRONG_TIME', json({ time: `yesterday, ${personal.phone}` })],
    ['a time behind', 'EVENT_TIME_BEHIND', json({ time: '0001-01-01T00:00:00Z' })],
    ['a time ahead', 'EVENT_TIME_AHEAD', json({ time: new Date(nowMs + 3_600_000).toISOString() })],
  ];
  return cases.map(([name, code, value, key]) => ({ name, code, message: invalid(name, value, key) }));

  function json(members: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({
      specversion: '1.0',
      id: 'malformed',
      source: '/tests',
      type: 'account.signup',
      subject: 'acc_malformed',
      time: new Date(nowMs - 1_000).toISOString(),
      data: signup({}),
      ...members,
    });
  }
}

function signup(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { ip, device_id, email, phone, username } = personal;
  return { status: 'succeeded', context: { ip, device_id }, email, phone, username, form_ms: 1, ...members };
}
