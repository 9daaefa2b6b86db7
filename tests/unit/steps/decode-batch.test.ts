import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../../../src/steps/decode-batch.ts';
import { clockBounds } from '../../../src/steps/time-bounds.ts';
import { headersOf, valuesOf } from '../../headers.ts';
import { encodeVerdict } from '../../../src/wire/group-verdict.ts';
import { batchOf, cloudEvent, eventOf, labelOf, loginOf, signupOf, startMs, verdictOf } from './events.ts';

const login = loginOf('acc_1', { id: 'a' });
const signup = signupOf('acc_2', { email: 'x@example.com' });
const noJson = Buffer.from('{"id":');

describe('decodeBatch', () => {
  it('puts each record into exactly one of events and dead letters, in order', () => {
    const batch = batchOf([cloudEvent(login), null, cloudEvent(signup), noJson]);
    const { events, offsets, deadLetters, deadLetterCodes } = decodeBatch(batch, startMs);
    expect(events).toEqual([login, signup]);
    expect(offsets).toEqual([100, 102]);
    expect(deadLetters.map(({ value }) => value)).toEqual([null, noJson]);
    expect(deadLetterCodes).toEqual(['EVENT_EMPTY', 'EVENT_NOT_JSON']);
  });

  it('makes a dead letter of a record that came as something unreadable, although its bytes could be an event', () => {
    const failure = { code: 'EVENT_BATCH_UNREADABLE', message: 'Offsets 100 to 120.' } as const;
    const batch = batchOf([cloudEvent(login)]);
    const { events, deadLetterCodes } = decodeBatch(
      { ...batch, records: batch.records.map((record) => ({ ...record, failure })) },
      startMs,
    );
    expect(events).toEqual([]);
    expect(deadLetterCodes).toEqual(['EVENT_BATCH_UNREADABLE']);
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

  it('makes a dead letter of an event whose time is out of bounds, and of no other', () => {
    const times = [startMs, startMs - 86_400_000, startMs + 1];
    const batch = batchOf(times.map((timeMs, index) => cloudEvent(loginOf('acc_1', { id: `e-${index}`, timeMs }))));
    const { events, offsets, deadLetters, deadLetterCodes } = decodeBatch(
      batchOf([null, ...batch.records.map(({ value }) => value)]),
      startMs,
      clockBounds(() => startMs, 3_600_000),
    );
    expect(events.map(({ id }) => id)).toEqual(['e-0', 'e-2']);
    expect(offsets).toEqual([101, 103]);
    expect(deadLetterCodes).toEqual(['EVENT_EMPTY', 'EVENT_TIME_BEHIND']);
    expect(valuesOf(deadLetters[1]!.headers)).toMatchObject({ 'error-path': '$.time', 'source-offset': '102' });
  });

  it('says what is past: what happened and was written before, and is not too old for that', () => {
    const past = { untilMs: startMs, behindMsMax: 30 * 86_400_000 };
    const dated: readonly (readonly [timeMs: number, timestampMs: number])[] = [
      [startMs - 86_400_000 * 20, startMs - 86_400_000 * 20],
      [startMs - 1, startMs - 1],
      // Dated back, and written now.
      [startMs - 1, startMs],
      [startMs - 1, NaN],
      [startMs - 1, 0],
      [startMs, startMs],
      [startMs - 86_400_000 * 40, startMs - 1],
      [startMs - 86_400_000 * 20, startMs],
    ];
    const records = dated.map(([timeMs, timestampMs], offset) => {
      return { offset, key: null, value: cloudEvent(loginOf('acc_1', { timeMs })), headers: [], timestampMs };
    });
    const bounds = clockBounds(() => startMs, 3_600_000, past);
    const decoded = decodeBatch({ topic: 'events', partition: 0, records }, startMs, bounds);
    expect([...decoded.pastOffsets]).toEqual([0, 1]);
    expect(decoded.offsets).toEqual([0, 1, 2, 3, 4, 5]);
    expect(decoded.deadLetterCodes).toEqual(['EVENT_TIME_BEHIND', 'EVENT_TIME_BEHIND']);
  });

  it('tells of events whose record is not keyed by their account, and decides them all the same', () => {
    const keys = ['acc_1', null, 'acc_2', ''].map((key) => (key === null ? null : Buffer.from(key)));
    const records = keys.map((key, offset) => {
      return { offset, key, value: cloudEvent(loginOf('acc_1')), headers: [], timestampMs: 0 };
    });
    const decoded = decodeBatch({ topic: 'events', partition: 0, records }, startMs);
    expect(decoded.events).toHaveLength(4);
    expect(decoded.misplaced).toEqual(['no_key', 'other_key', 'no_key']);
  });

  it('takes a batch of nothing', () => {
    expect(decodeBatch(batchOf([]), startMs)).toEqual({
      events: [],
      offsets: [],
      pastOffsets: new Set(),
      deadLetters: [],
      deadLetterCodes: [],
      deadLetterOffsets: [],
      misplaced: [],
    });
  });

  it('takes labels and erasures from the topic of labels alone, once it is named', () => {
    const erasure = eventOf('account.erasure_requested', {});
    const batch = batchOf([cloudEvent(labelOf('acc_1')), cloudEvent(erasure), cloudEvent(loginOf('acc_1'))]);
    const refused = decodeBatch(batch, startMs, undefined, { labels: 'account-labels', verdicts: null });
    expect(refused.deadLetterCodes).toEqual(['EVENT_WRONG_TOPIC', 'EVENT_WRONG_TOPIC']);
    expect(refused.events.map(({ type }) => type)).toEqual(['account.login']);
    for (const topic of [batch.topic, null])
      expect(decodeBatch(batch, startMs, undefined, { labels: topic, verdicts: null }).deadLetterCodes).toEqual([]);
  });

  // Whoever may write events could otherwise have any account blocked as one of a group.
  it('takes what groups came to from the topic of verdicts alone, and nothing else from there', () => {
    const batch = batchOf([Buffer.from(encodeVerdict(verdictOf({ subject: 'acc_1' }))), cloudEvent(loginOf('acc_1'))]);
    const at = (verdicts: string | null) =>
      decodeBatch(batch, startMs, undefined, { labels: null, verdicts }).events.map(({ type }) => type);
    expect(at(null)).toEqual(['account.login']);
    expect(at('account-verdicts')).toEqual(['account.login']);
    expect(at(batch.topic)).toEqual(['account.group_verdict']);
  });
});

it('does not take a time for one within bounds because nobody judged it', () => {
  const forgetful = { judge: (timesMs: readonly number[]) => timesMs.slice(1).map(() => undefined) };
  expect(() => decodeBatch(batchOf([cloudEvent(login), cloudEvent(signup)]), startMs, forgetful)).toThrow('not judged');
});
