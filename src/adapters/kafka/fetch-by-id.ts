import { createRequire } from 'node:module';
import {
  createErrorFromCode,
  Decoder,
  Encoder,
  passTags,
  readCompactArray,
  speaks,
  writeCompactArray,
  writeNoTags,
  type Broker,
  type Cluster,
  type Exchange,
  type FetchedPartition,
  type LookupRequest,
} from './cluster.ts';
import { readRecordSet } from './record-set.ts';
import { bytesOfId, idOf, type TopicIds } from './topic-ids.ts';

/**
 * Fetches by the ids of topics. By name, as kafkajs fetches, a topic that was deleted and made anew passes for the former one as soon as it
 * has more records than were read of that: its first records are never read, and nobody notices. By id the partition's leader says
 * that there is no such topic, which kafkajs takes for metadata that are stale; it joins the group again, and whoever reads without a
 * group looks anew. Where brokers do not speak it, before Kafka 3.1, fetches go by name.
 */

/** Its first version that goes by id: Kafka 3.1. kafkajs speaks 11. */
const byId = { apiKey: 1, apiVersion: 13, apiName: 'Fetch' } as const;

/** What kafkajs asks for. */
interface Asked {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly AskedTopic[];
  readonly rackId?: string;
}
interface AskedTopic {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly fetchOffset: string;
    readonly maxBytes: number;
  }[];
}
interface Answer {
  /** It has not throttled, and wants us to do that: so many milliseconds. */
  readonly clientSideThrottleTime: number;
  readonly throttleTime: 0;
  readonly errorCode: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}

/**
 * Throws what kafkajs throws where a partition could not be read. Of the oldest version, which the newer ones have it from: loading one of
 * them would load what `record-set.ts` is about to replace.
 */
const { parse } = createRequire(import.meta.url)('kafkajs/src/protocol/requests/fetch/v0/response') as {
  readonly parse: (answer: Answer) => Promise<Answer>;
};

/** Makes what fetches through a cluster go by the ids that are known when it does, and by name where one of them is not. */
export function fetchByIds(cluster: Cluster, ids: () => TopicIds): void {
  const findBroker = cluster.findBroker.bind(cluster);
  cluster.findBroker = async (options) => {
    const broker = await findBroker(options);
    await lookUpByIds(broker, ids);
    return broker;
  };
}

const ours = new WeakSet<LookupRequest>();

async function lookUpByIds(broker: Broker, ids: () => TopicIds): Promise<void> {
  const { lookupRequest } = broker;
  if (ours.has(lookupRequest) || !(await speaks(broker, byId))) return;
  if (broker.lookupRequest !== lookupRequest) return lookUpByIds(broker, ids); // it has connected again meanwhile
  const lookup: LookupRequest = (apiKey, definition) => {
    const byName = lookupRequest(apiKey, definition);
    if (apiKey !== byId.apiKey) return byName;
    return (asked) => exchangeById(asked, ids()) ?? byName(asked);
  };
  ours.add(lookup);
  broker.lookupRequest = lookup;
}

/** Undefined where the id of a topic is not known. */
export function exchangeById(asked: Asked, ids: TopicIds): Exchange<Answer> | undefined {
  if (!asked.topics.every(({ topic }) => ids.has(topic))) return undefined;
  const names = new Map(asked.topics.map(({ topic }) => [ids.get(topic)!, topic]));
  return {
    request: { ...byId, encode: () => Promise.resolve(encode(asked, ids)) },
    response: {
      decode: (bytes) => decode(bytes, names),
      parse: (answer) => {
        if (answer.errorCode !== 0) throw createErrorFromCode(answer.errorCode);
        return parse(answer);
      },
    },
  };
}

const consumer = -1;
const noSession = { id: 0, epoch: -1 } as const;
const notKnown = -1;

