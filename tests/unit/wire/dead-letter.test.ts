import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { deadLetter, deadLetterHeaders } from '../../../src/wire/dead-letter.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { exampleDeadLetter } from '../../../src/wire/examples.ts';
import { json, nowMs, record } from './records.ts';

const source = { topic: 'account-events', partition: 3 };
const failure = { code: 'EVENT_NOT_JSON', message: 'The value is not JSON.', path: '$' } as const;
const failedAtMs = Date.UTC(2026, 10, 24, 4, 36, 51, 140);

describe('deadLetter', () => {
  it('is the example of the contract when the failure is', () => {
    const received = record(json(exampleDeadLetter.payload));
    const result = decodeEvent(received, nowMs);
    if (result.ok) throw new Error('the example is an event');
    expect(deadLetter(received, source, result.failure, failedAtMs).headers).toEqual(exampleDeadLetter.headers);
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
    const { headers } = deadLetter(record(null, { ce_id: '1', trace: binary, gone: undefined }), source, failure, 0);
    expect(Object.keys(headers)).toEqual(['ce_id', 'trace', ...deadLetterHeaders]);
    expect(headers['ce_id']).toBe('1');
    expect(headers['trace']).toBe(binary);
  });

  it('overwrites the headers of an earlier failure', () => {
    const received = record(null, exampleDeadLetter.headers);
    expect(deadLetter(received, { topic: 'again', partition: 0 }, failure, 0).headers).toEqual({
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
    expect(headers['error-path']).toBe('$');
  });

  it('bounds message and path, and leaves no half of a character', () => {
    const long = `${'x'.repeat(limits.headerLengthMax - 1)}🙂`;
    const { headers } = deadLetter(record(null), source, { code: 'EVENT_EMPTY', message: long, path: long }, 0);
    for (const name of ['error-message', 'error-path']) {
      expect(headers[name]).toHaveLength(limits.headerLengthMax);
      expect(String(headers[name]).isWellFormed()).toBe(true);
    }
  });

  it('keeps a header called __proto__ a header', () => {
    const headers = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    expect(Object.entries(deadLetter(record(null, headers), source, failure, 0).headers)[0]).toEqual([
      '__proto__',
      'x',
    ]);
  });
});
