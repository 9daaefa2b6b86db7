import { sampleNormsFile } from '../../../../src/app/versions.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type KafkaMessage, type Message, type Producer } from 'kafkajs';
import { withClusterOf, type Cluster } from '../../../../src/adapters/kafka/cluster.ts';
import { quietRequestQueue } from '../../../../src/adapters/kafka/request-queue.ts';
import { requireKafka } from '../../../servers/shared-kafka.ts';
import type { Skip } from '../../../servers/unavailable.ts';
import { uniqueNames, until, type TestNames } from '../../kafka/support.ts';
import { afterThisTest, type CleanUp } from './clean-up.ts';
import { Processor } from './processor.ts';

/** A record as it stands in a topic. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

export interface SceneOptions {
  /** Partitions of each topic; the decisions have another number than the events, so that only the key can join them. */
  readonly partitions?: { readonly events?: number; readonly decisions?: number; readonly deadLetters?: number };
  readonly names?: Partial<TestNames>;
  /** By default the one broker of this run. */
  readonly brokers?: readonly string[];
  /** When topics, processors and load are done with; by default after the test that is running. */
  readonly cleanUp?: CleanUp;
}

/** Quicker than the defaults where a test would wait for them. */
const quick = {
  // Huge pages are for a history that is large; for them the processor would begin each start anew. `no-calls.test.ts` lets it.
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0',
  WINNOW_KAFKA_CONSUMER_SESSION_TIMEOUT_MS: '6000',
  WINNOW_KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS: '300',
  WINNOW_KAFKA_CONSUMER_REBALANCE_TIMEOUT_MS: '10000',
  WINNOW_KAFKA_RETRY_INITIAL_MS: '50',
  WINNOW_KAFKA_RETRY_MAX_MS: '1000',
  WINNOW_STORE_HOLD_MS: '3000',
  WINNOW_STORE_RETRY_MAX_MS: '1000',
  WINNOW_MODEL_POLL_MS: '100',
  WINNOW_POLICY_POLL_MS: '100',
  // Streams of two weeks are written at once.
  WINNOW_EVENTS_BEHIND_MS_MAX: String(30 * 24 * 3_600_000),
};

/** Any will do, so long as all processors of a scene share it. */
export const sceneKeySecret = '0123456789abcdef0123456789abcdef';
const drainedMsMax = 240_000;
const recordsPerRequest = 500;
const loadEveryMs = 20;

/** One test's own topics and group on the real Kafka, and plain kafkajs clients to write to them and to read them. */
export class Scene {
  readonly brokers: readonly string[];
  readonly names: TestNames;
  readonly #cleanUp: CleanUp;
  readonly #client: kafkajs.Kafka;
  readonly #admin: Admin;
  readonly #cluster: Cluster;
  readonly #producer: Producer;

