import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { Encoder, writeCompactArray, writeNoTags, type Cluster } from '../../../../src/adapters/kafka/cluster.ts';
import { askTopicIds, bytesOfId } from '../../../../src/adapters/kafka/topic-ids.ts';

const id = 'AAECAwQFBgcICQoLDA0ODw';

/** Metadata of version 10: no brokers, of a cluster, about one topic without partitions. */
function answer(cluster: string): Buffer {
  const encoder = writeNoTags(new Encoder()).writeInt32(0);
  writeCompactArray(encoder, [], () => undefined);
  encoder.writeUVarIntString(cluster).writeInt32(1);
  writeCompactArray(encoder, ['t'], (topic) => {
    encoder.writeBuffer(Buffer.alloc(2)).writeUVarIntString(topic).writeBuffer(bytesOfId(id)).writeBoolean(false);
    writeCompactArray(encoder, [], () => undefined);
    writeNoTags(encoder.writeInt32(0));
  });
  return (encoder as Encoder & { readonly buffer: Buffer }).buffer;
}

/** A cluster of which the connections answer one after the other, or fail. */
function clusterThat(...answers: (Error | Buffer)[]): Cluster {
  const send = async ({ response }: { readonly response: { readonly decode: (bytes: Buffer) => unknown } }) => {
    const next = answers.shift();
    if (next === undefined || next instanceof Error) throw next ?? new Error('It was asked too often.');
    return response.decode(next);
  };
  const broker = {
    apiVersions: async () => ({ 3: { maxVersion: 12 } }),
    lookupRequest: () => () => undefined,
    connectionPool: { send },
  };
  return {
    connect: () => Promise.resolve(),
    brokerPool: { findConnectedBroker: () => Promise.resolve(broker) },
  } as unknown as Cluster;
}

describe('which topics there are', () => {
  it('is told with the cluster that they are of', async () => {
    const ids = await askTopicIds(clusterThat(answer('here')), ['t']);
    expect([[...ids], ids.cluster]).toEqual([[['t', id]], 'here']);
  });

  // A connection that is half open takes what is asked and never answers, and that was no failure of a connection.
  it.each([
    ['was closed', new kafkajs.KafkaJSConnectionError('closed')],
    ['does not answer', new kafkajs.KafkaJSRequestTimeoutError('timed out', {} as never)],
  ])('is asked over another connection, where one %s', async (_what, error) => {
    const ids = await askTopicIds(clusterThat(error, answer('here')), ['t']);
    expect(ids.get('t')).toBe(id);
    await expect(askTopicIds(clusterThat(error, error), ['t'])).rejects.toBe(error);
  });

  it('is not asked again, where the broker says no', async () => {
    const no = new kafkajs.KafkaJSError('no');
    await expect(askTopicIds(clusterThat(no, answer('here')), ['t'])).rejects.toBe(no);
  });
});
