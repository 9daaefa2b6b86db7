import kafkajs from 'kafkajs';
import {
  createErrorFromCode,
  exchange,
  passTags,
  readCompactArray,
  speaks,
  writeCompactArray,
  writeNoTags,
  type Broker,
  type Cluster,
  type Decoder,
} from './cluster.ts';

/**
 * By name: what tells a topic from every other that ever had its name (KIP-516), in the form in which Kafka's own tools print it. Empty
 * where the brokers do not say, as before Kafka 2.8.
 */
export interface TopicIds extends ReadonlyMap<string, string> {
  /** The id of the cluster that they are of; absent where the brokers do not say. */
  readonly cluster?: string;
}

export const noTopicIds: TopicIds = new Map();

/** Its version that tells of ids: Kafka 2.8. kafkajs speaks 6. */
const metadata = { apiKey: 3, apiVersion: 10, apiName: 'Metadata' } as const;
/** Of a topic that has none: it was made when the brokers had no ids. */
const noId = idOf(Buffer.alloc(16));
const tries = 2;

/**
 * Asks for the ids of topics. Any broker may answer, and one that lags behind tells of a former topic for a moment: whoever reads by such an
 * id is told by the partition's leader. Rejects with what the client says, and with what the broker says of a topic that is not there.
 */
export async function askTopicIds(cluster: Cluster, topics: readonly string[]): Promise<TopicIds> {
  await cluster.connect();
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await askBroker(await cluster.brokerPool.findConnectedBroker(), topics);
    } catch (error) {
      if (left === 0 || !isOfConnection(error)) throw error;
    }
  }
}

/** The connection may have been dead for long, also half open; the next try opens another, or asks another broker. */
function isOfConnection(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSConnectionError || error instanceof kafkajs.KafkaJSRequestTimeoutError;
}

async function askBroker(broker: Broker, topics: readonly string[]): Promise<TopicIds> {
  if (!(await speaks(broker, metadata))) return noTopicIds;
  const { cluster, answers } = await exchange(
    broker,
    metadata,
    (encoder) => {
      writeNoTags(encoder);
      writeCompactArray(encoder, topics, (topic) =>
        writeNoTags(encoder.writeBuffer(Buffer.alloc(16)).writeUVarIntString(topic)),
      );
      return writeNoTags(encoder.writeBoolean(false).writeBoolean(false).writeBoolean(false));
    },
    readAnswer,
  );
  const fault = answers.find(({ errorCode }) => errorCode !== 0);
  if (fault !== undefined) throw errorOf(fault);
  const ids = new Map(answers.filter(({ id }) => id !== noId).map(({ topic, id }) => [topic, id]));
  return cluster === null ? ids : Object.assign(ids, { cluster });
}

interface TopicAnswer {
  readonly errorCode: number;
  readonly topic: string;
  readonly id: string;
}

/** Answer => throttle [broker] cluster controller [topic] */
function readAnswer(decoder: Decoder): { readonly cluster: string | null; readonly answers: readonly TopicAnswer[] } {
  passTags(decoder);
  decoder.readInt32(); // throttle time
  readCompactArray(decoder, passBroker);
  const cluster = decoder.readUVarIntString();
  decoder.readInt32(); // controller
  return { cluster, answers: readCompactArray(decoder, readTopic) };
}

/** Broker => node host port rack */
function passBroker(decoder: Decoder): void {
  decoder.readInt32();
  decoder.readUVarIntString();
  decoder.readInt32();
  decoder.readUVarIntString();
  passTags(decoder);
}

/** Topic => error name id internal [partition] operations */
function readTopic(decoder: Decoder): TopicAnswer {
  const errorCode = decoder.readInt16();
  const topic = decoder.readUVarIntString() ?? '';
  const id = idOf(decoder.readBytes(16));
  decoder.readBoolean();
  readCompactArray(decoder, passPartition);
  decoder.readInt32();
  passTags(decoder);
  return { errorCode, topic, id };
}

/** Partition => error number leader epoch [replica] [in sync] [offline] */
function passPartition(decoder: Decoder): void {
  decoder.readInt16();
  for (let field = 0; field < 3; field++) decoder.readInt32();
  for (let list = 0; list < 3; list++) readCompactArray(decoder, (each) => each.readInt32());
  passTags(decoder);
}

/**
 * What is committed beside an offset, and kept in history beside what it knows of a partition: of which topic that is. Kafka forgets what was committed to a topic some time after that was deleted, and
 * takes what a member commits late to one of the same name; so an offset alone does not say whether it is of the topic that is there now.
 * And of which cluster: what mirrors a topic to another one (MirrorMaker 2) copies notes with the offsets that it translates, and
 * there the topic has another id. Undefined where the topic's id is not known.
 */
export function noteOf(topic: string, ids: TopicIds): string | undefined {
  const id = ids.get(topic);
  return id === undefined ? undefined : `${notePrefix}${id}${ofCluster(ids)}`;
}

const notePrefix = 'topic id ';

function ofCluster({ cluster = '' }: TopicIds): string {
  return ` of cluster ${cluster}`;
}

/** Undefined of what was committed to another cluster than the ids are of, or by another program, or a version of before. */
export function idInNote(note: string | null | undefined, ids: TopicIds): string | undefined {
  const suffix = ofCluster(ids);
  if (note?.startsWith(notePrefix) !== true || !note.endsWith(suffix)) return undefined;
  return note.slice(notePrefix.length, -suffix.length);
}

/** @param bytes 16 of them */
export function idOf(bytes: Buffer): string {
  return bytes.toString('base64url');
}

export function bytesOfId(id: string): Buffer {
  return Buffer.from(id, 'base64url');
}

function errorOf({ errorCode, topic }: TopicAnswer): Error {
  const error = createErrorFromCode(errorCode);
  return Object.assign(error, { message: `${topic}: ${error.message}` });
}