  private constructor(brokers: readonly string[], names: TestNames, cleanUp: CleanUp) {
    this.brokers = brokers;
    this.names = names;
    this.#cleanUp = cleanUp;
    quietRequestQueue();
    this.#client = new kafkajs.Kafka({
      clientId: 'winnow-test',
      brokers: [...brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 },
    });
    [this.#admin, this.#cluster] = withClusterOf(this.#client, () => this.#client.admin());
    const createPartitioner = kafkajs.Partitioners.DefaultPartitioner;
    // A broker that dies may have taken what it did not acknowledge: an event that is written again must not be there twice.
    this.#producer = this.#client.producer({ createPartitioner, idempotent: true, allowAutoTopicCreation: false });
  }

  /** Makes the topics. Where there is no Kafka, the test is given up. */
  static async create(context: Skip, options: SceneOptions = {}): Promise<Scene> {
    const { events = 4, decisions = 3, deadLetters = 2 } = options.partitions ?? {};
    const { cleanUp = afterThisTest } = options;
    const brokers = options.brokers ?? requireKafka(context).brokers;
    const scene = new Scene(brokers, { ...uniqueNames(), ...options.names }, cleanUp);
    cleanUp(() => scene.#close());
    await scene.#admin.connect();
    await scene.#producer.connect();
    await scene.createTopic(scene.names.events, events);
    await scene.createTopic(scene.names.decisions, decisions);
    await scene.createTopic(scene.names.deadLetters, deadLetters);
    return scene;
  }

  get admin(): Admin {
    return this.#admin;
  }

  /** @param settings of the topic, such as its `cleanup.policy`. */
  async createTopic(
    topic: string,
    numPartitions: number,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await this.#admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: false });
    // Of several brokers one may not have heard of it yet; each question goes to any of them.
    for (let answers = 0; answers < 6; answers += 1) await until(() => this.#isLed(topic), `${topic} has its leaders`);
  }

  async #isLed(topic: string): Promise<boolean> {
    try {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
      return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
    } catch {
      return false;
    }
  }

  /** Starts `winnow run` on these topics, one decision an event. It need not be ready yet. */
  run(
    variables: Readonly<Record<string, string | undefined>> = {},
    args: readonly string[] = [],
    through: readonly string[] = [],
    program?: string,
  ): Processor {
    return new Processor(['run', ...args], { ...this.#variables(), ...variables }, this.#cleanUp, through, program);
  }

  /** Starts another command on these topics. */
  command(args: readonly string[], variables: Readonly<Record<string, string | undefined>> = {}): Processor {
    return new Processor(args, { ...this.#variables(), ...variables }, this.#cleanUp);
  }

  #variables(): Record<string, string> {
    const { events, decisions, deadLetters, groupId } = this.names;
    return {
      ...quick,
      WINNOW_KAFKA_BROKERS: this.brokers.join(','),
      WINNOW_KAFKA_GROUP_ID: groupId,
      WINNOW_KAFKA_TOPICS_EVENTS: events,
      WINNOW_KAFKA_TOPICS_DECISIONS: decisions,
      WINNOW_KAFKA_TOPICS_DEAD_LETTERS: deadLetters,
      WINNOW_STATE_KEY_SECRET: sceneKeySecret,
      WINNOW_NORMS_FILE: sampleNormsFile,
      WINNOW_HTTP_PORT: '0',
      WINNOW_DECISIONS_EMIT: 'all',
    };
  }

  /** Writes records to the topic of events, in order. */
  async write(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += recordsPerRequest) {
      const chunk = messages.slice(start, start + recordsPerRequest);
      await this.#producer.send({ topic: this.names.events, messages: chunk, acks: -1 });
    }
  }

  /** Writes records evenly until it is stopped: events that go on arriving, whatever the test does meanwhile. */
  load(messages: Iterable<Message>, perSecond: number): Load {
    const stopping = new AbortController();
    const flowing = this.#flow(messages, perSecond, stopping.signal);
    flowing.catch(() => undefined); // told by stop()
    const stop = (): Promise<void> => {
      stopping.abort();
      return flowing;
    };
    this.#cleanUp(() => stop().catch(() => undefined));
    return { stop };
  }

  async #flow(messages: Iterable<Message>, perSecond: number, signal: AbortSignal): Promise<void> {
    const iterator = messages[Symbol.iterator]();
    const count = Math.ceil((perSecond * loadEveryMs) / 1_000);
    while (!signal.aborted) {
      const chunk = Array.from({ length: count }, () => iterator.next());
      if (chunk.some(({ done }) => done)) throw new Error('the load ran out of events before it was stopped');
      await this.write(chunk.map(({ value }) => value as Message));
      await sleep(loadEveryMs);
    }
  }

  /** Next offset of each partition of a topic: how many records it has had. */
  async ends(topic = this.names.events): Promise<Map<number, number>> {
    const offsets = await this.#admin.fetchTopicOffsets(topic).catch(async (error: unknown) => {
      // A partition may have another leader by now; kafkajs would go on asking the former one for five minutes.
      await this.#cluster.refreshMetadata();
      throw error;
    });
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  /** Next offset of each partition as the group has committed it; 0 without a commit. */
  async committed(): Promise<Map<number, number>> {
    const { groupId, events } = this.names;
    const [answer] = await this.#admin.fetchOffsets({ groupId, topics: [events] });
    return new Map(answer?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
  }

  /** Events that are written and not committed. */
  async backlog(): Promise<number> {
    const committed = await this.committed();
    const left = [...(await this.ends())].map(([partition, end]) => end - (committed.get(partition) ?? 0));
    return left.reduce((sum, each) => sum + each, 0);
  }

  /** Records of another topic than that of events that are written and not committed. */
  async backlogOf(topic: string): Promise<number> {
    const [answer] = await this.#admin.fetchOffsets({ groupId: this.names.groupId, topics: [topic] });
    const committed = new Map(
      answer?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]),
    );
    const left = [...(await this.ends(topic))].map(([partition, end]) => end - (committed.get(partition) ?? 0));
    return left.reduce((sum, each) => sum + each, 0);
  }

  /** Waits until everything that was written is committed. Fails at once when one of these processors ends meanwhile. */
  async drained(...processors: readonly Processor[]): Promise<void> {
    const isDrained = async (): Promise<boolean> => {
      if (processors.some(({ hasEnded }) => hasEnded)) throw new Error('a processor ended with events left');
      return (await this.backlog()) === 0;
    };
    await until(isDrained, 'all events are committed', drainedMsMax);
  }

  /** All records of a topic as it is now, each partition in its order. */
  async read(topic: string): Promise<StoredRecord[]> {
    const ends = [...(await this.ends(topic))].filter(([, end]) => end > 0);
    const open = new Map(ends);
    const records: StoredRecord[] = [];
    if (open.size === 0) return records;
    const consumer = this.#client.consumer({ groupId: uniqueNames().groupId, maxWaitTimeInMs: 100 });
    const done = Promise.withResolvers<void>();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) records.push(stored(topic, batch.partition, message));
        if (Number(batch.lastOffset()) + 1 >= (open.get(batch.partition) ?? Infinity)) open.delete(batch.partition);
        if (open.size === 0) done.resolve();
      },
    });
    await done.promise;
    await consumer.disconnect();
    return records;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#admin.disconnect(), this.#producer.disconnect()]);
  }
}

export interface Load {
  /** Resolves when the last record is written; rejects when one could not be. */
  stop(): Promise<void>;
}

function stored(topic: string, partition: number, message: KafkaMessage): StoredRecord {
  const { offset, key, value, headers = {} } = message;
  // kafkajs reads every value of a header as bytes; its type also covers what one may write.
  return { topic, partition, offset: Number(offset), key, value, headers: headers as Readonly<Record<string, Buffer>> };
}
