import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka, type KafkaMessage, type Message } from 'kafkajs';
import { createClient } from '../../../src/adapters/kafka/client.ts';
import { KafkaSource } from '../../../src/adapters/kafka/consumer.ts';
import { KafkaOutput } from '../../../src/adapters/kafka/producer.ts';
import type { KafkaSettings } from '../../../src/adapters/kafka/settings.ts';
import type { BatchHandler, KafkaSourceOptions } from '../../../src/adapters/kafka/source-options.ts';
import type { Clock, IncomingRecord } from '../../../src/ports.ts';
import { HoldBoard } from '../../../src/holds.ts';
import { silentTelemetry, type Telemetry } from '../../../src/telemetry.ts';

/** What the tests against a real Kafka share: settings, topics, and ways to write and to read without our own adapter. */

export const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Quicker than the defaults where a test would wait, and otherwise like them. */
export function kafkaSettings(brokers: readonly string[], names: Partial<TestNames> = {}): KafkaSettings {
  const { events, decisions, deadLetters, groupId } = { ...uniqueNames(), ...names };
  return {
    brokers,
    clientId: 'winnow-test',
    groupId,
    topics: { events, decisions, deadLetters },
    tls: { enabled: false, rejectUnauthorized: true },
    sasl: { mechanism: 'none', oauth: {} },
    consumer: {
      fetchWaitMsMax: 50,
      fetchBytesMin: 1,
      fetchBytesMax: 10_485_760,
      partitionFetchBytesMax: 1_048_576,
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 300,
      rebalanceTimeoutMs: 20_000,
      partitionsConcurrent: 2,
      startFrom: 'earliest',
      unreadable: 'hold',
      metadataAgeMsMax: 2_000,
    },
    producer: { compression: 'none', requestTimeoutMs: 5_000 },
    retry: { initialMs: 50, maxMs: 1_000, retriesMax: 5 },
    connectionTimeoutMs: 2_000,
    startWaitMs: 0,
  };
}

export interface TestNames {
  readonly events: string;
  readonly decisions: string;
  readonly deadLetters: string;
  readonly groupId: string;
}

/** Names that no other test has: the broker is shared. */
export function uniqueNames(): TestNames {
  const id = randomBytes(5).toString('hex');
  return {
    events: `events-${id}`,
    decisions: `decisions-${id}`,
    deadLetters: `dead-letters-${id}`,
    groupId: `group-${id}`,
  };
}

/**
 * A plain kafkajs client: what others would use to write to and read from the same topics. Patient: on a busy machine a topic that was
 * made just now has no leader for seconds.
 */
export function plainClient(brokers: readonly string[]): Kafka {
  const settings = { ...kafkaSettings(brokers), retry: { initialMs: 50, maxMs: 1_000, retriesMax: 15 } };
  return createClient({ settings, log: () => undefined, clock, requestTimeoutMs: 10_000 });
}

export async function withAdmin<T>(brokers: readonly string[], action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = plainClient(brokers).admin();
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

/** @param configs settings by topic */
export async function makeTopics(
  brokers: readonly string[],
  partitionsByTopic: Record<string, number>,
  configs: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<void> {
  const topics = Object.entries(partitionsByTopic).map(([topic, numPartitions]) => ({
    topic,
    numPartitions,
    configEntries: Object.entries(configs[topic] ?? {}).map(([name, value]) => ({ name, value })),
  }));
  await withAdmin(brokers, (admin) => admin.createTopics({ topics, waitForLeaders: false }));
  await untilLed(brokers, partitionsByTopic);
}

/**
 * Resolves when topics that were made have their leaders. kafkajs gives up waiting for them at once where a busy broker does not know of the topic
 * yet, and metadata name a leader before it knows that it is one: a producer that is told so repeats what other partitions took.
 */
export async function untilLed(brokers: readonly string[], partitionsByTopic: Record<string, number>): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    const areLed = async (): Promise<boolean> => {
      const asked = Object.entries(partitionsByTopic).map(
        async ([topic, partitions]) => (await admin.fetchTopicOffsets(topic)).length === partitions,
      );
      return (await Promise.all(asked).catch(() => [false])).every(Boolean);
    };
    await until(areLed, 'the topics have their leaders');
  });
}

export async function write(
  brokers: readonly string[],
  topic: string,
  messages: Message[],
  compression: kafkajs.CompressionTypes = kafkajs.CompressionTypes.None,
): Promise<void> {
  const producer = plainClient(brokers).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let start = 0; start < messages.length; start += 1_000) {
    await producer.send({ topic, messages: messages.slice(start, start + 1_000), acks: -1, compression });
  }
  await producer.disconnect();
}

