import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/adapters/kafka/client.ts';
import {
  clusterOf,
  Decoder,
  Encoder,
  passTags,
  readCompactArray,
  speaks,
  withClusterOf,
  writeCompactArray,
  writeNoTags,
  type Broker,
} from '../../../../src/adapters/kafka/cluster.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

/** What is taken from inside kafkajs is promised to nobody. */

const settings = kafkaSettings(['127.0.0.1:1']);

function client(): ReturnType<typeof createClient> {
  return createClient({ settings, log: () => undefined, clock, requestTimeoutMs: 1 });
}

function missingOf(there: object, methods: readonly string[]): string[] {
  return methods.filter((each) => typeof (there as Record<string, unknown>)[each] !== 'function');
}

const clusterMethods = [
  'connect',
  'disconnect',
  'addTargetTopic',
  'refreshMetadata',
  'refreshMetadataIfNecessary',
  'findTopicPartitionMetadata',
  'findControllerBroker',
  'findBroker',
  'fetchTopicsOffset',
];

describe('what is taken from inside kafkajs', () => {
  it('makes a cluster that can be asked for brokers, partitions, beginnings and leaders', () => {
    const cluster = clusterOf(client());
    expect(missingOf(cluster, clusterMethods)).toEqual([]);
    expect(missingOf(cluster.brokerPool, ['findConnectedBroker'])).toEqual([]);
    expect(cluster.targetTopics).toEqual(new Set());
  });

  it('gives the cluster that a consumer or an admin is made with, and no other', () => {
    const one = client();
    const [consumer, cluster] = withClusterOf(one, () => one.consumer({ groupId: 'group' }));
    const [admin, another] = withClusterOf(one, () => one.admin());
    expect(missingOf(consumer, ['run'])).toEqual([]);
    expect(missingOf(admin, ['fetchOffsets'])).toEqual([]);
    expect(missingOf(cluster, clusterMethods)).toEqual([]);
    expect(another).not.toBe(cluster);
    expect(clusterOf(one)).not.toBe(another);
  });

  it('has brokers that look up what they and it speak, also when they fetch', () => {
    const Broker = createRequire(import.meta.url)('kafkajs/src/broker') as { readonly prototype: object };
    expect(missingOf(Broker.prototype, ['fetch', 'findGroupCoordinator', 'apiVersions'])).toEqual([]);
    const sourceOf = (method: string): string => String((Broker.prototype as Record<string, unknown>)[method]);
    expect(sourceOf('fetch')).toContain('this.lookupRequest(');
    expect(sourceOf('connect')).toContain('this.lookupRequest = lookup('); // another whenever it connects
  });

  it('writes and reads what a request is made of', () => {
    const encoder = writeNoTags(new Encoder()) as Encoder & { readonly buffer: Buffer };
    encoder.writeInt8(1).writeInt32(2).writeInt64('3').writeBoolean(true).writeUVarIntString('four');
    writeCompactArray(encoder, ['a', 'b'], (each) => encoder.writeUVarIntString(each));
    encoder.writeUVarInt(300).writeArray(['five']);
    const decoder = new Decoder(encoder.buffer);
    passTags(decoder);
    expect(decoder.readInt8()).toBe(1);
    expect(decoder.readInt32()).toBe(2);
    expect(decoder.readInt64().toString()).toBe('3');
    expect(decoder.readBoolean()).toBe(true);
    expect(decoder.readUVarIntString()).toBe('four');
    expect(readCompactArray(decoder, (each) => each.readUVarIntString())).toEqual(['a', 'b']);
    expect(decoder.readUVarInt()).toBe(300);
    expect(decoder.readArray((each) => each.readString())).toEqual(['five']);
  });

  it('lets what newer brokers say beside an answer be passed over', () => {
    // Two tagged fields, of three bytes and of none; then a number.
    const decoder = new Decoder(Buffer.from([2, 0, 3, 9, 9, 9, 1, 0, 7]));
    passTags(decoder);
    expect(decoder.readInt8()).toBe(7);
  });
});

/** kafkajs gives each broker what the first one said: in a cluster that is upgraded a leader was asked what it does not speak, for ever. */
describe('which versions of a request a broker speaks', () => {
  const fetch = { apiKey: 1, apiVersion: 13, apiName: 'Fetch' };

  it('is what it says itself, asked once a connection, whatever kafkajs takes it for', async () => {
    const answers = [11, 13];
    const broker = {
      versions: { 1: { maxVersion: 13 } },
      lookupRequest: () => () => undefined,
      apiVersions: async () => ({ 1: { maxVersion: answers.shift()! } }),
    };
    const asked = broker as unknown as Broker;
    expect([await speaks(asked, fetch), await speaks(asked, fetch)]).toEqual([false, false]);
    broker.lookupRequest = () => () => undefined; // it was upgraded, and has connected again
    expect([await speaks(asked, fetch), await speaks(asked, fetch)]).toEqual([true, true]);
  });

  it('is asked again where it did not answer', async () => {
    const answers = [() => Promise.reject(new Error('away')), async () => ({ 1: { maxVersion: 13 } })];
    const broker = { lookupRequest: () => () => undefined, apiVersions: () => answers.shift()!() } as unknown as Broker;
    await expect(speaks(broker, fetch)).rejects.toThrow('away');
    expect(await speaks(broker, fetch)).toBe(true);
  });
});
