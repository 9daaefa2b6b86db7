import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/adapters/kafka/client.ts';
import { endOfRecordSet } from '../../../../src/adapters/kafka/record-set.ts';
import { outOfRangePartition } from '../../../../src/adapters/kafka/whole-topic.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

/** What reading without a group takes from inside kafkajs, which is promised to nobody. */

const internals = createRequire(import.meta.url);

describe('what is taken from inside kafkajs', () => {
  it('makes a cluster that can be asked for partitions, beginnings and leaders', () => {
    const client = createClient({
      settings: kafkaSettings(['127.0.0.1:1']),
      log: () => undefined,
      clock,
      requestTimeoutMs: 1,
    });
    const symbol = Object.getOwnPropertySymbols(client).find(
      ({ description }) => description === 'private:Kafka:createCluster',
    );
    expect(symbol).toBeDefined();
    const cluster = (client as unknown as Record<symbol, (options: object) => object>)[symbol!]!({});
    const calls = [
      'connect',
      'disconnect',
      'addTargetTopic',
      'refreshMetadata',
      'refreshMetadataIfNecessary',
      'findTopicPartitionMetadata',
      'findBroker',
      'fetchTopicsOffset',
    ];
    expect(calls.filter((call) => typeof (cluster as Record<string, unknown>)[call] !== 'function')).toEqual([]);
  });

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
