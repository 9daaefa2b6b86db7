import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { Broker, Cluster, LookupRequest } from '../../../../src/adapters/kafka/cluster.ts';
import { exchangeById, fetchByIds } from '../../../../src/adapters/kafka/fetch-by-id.ts';

const id = 'AAECAwQFBgcICQoLDA0ODw';
const asked = {
  maxWaitTime: 50,
  minBytes: 1,
  maxBytes: 1_000,
  isolationLevel: 1,
  topics: [{ topic: 't', partitions: [{ partition: 3, fetchOffset: '7', maxBytes: 500 }] }],
  rackId: '',
};

/** An answer of version 13 about partition 3 of the topic, with what a newer broker may say beside it. */
function answer(errorCode: number, recordSet: Buffer): Buffer {
  const head = Buffer.alloc(1 + 4 + 2 + 4);
  const partition = Buffer.alloc(4 + 2 + 8 * 3);
  partition.writeInt32BE(3);
  partition.writeInt16BE(errorCode, 4);
  partition.writeBigInt64BE(20n, 6);
  partition.writeBigInt64BE(19n, 14);
  const replica = Buffer.alloc(4);
  replica.writeInt32BE(-1);
  const aborted = Buffer.alloc(16);
  aborted.writeBigInt64BE(5n);
  aborted.writeBigInt64BE(6n, 8);
  const one = Buffer.from([2]);
  const noTags = Buffer.from([0]);
  const topicId = Buffer.from(id, 'base64url');
  return Buffer.concat([
    head,
    one,
    topicId,
    one,
    partition,
    one,
    aborted,
    noTags,
    replica,
    Buffer.from([recordSet.length + 1]),
    recordSet,
    noTags,
    noTags,
    Buffer.from([1, 0, 2, 9, 9]),
  ]);
}

describe('what is fetched by the id of its topic', () => {
  it('is asked for by that id', async () => {
    const exchange = exchangeById(asked, new Map([['t', id]]))!;
    const { buffer } = (await exchange.request.encode()) as unknown as { readonly buffer: Buffer };
    expect(exchange.request).toMatchObject({ apiKey: 1, apiVersion: 13 });
    expect(buffer.includes(Buffer.from(id, 'base64url'))).toBe(true);
    // Tags; then who asks, and for how long and how much.
    expect([buffer.readInt8(0), buffer.readInt32BE(1), buffer.readInt32BE(5), buffer.readInt32BE(13)]).toEqual([
      0, -1, 50, 1_000,
    ]);
  });

  it('is not, where one of the topics has no id that is known', () => {
    expect(exchangeById(asked, new Map([['another', id]]))).toBeUndefined();
  });

  it('is told by the name of its topic, as kafkajs tells it', async () => {
    const { response } = exchangeById(asked, new Map([['t', id]]))!;
    const read = await response.parse(await response.decode(answer(0, Buffer.alloc(0))));
    expect(read.responses).toEqual([
      {
        topicName: 't',
        partitions: [
          {
            partition: 3,
            errorCode: 0,
            highWatermark: '20',
            lastStableOffset: '19',
            abortedTransactions: [{ producerId: '5', firstOffset: '6' }],
            preferredReadReplica: -1,
            messages: [],
          },
        ],
      },
    ]);
  });

  it.each([
    ['UNKNOWN_TOPIC_ID', 100],
    ['INCONSISTENT_TOPIC_ID', 103],
  ])('fails with what makes kafkajs look for the topic anew, where its leader says %s', async (_name, code) => {
    const { response } = exchangeById(asked, new Map([['t', id]]))!;
    const decoded = await response.decode(answer(code, Buffer.alloc(0)));
    await expect(async () => response.parse(decoded)).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });

  it('fails with what an offset that is out of range is to kafkajs', async () => {
    const { response } = exchangeById(asked, new Map([['t', id]]))!;
    const decoded = await response.decode(answer(1, Buffer.alloc(0)));
    await expect(async () => response.parse(decoded)).rejects.toBeInstanceOf(kafkajs.KafkaJSOffsetOutOfRange);
  });
});

/** Of kafkajs: another one for each connection. */
function lookupByName(): LookupRequest {
  return (apiKey) => () => `of kafkajs: ${apiKey}`;
}

/** The names of the versions that are chosen for fetches, and for something else. */
async function chosen(maxVersion: number, ids: ReadonlyMap<string, string>): Promise<unknown[]> {
  const broker = {
    apiVersions: async () => ({ 1: { maxVersion } }),
    lookupRequest: lookupByName(),
  } as unknown as Broker;
  const cluster = { findBroker: () => Promise.resolve(broker) } as unknown as Cluster;
  fetchByIds(cluster, () => ids);
  await cluster.findBroker({ nodeId: 1 });
  const once = broker.lookupRequest;
  await cluster.findBroker({ nodeId: 1 });
  expect(broker.lookupRequest).toBe(once);
  return [1, 3].map((apiKey) => {
    const exchange = broker.lookupRequest(apiKey, undefined)(asked as never);
    return typeof exchange === 'string' ? exchange : 'by id';
  });
}

describe('what a broker is asked by', () => {
  it('is the id, where it speaks that and the id is known; all else is as it was', async () => {
    const known = new Map([['t', id]]);
    expect(await chosen(13, known)).toEqual(['by id', 'of kafkajs: 3']);
    expect(await chosen(12, known)).toEqual(['of kafkajs: 1', 'of kafkajs: 3']);
    expect(await chosen(17, new Map())).toEqual(['of kafkajs: 1', 'of kafkajs: 3']);
  });

  it('is what it speaks on the connection of now, where it has connected again while it was asked what it speaks', async () => {
    const broker = {
      apiVersions: async () => {
        broker.apiVersions = async () => ({ 1: { maxVersion: 12 } });
        broker.lookupRequest = lookupByName();
        return { 1: { maxVersion: 13 } };
      },
      lookupRequest: lookupByName(),
    };
    const cluster = { findBroker: () => Promise.resolve(broker) } as unknown as Cluster;
    fetchByIds(cluster, () => new Map([['t', id]]));
    await cluster.findBroker({ nodeId: 1 });
    expect(broker.lookupRequest(1, undefined)(asked as never)).toBe('of kafkajs: 1');
  });
});