/** Fetch => replica wait min max isolation session epoch [topic] [forgotten topic] rack */
function encode(
  { maxWaitTime, minBytes, maxBytes, isolationLevel, topics, rackId = '' }: Asked,
  ids: TopicIds,
): Encoder {
  const encoder = writeNoTags(new Encoder())
    .writeInt32(consumer)
    .writeInt32(maxWaitTime)
    .writeInt32(minBytes)
    .writeInt32(maxBytes)
    .writeInt8(isolationLevel)
    .writeInt32(noSession.id)
    .writeInt32(noSession.epoch);
  writeCompactArray(encoder, topics, (each) => writeTopic(encoder, each, ids));
  writeCompactArray(encoder, [], () => undefined);
  return writeNoTags(encoder.writeUVarIntString(rackId));
}

/** Topic => id [partition leader-epoch offset last-epoch log-start max] */
function writeTopic(encoder: Encoder, { topic, partitions }: AskedTopic, ids: TopicIds): void {
  encoder.writeBuffer(bytesOfId(ids.get(topic)!));
  writeCompactArray(encoder, partitions, ({ partition, fetchOffset, maxBytes }) =>
    writeNoTags(
      encoder
        .writeInt32(partition)
        .writeInt32(notKnown)
        .writeInt64(fetchOffset)
        .writeInt32(notKnown)
        .writeInt64(notKnown)
        .writeInt32(maxBytes),
    ),
  );
  writeNoTags(encoder);
}

/** Answer => throttle error session [topic] */
async function decode(bytes: Buffer, names: ReadonlyMap<string, string>): Promise<Answer> {
  const decoder = new Decoder(bytes);
  passTags(decoder);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  decoder.readInt32(); // session
  const topics = readCompactArray(decoder, readTopic);
  const responses: { topicName: string; partitions: FetchedPartition[] }[] = [];
  for (const { id, partitions } of topics) {
    const topicName = names.get(id);
    if (topicName === undefined) throw new Error('A broker has answered with a topic that was not asked for.');
    const read: FetchedPartition[] = [];
    for (const { recordSet, ...partition } of partitions)
      read.push({ ...partition, messages: (await readRecordSet(recordSet)) as never[] });
    responses.push({ topicName, partitions: read });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, responses };
}

type RawPartition = Omit<FetchedPartition, 'messages'> & { readonly recordSet: Buffer };

/** Topic => id [partition] */
function readTopic(decoder: Decoder): { readonly id: string; readonly partitions: readonly RawPartition[] } {
  const id = idOf(decoder.readBytes(16));
  const partitions = readCompactArray(decoder, readPartition);
  passTags(decoder);
  return { id, partitions };
}

/** Partition => number error high-watermark last-stable log-start [aborted transaction] replica records */
function readPartition(decoder: Decoder): RawPartition {
  const partition = decoder.readInt32();
  const errorCode = asKafkajsKnows(decoder.readInt16());
  const highWatermark = decoder.readInt64().toString();
  const lastStableOffset = decoder.readInt64().toString();
  decoder.readInt64(); // where the log starts
  const abortedTransactions = readCompactArray(decoder, readTransaction);
  const preferredReadReplica = decoder.readInt32();
  const recordSet = decoder.readBytes(Math.max(0, decoder.readUVarInt() - 1));
  passTags(decoder);
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    abortedTransactions,
    preferredReadReplica,
    recordSet,
  };
}

/** Transaction => producer first-offset */
function readTransaction(decoder: Decoder): { readonly producerId: string; readonly firstOffset: string } {
  const producerId = decoder.readInt64().toString();
  const firstOffset = decoder.readInt64().toString();
  passTags(decoder);
  return { producerId, firstOffset };
}

/** UNKNOWN_TOPIC_ID and INCONSISTENT_TOPIC_ID, of which it does not know, are to it UNKNOWN_TOPIC_OR_PARTITION. */
function asKafkajsKnows(errorCode: number): number {
  return errorCode === 100 || errorCode === 103 ? 3 : errorCode;
}