export interface ReadRecord {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** All records of a topic as it is now, each partition in its order. */
export async function readAll(brokers: readonly string[], topic: string): Promise<ReadRecord[]> {
  let ends: Awaited<ReturnType<kafkajs.Admin['fetchTopicOffsets']>> = [];
  // Partitions that a topic has just got may have no leader yet.
  const areKnown = async (): Promise<boolean> => {
    ends = await withAdmin(brokers, (admin) => admin.fetchTopicOffsets(topic)).catch(() => []);
    return ends.length > 0;
  };
  await until(areKnown, 'the topic tells its ends');
  const open = new Map(ends.filter((end) => end.high !== end.low).map((end) => [end.partition, Number(end.high)]));
  const records: ReadRecord[] = [];
  if (open.size === 0) return records;
  const consumer = plainClient(brokers).consumer({ groupId: uniqueNames().groupId, maxWaitTimeInMs: 100 });
  const done = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) records.push({ partition: batch.partition, message });
      if (Number(batch.lastOffset()) + 1 >= (open.get(batch.partition) ?? Infinity)) open.delete(batch.partition);
      if (open.size === 0) done.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return records;
}

/** Next offset by partition as the group has committed it; partitions without a commit are left out. */
export async function committedOffsets(
  brokers: readonly string[],
  groupId: string,
  topic: string,
): Promise<Map<number, number>> {
  const answers = await withAdmin(brokers, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
  const partitions = answers.flatMap((answer) => answer.partitions);
  return new Map(
    partitions.map(({ partition, offset }) => [partition, Number(offset)] as const).filter(([, offset]) => offset >= 0),
  );
}

/** A source, and what it did. Closed by the test. */
export interface RunningSource {
  readonly source: KafkaSource;
  /** Values of the records that got a fate, in the order in which they got it. */
  readonly handled: HandledRecord[];
  readonly assignments: { readonly topic: string; readonly partition: number }[][];
}

export interface HandledRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly record: IncomingRecord;
}

export interface SourceSetup {
  readonly settings: KafkaSettings;
  /** Before the fate: may take its time, or fail. */
  readonly handler?: BatchHandler;
  readonly telemetry?: Partial<Telemetry>;
  readonly recordsMax?: number;
  readonly topics?: readonly string[];
  readonly history?: KafkaSourceOptions['history'];
  readonly forgetOffsets?: KafkaSourceOptions['forgetOffsets'];
}

export function openSource(setup: SourceSetup): RunningSource {
  const handled: HandledRecord[] = [];
  const assignments: RunningSource['assignments'] = [];
  const options: ConstructorParameters<typeof KafkaSource>[0] = {
    settings: setup.settings,
    topics: setup.topics ?? [setup.settings.topics.events],
    recordsMax: setup.recordsMax ?? 256,
    ...(setup.history === undefined ? {} : { history: setup.history }),
    handler: async (batch, signal, decided) => {
      await setup.handler?.(batch, signal, decided);
      for (const record of batch.records) {
        const { partition } = batch;
        handled.push({ partition, offset: record.offset, key: text(record.key), value: text(record.value), record });
      }
    },
    telemetry: {
      ...silentTelemetry,
      ...setup.telemetry,
      partitionsAssigned: (partitions) => {
        assignments.push([...partitions]);
        setup.telemetry?.partitionsAssigned?.(partitions);
      },
    },
    forgetOffsets: setup.forgetOffsets ?? (async () => undefined),
    holds: new HoldBoard(clock, { ...silentTelemetry, ...setup.telemetry }),
    log: () => undefined,
    clock,
    progress: () => undefined,
    onAssigned: () => undefined,
  };
  const source = new KafkaSource(options);
  source.open();
  return { source, handled, assignments };
}

export function openOutput(settings: KafkaSettings, telemetry: Partial<Telemetry> = {}): KafkaOutput {
  return new KafkaOutput({
    settings,
    log: () => undefined,
    clock,
    holds: new HoldBoard(clock, { ...silentTelemetry, ...telemetry }),
    progress: () => undefined,
  });
}

export function text(bytes: Uint8Array | string | null): string {
  return bytes === null ? '' : Buffer.from(bytes).toString('utf8');
}

const pauseMsMin = 20;
/** Short beside what lasts long enough to be seen at all, such as a hold. */
const pauseMsMax = 100;

/**
 * Waits until it is so. Not a timed assertion: the bound only keeps a failing test from hanging. The longer it waits, the more seldom
 * it looks: a look is a request to a broker or a processor, and many files look at once.
 */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, msMax = 60_000): Promise<void> {
  const startMs = performance.now();
  while (!(await isSo())) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > msMax) throw new Error(`after ${msMax} ms still not so: ${what}`);
    await sleep(Math.min(pauseMsMax, Math.max(pauseMsMin, waitedMs / 10)));
  }
}

/** Resolves when the brokers tell of them: before, a client writes to none of the new ones, and says that it has. */
export async function addPartitions(brokers: readonly string[], topic: string, count: number): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    await until(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length === count;
    }, 'the brokers tell of the new partitions');
  });
}

export function numbered(count: number, keys: number): Message[] {
  return Array.from({ length: count }, (_, index) => ({ key: `acc_${index % keys}`, value: `${index}` }));
}
