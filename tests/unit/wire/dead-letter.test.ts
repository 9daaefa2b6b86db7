import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import type { IncomingRecord, OutgoingRecord } from '../../../src/ports.ts';
import { deadLetter, deadLetterHeaders } from '../../../src/wire/dead-letter.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { exampleDeadLetter } from '../../../src/wire/examples.ts';
import { headersOf, valuesOf } from '../../headers.ts';
import { json, record } from './records.ts';

const source = { topic: 'account-events', partition: 3 };
const failure = { code: 'EVENT_NOT_JSON', message: 'The value is not JSON.', path: '$' } as const;
const failedAtMs = Date.UTC(2026, 10, 24, 4, 36, 51, 140);

describe('deadLetter', () => {
  it('is the example of the contract when the failure is', () => {
    const received = record(json(exampleDeadLetter.payload));
    const result = decodeEvent(received);
    if (result.ok) throw new Error('the example is an event');
    const { headers } = deadLetter(received, source, result.failure, failedAtMs);
    expect(headers).toEqual(headersOf(exampleDeadLetter.headers));
  });

  it('hands on key and value as received', () => {
    const received = record(Buffer.from([0xff, 0x00]));
    const letter = deadLetter(received, source, failure, failedAtMs);
    expect(letter.key).toBe(received.key);
    expect(letter.value).toBe(received.value);
  });

  it('hands on a record without key and value', () => {
    const letter = deadLetter({ ...record(null), key: null }, source, failure, failedAtMs);
    expect(letter).toMatchObject({ key: null, value: null });
  });

  it('hands on headers as received, and adds its own', () => {
    const binary = Buffer.from([0xff]);
    const received = { ...record(null), headers: headersOf({ ce_id: '1', trace: binary, 7: 'seven', none: null }) };
    const { headers } = deadLetter(received, source, failure, 0);
    expect(headers.slice(0, received.headers.length)).toEqual(received.headers);
    expect(headers.slice(received.headers.length).map(({ name }) => name)).toEqual(deadLetterHeaders);
  });

  it('keeps headers that repeat, nulls, and whatever they are called, in their order', () => {
    const received = ['trace', '10', '__proto__', 'trace', '2', 'trace'].map((name, index) => ({
      name,
      value: index === 3 ? null : String(index),
    }));
    const { headers } = deadLetter({ ...record(null), headers: received }, source, failure, 0);
    expect(headers.slice(0, received.length)).toEqual(received);
  });

  it('overwrites the headers of an earlier failure', () => {
    const received = record(null, exampleDeadLetter.headers);
    const { headers } = deadLetter(received, { topic: 'again', partition: 0 }, failure, 0);
    expect(headers).toHaveLength(deadLetterHeaders.length);
    expect(valuesOf(headers)).toEqual({
      'error-code': 'EVENT_NOT_JSON',
      'error-message': 'The value is not JSON.',
      'error-path': '$',
      'source-topic': 'again',
      'source-partition': '0',
      'source-offset': '81231',
      'failed-at': '1970-01-01T00:00:00.000Z',
    });
  });

  it('is about the whole when the failure has no path', () => {
    const { headers } = deadLetter(record(null), source, { code: 'EVENT_EMPTY', message: 'm' }, 0);
    expect(valuesOf(headers)['error-path']).toBe('$');
  });

  it('bounds message and path, and leaves no half of a character', () => {
    const long = `${'x'.repeat(limits.headerLengthMax - 1)}🙂`;
    const { headers } = deadLetter(record(null), source, { code: 'EVENT_EMPTY', message: long, path: long }, 0);
    for (const name of ['error-message', 'error-path']) {
      expect(valuesOf(headers)[name]).toHaveLength(limits.headerLengthMax);
      expect(String(valuesOf(headers)[name]).isWellFormed()).toBe(true);
    }
  });
});

const large = (bytes: number): Buffer => Buffer.alloc(bytes, 'xyz');
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function shrunk(received: Partial<IncomingRecord>, bytesMax: number, keyNeeded = false): OutgoingRecord {
  const letter = deadLetter({ ...record(null), ...received }, source, failure, failedAtMs);
  return letter.shrunk!(bytesMax, keyNeeded);
}

/** A record that its topic refuses whole must not stop its partition: it lands as what fits, and says what it was. */
describe('a dead letter in a smaller form', () => {
  const trace = headersOf({ traceparent: '00-af-01' });

  it('keeps the head of the value, its size and its hash, and all of key and headers', () => {
    const value = large(1_048_400);
    const letter = shrunk({ value, headers: trace }, 1_000_000);
    expect(letter.key).toEqual(record(null).key);
    expect(letter.headers[0]).toEqual(trace[0]);
    expect(valuesOf(letter.headers)).toMatchObject({
      'error-code': 'EVENT_NOT_JSON',
      'source-offset': '81231',
      'value-bytes': '1048400',
      'value-sha256': sha256Of(value),
    });
    expect(value.indexOf(letter.value!)).toBe(0);
    expect(letter.value!.length).toBeGreaterThan(990_000);
  });

  it('says nothing of what is whole', () => {
    const names = shrunk({ value: large(100), headers: trace }, 10_000).headers.map(({ name }) => name);
    expect(names).toEqual(['traceparent', ...deadLetterHeaders]);
  });

  it('keeps the head of a key that is larger than the topic takes', () => {
    const key = large(2_000_000);
    const letter = shrunk({ key, value: large(10) }, 100_000);
    expect(letter.value).toEqual(large(10));
    expect(key.indexOf(letter.key!)).toBe(0);
    expect(valuesOf(letter.headers)).toMatchObject({ 'key-bytes': '2000000', 'key-sha256': sha256Of(key) });
  });

  it('leaves out headers that are too large or too many, and says how many', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({ name: `h${index}`, value: null }));
    const huge = { name: 'x'.repeat(50_000), value: '' };
    const { headers } = shrunk({ headers: [huge, ...trace, ...many] }, 20_000);
    expect(headers[0]).toEqual(trace[0]);
    const kept = headers.length - deadLetterHeaders.length - 1;
    expect(valuesOf(headers)['headers-dropped']).toBe(String(5_002 - kept));
  });

  it('gets a key from its source where the topic takes none without', () => {
    expect(shrunk({ key: null }, 10_000, true).key).toBe('account-events/3/81231');
    expect(shrunk({ key: null }, 10_000).key).toBeNull();
  });

  it('is as small as was asked for, whatever it was made of', () => {
    const part = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 40_000 }).map(large));
    const headers = fc.array(fc.record({ name: fc.string({ maxLength: 30 }), value: part }), { maxLength: 40 });
    fc.assert(
      fc.property(part, part, headers, fc.integer({ min: 4_096, max: 50_000 }), (key, value, received, bytesMax) => {
        const letter = shrunk({ key, value, headers: received }, bytesMax);
        const parts = [letter.key, letter.value, ...letter.headers.flatMap((header) => [header.name, header.value])];
        const bytes = parts.reduce((sum, each) => sum + (each === null ? 0 : Buffer.byteLength(each)), 0);
        expect(bytes).toBeLessThanOrEqual(bytesMax);
        expect(valuesOf(letter.headers)['error-code']).toBe('EVENT_NOT_JSON');
      }),
      { numRuns: 100 },
    );
  });
});
