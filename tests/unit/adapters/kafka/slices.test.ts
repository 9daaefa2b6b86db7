import type { Batch, KafkaMessage } from 'kafkajs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FetchedRecord } from '../../../../src/adapters/kafka/fetched-record.ts';
import { slicesOf } from '../../../../src/adapters/kafka/slices.ts';

function message(offset: number, headers: KafkaMessage['headers'] = {}): KafkaMessage {
  const body = { key: Buffer.from('k'), value: Buffer.from(`${offset}`), timestamp: '1795506000123', attributes: 0 };
  return { ...body, offset: String(offset), headers };
}

function batchOf(messages: KafkaMessage[], lastOffset = messages.at(-1)?.offset ?? '0'): Batch {
  return {
    topic: 't',
    partition: 3,
    highWatermark: '1000',
    messages,
    isEmpty: () => messages.length === 0,
    firstOffset: () => messages[0]?.offset ?? null,
    lastOffset: () => lastOffset,
    offsetLag: () => '0',
    offsetLagLow: () => '0',
  };
}

/** A key or a value that is null: its length is -1. */
const nothing = Buffer.from([1]);

function contextOf(timestampType: number): FetchedRecord['batchContext'] {
  return {
    firstOffset: '0',
    firstTimestamp: '5',
    maxTimestamp: '9',
    producerId: '-1',
    inTransaction: false,
    isControlBatch: false,
    timestampType,
  };
}

describe('slices of a fetched batch', () => {
  it('hold the records as they came', () => {
    const [slice] = slicesOf(batchOf([message(7, { a: Buffer.from('1') })]), 10);
    expect(slice).toEqual({
      batch: {
        topic: 't',
        partition: 3,
        records: [
          {
            offset: 7,
            key: Buffer.from('k'),
            value: Buffer.from('7'),
            headers: [{ name: 'a', value: Buffer.from('1') }],
            timestampMs: 1_795_506_000_123,
          },
        ],
      },
      lastOffset: '7',
      from: 7,
      next: 8,
    });
  });

  it('say where a broker dated a record, for a producer may say any time', () => {
    const [byProducer, byBroker] = [contextOf(0), contextOf(1)];
    const [slice] = slicesOf(
      batchOf([
        new FetchedRecord(0, 5, nothing, 0, 0, [], byProducer),
        new FetchedRecord(1, 9, nothing, 0, 0, [], byBroker),
      ]),
      10,
    );
    expect(slice?.batch.records.map(({ isDatedByBroker }) => isDatedByBroker)).toEqual([undefined, true]);
  });

  // A lag of 56 years, and what people said taken for as old by the archive; or all waits, since the machine's clock seems to be slow.
  it.each([-1, 0, -62_135_596_800_000, 1_790_000_000, 1_790_000_000_000_000, 1_790_000_000_000_000_000])(
    'know no time of a record whose timestamp is %d: its producer set none, or another unit',
    (time) => {
      const fetched = new FetchedRecord(0, time, nothing, 0, 0, [], contextOf(0));
      const records = [fetched, { ...message(1), timestamp: String(time) }];
      const [slice] = slicesOf(batchOf(records), 10);
      expect(slice?.batch.records.map(({ timestampMs }) => timestampMs)).toEqual([NaN, NaN]);
    },
  );

  it('end behind the control records that follow the last record', () => {
    const slices = [...slicesOf(batchOf([message(5), message(6), message(9)], '12'), 2)];
    expect(slices.map(({ from, next, lastOffset }) => [from, next, lastOffset])).toEqual([
      [5, 7, '6'],
      [9, 13, '9'],
    ]);
  });

  it('are in order, without loss or repetition, of at most the wanted size, and do not overlap', () => {
    const offsets = fc
      .uniqueArray(fc.nat(500), { minLength: 1, maxLength: 100 })
      .map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(offsets, fc.integer({ min: 1, max: 40 }), (wanted, recordsMax) => {
        const slices = [...slicesOf(batchOf(wanted.map((offset) => message(offset))), recordsMax)];
        expect(slices.flatMap(({ batch }) => batch.records.map(({ offset }) => offset))).toEqual(wanted);
        expect(Math.max(...slices.map(({ batch }) => batch.records.length))).toBeLessThanOrEqual(recordsMax);
        for (const [index, { from }] of slices.entries())
          expect(from).toBeGreaterThanOrEqual(slices[index - 1]?.next ?? 0);
      }),
    );
  });
});
