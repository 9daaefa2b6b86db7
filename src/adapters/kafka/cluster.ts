import { createRequire } from 'node:module';
import type { Kafka, KafkaJSProtocolError } from 'kafkajs';

/**
 * What is inside kafkajs: the cluster that its producers, consumers and admins send requests through, and what a request is made of that
 * it does not speak itself. Without types of its own; only what is touched here. `tests/unit/adapters/kafka/cluster.test.ts` fails
 * when a release changes what this rests on.
 */
export interface Cluster {
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
  /** Topics of which it keeps what the brokers say. */
  readonly targetTopics: ReadonlySet<string>;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
  findBroker(options: { readonly nodeId: number }): Promise<Broker>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning?: boolean;
      readonly fromTimestamp?: number;
    }[],
  ): Promise<readonly { readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]>;
}

export interface Broker {
  /** Asks it which versions of requests it knows. */
  apiVersions(): Promise<KnownVersions>;
  readonly connectionPool: { send<T>(request: Exchange<T>): Promise<T> };
  /** The newest version of a request that it and kafkajs speak: makes an exchange of what is asked. Another function whenever it connects. */
  lookupRequest: LookupRequest;
  findGroupCoordinator(options: {
    readonly groupId: string;
    readonly coordinatorType: 0;
  }): Promise<{ readonly coordinator: { readonly nodeId: number } }>;
  fetch(options: {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }): Promise<{
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
  }>;
}

/** By the number of the request. */
export type KnownVersions = Readonly<Record<number, { readonly maxVersion: number } | undefined>>;

export type LookupRequest = (apiKey: number, definition: unknown) => (asked: never) => unknown;

/** What a broker says of one partition, as kafkajs has it. */
export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly preferredReadReplica: number;
  readonly messages: readonly never[];
}

/** A request, and how its answer is read. */
export interface Exchange<T> {
  readonly request: RequestVersion & { readonly encode: () => Promise<Encoder> };
  readonly response: { readonly decode: (bytes: Buffer) => Promise<T>; readonly parse: (decoded: T) => Promise<T> };
  /** Milliseconds until it fails without an answer; that of the client unless given. */
  readonly requestTimeout?: number;
}

export interface RequestVersion {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

export interface Encoder {
  writeInt8(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number | string): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeBuffer(value: Buffer): Encoder;
  writeArray(values: readonly string[]): Encoder;
  writeUVarInt(value: number): Encoder;
  writeUVarIntString(value: string): Encoder;
}

export interface Decoder {
  readonly buffer: Buffer;
  offset: number;
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readBoolean(): boolean;
  readBytes(length?: number): Buffer;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readUVarInt(): number;
  readUVarIntString(): string | null;
}

const internals = createRequire(import.meta.url);
export const Encoder = internals('kafkajs/src/protocol/encoder') as new () => Encoder;
export const Decoder = internals('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder;
/** What kafkajs makes of the error that a broker answers with. */
export const { createErrorFromCode } = internals('kafkajs/src/protocol/error') as {
  readonly createErrorFromCode: (code: number) => KafkaJSProtocolError;
};

type CreateCluster = (options: object) => Cluster;

/** A cluster of a client's own. */
export function clusterOf(
  client: Kafka,
  options: { readonly metadataMaxAge?: number; readonly isolationLevel?: number } = {},
): Cluster {
  return makerOf(client).make({ allowAutoTopicCreation: false, maxInFlightRequests: null, ...options });
}

/** What is made of a client, such as a consumer, and the cluster that is made for it. */
export function withClusterOf<T>(client: Kafka, make: () => T): readonly [T, Cluster] {
  const { symbol, make: createCluster } = makerOf(client);
  const makers = client as unknown as Record<symbol, CreateCluster>;
  const clusters: Cluster[] = [];
  makers[symbol] = (options) => {
    const cluster = createCluster(options);
    clusters.push(cluster);
    return cluster;
  };
  const made = make();
  makers[symbol] = createCluster;
  return [made, clusters[0]!];
}

function makerOf(client: Kafka): { readonly symbol: symbol; readonly make: CreateCluster } {
  const symbol = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )!;
  return { symbol, make: (client as unknown as Record<symbol, CreateCluster>)[symbol]! };
}

/** What brokers have said, by what they look requests up with: which is another whenever they connect, and may be of another version then. */
const known = new WeakMap<LookupRequest, KnownVersions>();

/**
 * Whether a broker, which is connected, knows a version of a request. It is asked itself, once a connection: kafkajs takes what the first
 * broker of a cluster said for what all speak, and one that is asked what it does not speak closes the connection. While a cluster is
 * upgraded, or taken back, its brokers speak different versions. Rejects with what the client says.
 */
export async function speaks(broker: Broker, { apiKey, apiVersion }: RequestVersion): Promise<boolean> {
  const { lookupRequest } = broker;
  const versions = known.get(lookupRequest) ?? (await broker.apiVersions());
  known.set(lookupRequest, versions);
  return (versions[apiKey]?.maxVersion ?? -1) >= apiVersion;
}

/** Asks a broker what kafkajs does not ask. Rejects with what the client says. */
export function exchange<T>(
  broker: Broker,
  version: RequestVersion,
  encode: (encoder: Encoder) => Encoder,
  decode: (decoder: Decoder) => T,
): Promise<T> {
  return broker.connectionPool.send({
    request: { ...version, encode: () => Promise.resolve(encode(new Encoder())) },
    response: {
      decode: (bytes) => Promise.resolve(decode(new Decoder(bytes))),
      parse: (decoded) => Promise.resolve(decoded),
    },
  });
}

/**
 * The newer half of the protocol (KIP-482): the header of a request and of its answer ends with tagged fields, which kafkajs does not write or
 * take off, so that they are the first byte of the body here; and lists are counted from 1, 0 being none.
 */
export function writeNoTags(encoder: Encoder): Encoder {
  return encoder.writeUVarInt(0);
}

export function writeCompactArray<T>(encoder: Encoder, values: readonly T[], write: (value: T) => unknown): Encoder {
  encoder.writeUVarInt(values.length + 1);
  for (const value of values) write(value);
  return encoder;
}

export function readCompactArray<T>(decoder: Decoder, read: (decoder: Decoder) => T): T[] {
  const count = decoder.readUVarInt() - 1;
  return Array.from({ length: Math.max(0, count) }, () => read(decoder));
}

/** Passes over tagged fields: what newer brokers say beside what was asked. */
export function passTags(decoder: Decoder): void {
  for (let left = decoder.readUVarInt(); left > 0; left -= 1) {
    decoder.readUVarInt(); // which one
    const bytes = decoder.readUVarInt();
    decoder.offset += bytes;
  }
}
