import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { hopOf, traceparentOf } from '../../../src/wire/trace-context.ts';
import { binary, json, record, signupWith } from './records.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const noContexts: readonly [string, unknown][] = [
  ['a mail address', 'anna@example.com'],
  ['a context with something behind it', `${traceparent}-anna@example.com`],
  ['upper case', traceparent.toUpperCase()],
  ['a trace of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['a span of zeros', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
  ['the version that is none', traceparent.replace('00-', 'ff-')],
  ['a number', 7],
  ['null', null],
  ['an object', { traceparent }],
];

describe('traceparentOf', () => {
  it('takes a context of this version and of later ones', () => {
    expect(traceparentOf(traceparent)).toBe(traceparent);
    expect(traceparentOf(traceparent.replace('00-', '01-'))).toBe(traceparent.replace('00-', '01-'));
  });

  it.each(noContexts)('takes nothing else: %s', (_case, value) => {
    expect(traceparentOf(value)).toBeUndefined();
  });
});

describe('hopOf', () => {
  it('reads the last header of the name, as text and as bytes', () => {
    const first = { name: 'traceparent', value: traceparent.replace('-01', '-00') };
    expect(hopOf([first, { name: 'traceparent', value: Buffer.from(traceparent) }])).toBe(traceparent);
    expect(hopOf([first])).toBe(first.value);
  });

  it.each([null, '', 'anna@example.com', Buffer.from([0xff, 0xfe]), Buffer.alloc(55, 0xff)])(
    'passes over %o',
    (value) => {
      expect(hopOf([{ name: 'traceparent', value }])).toBeUndefined();
    },
  );
});

describe('an event', () => {
  it('has the context that it names, in structured and in binary mode', () => {
    const event = signupWith({ traceparent });
    for (const one of [record(json(event)), binary(event as never)])
      expect(decodeEvent(one)).toMatchObject({ ok: true, value: { traceparent, malformed: [] } });
  });

  it.each(noContexts)('is taken all the same, without one, where it names %s', (_case, value) => {
    const decoded = decodeEvent(record(json(signupWith({ traceparent: value }))));
    expect(decoded).toMatchObject({ ok: true, value: { malformed: [] } });
    expect(decoded.ok && 'traceparent' in decoded.value).toBe(false);
  });

  it('is taken where the header of the context is no text', () => {
    const one = binary(signupWith({}) as never);
    const headers = [...one.headers, { name: 'ce_traceparent', value: Buffer.from([0xff]) }];
    expect(decodeEvent({ ...one, headers }).ok).toBe(true);
  });
});
