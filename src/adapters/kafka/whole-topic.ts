import { createRequire } from 'node:module';
import kafkajs, { type KafkaMessage } from 'kafkajs';
import { createClient, type ClientOptions } from './client.ts';
import { clusterOf, type Cluster, type FetchedPartition } from './cluster.ts';
import { fetchByIds } from './fetch-by-id.ts';
import { endOfRecordSet } from './record-set.ts';
import { askTopicIds, noTopicIds, type TopicIds } from './topic-ids.ts';

/**
 * Reads partitions without a group: each process all of them, from where it says, and commits nothing. kafkajs has no such consumer, only the
 * requests that one is made of, in its cluster, which its producers and admins have too. `tests/unit/adapters/kafka/whole-topic.test.ts`
 * fails when a release changes what this rests on.
 */

/** Leaves out control records, and those of transactions that were aborted. */
type BatchOf = new (
  topic: string,
  fetchedOffset: string,
  partition: FetchedPartition,
) => { readonly messages: readonly KafkaMessage[] };

const internals = createRequire(import.meta.url);
const Batch = internals('kafkajs/src/consumer/batch') as BatchOf;
const readCommitted = 1;
const outOfRange = 1;
const fetchBytesMax = 4 * 1024 * 1024;
const partitionBytesMax = 1024 * 1024;

/** What one look at a partition brought. */
export interface Fetched {
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  /** Where to go on. */
  readonly next: number;
  /** Behind the last record that could be read when the broker answered. */
  readonly end: number;
}

export class WholeTopic {
  readonly #topic: string;
  readonly #cluster: Cluster;
  readonly #waitMsMax: number;
  /** Of the topic that is read. */
  #ids: TopicIds | undefined;
  #isInDoubt = true;

  /** @param waitMsMax how long a broker may sit on a request that has nothing to give, milliseconds */
  constructor(
    topic: string,
    waitMsMax: number,
    metadataAgeMsMax: number,
    options: Omit<ClientOptions, 'requestTimeoutMs'>,
  ) {
    this.#topic = topic;
    this.#waitMsMax = waitMsMax;
    this.#cluster = clusterOf(createClient({ ...options, requestTimeoutMs: waitMsMax + answerMsMax }), {
      metadataMaxAge: metadataAgeMsMax,
      isolationLevel: readCommitted,
    });
    fetchByIds(this.#cluster, () => this.#ids ?? noTopicIds);
  }

  /**
   * Connects, where it is not, and learns what partitions there are. Rejects with `TopicRemade` where the topic is another one than was read
   * before; called again, it is about that one. All calls reject with what the client says.
   */
  async partitions(): Promise<readonly number[]> {
    await this.#cluster.connect();
    await this.#cluster.addTargetTopic(this.#topic);
    await this.#cluster.refreshMetadataIfNecessary();
    if (this.#isInDoubt) await this.#identify();
    return this.#cluster.findTopicPartitionMetadata(this.#topic).map(({ partitionId }) => partitionId);
  }

  /** What tells the topic from every other of its name; undefined where the brokers do not say, and before `partitions` resolved. */
  get id(): string | undefined {
    return this.#ids?.get(this.#topic);
  }

  async #identify(): Promise<void> {
    const former = this.id;
    this.#ids = await askTopicIds(this.#cluster, [this.#topic]);
    this.#isInDoubt = false;
    if (former !== undefined && this.id !== undefined && this.id !== former) throw new TopicRemade(this.#topic);
  }

  /** After a failure: leaders may have changed, and the topic may be another one. */
  async look(): Promise<void> {
    this.#isInDoubt = true;
    await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
  }

  /** Offsets, where there is such a record: of the first that is still there, of the first of a time or later (milliseconds), or behind the last that can be read. */
  async offsets(partitions: readonly number[], at: 'first' | 'end' | number): Promise<ReadonlyMap<number, number>> {
    if (partitions.length === 0) return new Map();
    const asked = partitions.map((partition) => ({ partition }));
    const when = typeof at === 'number' ? { fromTimestamp: at } : { fromBeginning: at === 'first' };
    const answers = await this.#cluster.fetchTopicsOffset([{ topic: this.#topic, partitions: asked, ...when }]);
    const offsets = answers.flatMap((answer) => answer.partitions.map((each) => [each.partition, Number(each.offset)]));
    return new Map(offsets.filter((entry): entry is [number, number] => entry[1]! >= 0));
  }

  /** Asks each leader for what comes next in its partitions; waits for the slowest answer. */
  async fetch(nexts: ReadonlyMap<number, number>): Promise<readonly Fetched[]> {
    const leaders = Map.groupBy(
      this.#cluster.findTopicPartitionMetadata(this.#topic).filter(({ partitionId }) => nexts.has(partitionId)),
      ({ leader }) => leader,
    );
    const answers = [...leaders].map(([nodeId, led]) =>
      this.#fetchFrom(
        nodeId,
        led.map(({ partitionId }) => partitionId),
        nexts,
      ),
    );
    return (await Promise.all(answers)).flat();
  }

  async #fetchFrom(
    nodeId: number,
    partitions: readonly number[],
    nexts: ReadonlyMap<number, number>,
  ): Promise<readonly Fetched[]> {
    const broker = await this.#cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      maxWaitTime: this.#waitMsMax,
      minBytes: 1,
      maxBytes: fetchBytesMax,
      isolationLevel: readCommitted,
      topics: [
        {
          topic: this.#topic,
          partitions: partitions.map((partition) => ({
            partition,
            fetchOffset: String(nexts.get(partition)),
            maxBytes: partitionBytesMax,
          })),
        },
      ],
    });
    return responses.flatMap((response) =>
      response.partitions.map((fetched) => this.#read(fetched, nexts.get(fetched.partition)!)),
    );
  }

  #read(fetched: FetchedPartition, from: number): Fetched {
    const { messages } = new Batch(this.#topic, String(from), fetched);
    return {
      partition: fetched.partition,
      messages,
      next: Math.max(from, endOfRecordSet(fetched.messages) ?? from),
      end: Number(fetched.lastStableOffset),
    };
  }

  disconnect(): Promise<void> {
    return this.#cluster.disconnect();
  }
}

/** The topic was deleted and made anew: its offsets are not those that were read. */
export class TopicRemade extends Error {
  constructor(topic: string) {
    super(`${topic} was made anew: it is read from its beginning.`);
  }
}

/** Milliseconds until a request without an answer fails, beyond what the broker may wait on purpose. */
const answerMsMax = 10_000;

/** Whether an offset is outside of what its partition has; then which partition. */
export function outOfRangePartition(error: unknown): number | undefined {
  if (!(error instanceof kafkajs.KafkaJSOffsetOutOfRange) && !isOutOfRange(error)) return undefined;
  return (error as { readonly partition?: number }).partition;
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError && error.code === outOfRange;
}
