import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../../src/adapters/kafka/fetched-record.ts';
import { headersOf, keepHeaders, toHeaders } from '../../../../src/adapters/kafka/record-headers.ts';
import type { RecordHeader } from '../../../../src/ports.ts';

/** Written by kafkajs, whose encoder is mended, and read as what a fetch brings is. */
const internals = createRequire(import.meta.url);
const encodeRecord = internals('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => { buffer: Buffer };
const context = {
  firstOffset: '0',
  firstTimestamp: '0',
  maxTimestamp: '0',
  producerId: '-1',
  inTransaction: false,
  isControlBatch: false,
  timestampType: 0,
};

keepHeaders();
keepHeaders();

function roundTrip(headers: IHeaders) {
  const { buffer } = encodeRecord({ key: Buffer.from('k'), value: Buffer.from('v'), headers });
  return readRecords(buffer, 1, context)[0]!;
}

const header = (name: string, value: string | null): RecordHeader => ({
  name,
  value: value === null ? null : Buffer.from(value),
});

describe('headers through kafkajs', () => {
  it.each<[string, RecordHeader[]]>([
    ['none', []],
    ['repeated ones with others between', [header('a', '1'), header('b', '2'), header('a', '3'), header('a', '4')]],
    ['a null, an empty one, and a null that repeats', [header('n', null), header('e', ''), header('n', null)]],
    ['names like the members of lists and objects', ['2', '1', '__proto__', 'length', 'map'].map((n) => header(n, n))],
    ['an empty name', [header('', 'x')]],
  ])('come back as they were: %s', (_what, headers) => {
    expect(headersOf(roundTrip(toHeaders(headers)))).toEqual(headers);
  });

  it('leave key and value as they are', () => {
    const { key, value } = roundTrip(toHeaders([header('n', null)]));
    expect([String(key), String(value)]).toEqual(['k', 'v']);
  });

  it('come back as they were, whatever they are', () => {
    const any = fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 8 }),
      value: fc.option(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (headers) => {
        expect(headersOf(roundTrip(toHeaders(headers)))).toEqual(headers);
      }),
      { numRuns: 200 },
    );
  });

  it('are for other users of the client what they are without us', () => {
    const { headers } = roundTrip({ a: '1', b: ['2', '3'], c: '' });
    expect(headers).toEqual({ a: Buffer.from('1'), b: [Buffer.from('2'), Buffer.from('3')], c: Buffer.from('') });
  });

  // By itself, kafkajs copies all headers read so far for each one more: at this number it would take minutes.
  it('are read in time that grows with their number: a record full of them holds nobody up', () => {
    const headers = Array.from({ length: 50_000 }, (_, index) => header(index.toString(36), null));
    expect(headersOf(roundTrip(toHeaders(headers)))).toHaveLength(headers.length);
  });
});
