import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { decodeBatch } from '../../../src/steps/decode-batch.ts';
import { headersOf, valuesOf } from '../../headers.ts';
import { batchOf, cloudEvent, loginOf, signupOf, startMs } from './events.ts';

const login = loginOf('acc_1', { id: 'a' });
const signup = signupOf('acc_2', { email: 'x@example.com' });
const noJson = Buffer.from('{"id":');

describe('decodeBatch', () => {
  it('puts each record into exactly one of events and dead letters, in order', () => {
    const batch = batchOf([cloudEvent(login), null, cloudEvent(signup), noJson]);
    const { facts, offsets, deadLetters, deadLetterCodes } = decodeBatch(batch, startMs);
    expect(facts.map(({ event }) => event)).toEqual([login, signup]);
    expect(offsets).toEqual([100, 102]);
    expect(deadLetters.map(({ value }) => value)).toEqual([null, noJson]);
    expect(deadLetterCodes).toEqual(['EVENT_EMPTY', 'EVENT_NOT_JSON']);
  });

  it('reads the facts of an event', () => {
    const { facts } = decodeBatch(batchOf([cloudEvent(signup)]), startMs);
    expect(facts[0]).toMatchObject({ isOwn: true, signup: signup.data, email: { domain: 'example.com' } });
  });

  it('hands on key, bytes and headers of a dead letter, and says where it came from', () => {
    const headers = headersOf({ 'trace-id': Buffer.from('t1'), none: null });
    const record = { offset: 41, key: Buffer.from('k'), value: noJson, headers, timestampMs: 0 };
    const { deadLetters } = decodeBatch({ topic: 'events', partition: 3, records: [record] }, startMs);
    expect(deadLetters[0]!.key).toBe(record.key);
    expect(deadLetters[0]!.value).toBe(noJson);
    expect(valuesOf(deadLetters[0]!.headers)).toMatchObject({
      'trace-id': Buffer.from('t1'),
      none: null,
      'error-code': 'EVENT_NOT_JSON',
      'source-topic': 'events',
      'source-partition': '3',
      'source-offset': '41',
      'failed-at': new Date(startMs).toISOString(),
    });
  });

  it.each([
    ['as far ahead as is allowed', limits.eventAheadMsMax, []],
    ['further ahead', limits.eventAheadMsMax + 1, ['EVENT_TIME_AHEAD']],
    ['long ago', -3 * limits.eventBehindMsMax, []],
  ])('judges an event that is %s by the clock', (_, aheadMs, codes) => {
    const batch = batchOf([cloudEvent(loginOf('acc_1', { timeMs: startMs + aheadMs }))]);
    expect(decodeBatch(batch, startMs).deadLetterCodes).toEqual(codes);
  });

  it('takes a batch of nothing', () => {
    expect(decodeBatch(batchOf([]), startMs)).toEqual({ facts: [], offsets: [], deadLetters: [], deadLetterCodes: [] });
  });
});
