import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { endOfRecordSet } from '../../../../src/adapters/kafka/record-set.ts';
import { outOfRangePartition } from '../../../../src/adapters/kafka/whole-topic.ts';

/** What reading without a group takes from inside kafkajs, which is promised to nobody. */

const internals = createRequire(import.meta.url);

describe('what is taken from inside kafkajs', () => {
  it('leaves out what is before the offset, and what a transaction has written to tell of itself', () => {
    const Batch = internals('kafkajs/src/consumer/batch') as new (
      topic: string,
      offset: string,
      partition: object,
    ) => { readonly messages: readonly { readonly offset: string }[] };
    const { messages } = new Batch('t', '1', {
      partition: 0,
      highWatermark: '4',
      abortedTransactions: [],
      messages: [
        { offset: '0', isControlRecord: false },
        { offset: '1', isControlRecord: false },
        { offset: '2', isControlRecord: true },
      ],
    });
    expect(messages.map(({ offset }) => offset)).toEqual(['1']);
  });

  it('tells which partition has no such offset', () => {
    const error = new kafkajs.KafkaJSOffsetOutOfRange(Object.assign(new Error('out of range'), { code: 1 }), {
      topic: 't',
      partition: 3,
    });
    expect(outOfRangePartition(error)).toBe(3);
    expect(outOfRangePartition(new Error('another'))).toBeUndefined();
  });

  it('knows nothing of the end of what it did not decode', () => {
    expect(endOfRecordSet([])).toBeUndefined();
  });
});
