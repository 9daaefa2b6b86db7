import { AssertionError } from 'node:assert';
import { EventEmitter } from 'node:events';
import kafkajs, { type Consumer, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import {
  illegalGeneration,
  protocolError,
  rebalanceInProgress,
  topic,
  unknownMember,
  unknownTopic,
  type Broker,
  type Membership,
} from './broker.ts';
import { idInNote, type TopicIds } from '../../src/adapters/kafka/topic-ids.ts';
import { demand } from './ledger.ts';
import type { VirtualTime } from './virtual-time.ts';

const events = {
  CRASH: 'consumer.crash',
  FETCH: 'consumer.fetch',
  FETCH_START: 'consumer.fetch_start',
  GROUP_JOIN: 'consumer.group_join',
  HEARTBEAT: 'consumer.heartbeat',
  REBALANCING: 'consumer.rebalancing',
  END_BATCH_PROCESS: 'consumer.end_batch_process',
};

/** NOT_COORDINATOR, and answers after which kafkajs joins again. */
const joinAgain: ReadonlySet<number> = new Set([
  16,
  illegalGeneration,
  rebalanceInProgress,
  unknownMember,
  unknownTopic,
]);
/** After these it does not say so before. */
const joinSilently: ReadonlySet<number> = new Set([unknownMember, unknownTopic]);
const emptyFetchMs = 300;
const heartbeatIntervalMs = 3_000;
const joinTriesMax = 6;

type EachBatch = (payload: EachBatchPayload) => Promise<void>;

/**
 * Does what a consumer of kafkajs does to the code that uses it, against the broker of the simulation: joins and joins again, fetches
 * each partition from a leader of its own, hands batches out, waits for all of them before it joins again, and resets offsets that
 * are out of range.
 */
export class ScriptedConsumer {
  readonly events = events;
  readonly #emitter = new EventEmitter();
  readonly #time: VirtualTime;
  readonly #broker: Broker;
  readonly #membership: Membership;
  #isRunning = false;
  #stopped: Promise<void> = Promise.resolve();
  #assigned: readonly number[] = [];
  #nextOffsets = new Map<number, number>();
  #seeks = new Map<number, number>();
  readonly #paused = new Set<number>();
  #heartbeatMs = 0;

  readonly #ids: () => TopicIds;

  /** @param ids of the topic that is read: it is fetched by that, where it is known */
  constructor(time: VirtualTime, broker: Broker, name: string, ids: () => TopicIds) {
    this.#ids = ids;
    this.#time = time;
    this.#broker = broker;
    this.#membership = { name, generation: -1 };
  }

  on(event: string, listener: (told: never) => void): void {
    this.#emitter.on(event, listener as () => void);
  }

  connect(): Promise<void> {
    return this.#time.sleep(this.#time.whole(1, 50));
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  describeGroup(): Promise<never> {
    return Promise.reject(new Error('nobody asks'));
  }

  async run({ eachBatch }: { readonly eachBatch: EachBatch }): Promise<void> {
    this.#isRunning = true;
    this.#stopped = this.#live(eachBatch).catch((error: unknown) => {
      this.#isRunning = false;
      demand(!(error instanceof AssertionError), () => `a membership ended by an assertion: ${String(error)}`);
      this.#emitter.emit(events.CRASH, { payload: { error } });
    });
    return Promise.resolve();
  }

  async disconnect(): Promise<void> {
    this.#isRunning = false;
    await this.#stopped;
    if (this.#broker.owner === this.#membership) this.#broker.owner = undefined;
  }

  /** What is cut here has been waited for before. */
  cut(): void {
    this.#isRunning = false;
  }

  pause(topics: readonly { readonly partitions?: readonly number[] }[]): void {
    for (const partition of this.#partitionsOf(topics)) this.#paused.add(partition);
  }

  resume(topics: readonly { readonly partitions?: readonly number[] }[]): void {
    for (const partition of this.#partitionsOf(topics)) this.#paused.delete(partition);
  }

  seek({ partition, offset }: { readonly partition: number; readonly offset: string }): void {
    this.#seeks.set(partition, Number(offset));
  }

  #partitionsOf(topics: readonly { readonly partitions?: readonly number[] }[]): number[] {
    return topics.flatMap(({ partitions }) => [...(partitions ?? this.#broker.logs.keys())]);
  }

  async #live(eachBatch: EachBatch): Promise<void> {
    for (let isNewcomer = true; this.#isRunning; isNewcomer = false) {
      await this.#join(isNewcomer);
      try {
        await this.#fetchAll(eachBatch);
      } catch (error) {
        const code = error instanceof kafkajs.KafkaJSProtocolError ? error.code : undefined;
        if (code === undefined || !joinAgain.has(code)) throw error;
        if (!joinSilently.has(code)) this.#emitter.emit(events.REBALANCING, {});
      }
    }
  }

  async #join(isNewcomer: boolean): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        this.#assigned = await this.#broker.join(this.#membership, isNewcomer);
        break;
      } catch (error) {
        if (tries === joinTriesMax) throw error;
        await this.#time.sleep(1_000);
      }
    }
    this.#nextOffsets = new Map();
    this.#paused.clear();
    this.#seeks = new Map();
    this.#emitter.emit(events.GROUP_JOIN, { payload: { memberAssignment: { [topic]: [...this.#assigned] } } });
  }

  /** Until one of the leaders' batches, or a heartbeat, says that the membership is over; then all come to their end. */
  async #fetchAll(eachBatch: EachBatch): Promise<void> {
    const over = new AbortController();
    const fetchers = (this.#assigned.length === 0 ? [undefined] : this.#assigned).map(async (partition) => {
      try {
        while (this.#isRunning && !over.signal.aborted) await this.#fetch(partition, eachBatch);
      } catch (error) {
        over.abort();
        throw error;
      }
    });
    const ends = await Promise.allSettled(fetchers);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #fetch(partition: number | undefined, eachBatch: EachBatch): Promise<void> {
    this.#emitter.emit(events.FETCH_START, {});
    const messages = partition === undefined || this.#paused.has(partition) ? [] : await this.#messages(partition);
    if (messages.length === 0) await this.#time.sleep(emptyFetchMs);
    this.#emitter.emit(events.FETCH, {});
    if (partition !== undefined && messages.length > 0 && this.#isRunning && !this.#paused.has(partition))
      await eachBatch(this.#payload(partition, messages));
    await this.#heartbeat();
  }

  /** What a fetch brings; nothing where the offset is out of range, which is then set anew. */
  async #messages(partition: number): Promise<KafkaMessage[]> {
    await this.#time.sleep(this.#time.whole(1, 20));
    const log = this.#broker.logs[partition]!;
    const id = this.#ids().get(topic);
    if (id !== undefined && id !== this.#broker.id) throw protocolError(unknownTopic);
    const sought = this.#seeks.get(partition);
    this.#seeks.delete(partition);
    const committed = this.#broker.committed.get(partition);
    const from =
      sought ?? this.#nextOffsets.get(partition) ?? (committed === undefined || committed < 0 ? log.low : committed);
    this.#nextOffsets.set(partition, from);
    if (from > log.records.length || from < log.low) {
      this.#nextOffsets.delete(partition);
      await this.#broker.commitBeginning(this.#membership, partition);
      return [];
    }
    log.isSeen = true;
    const records = log.records.slice(from, from + this.#time.whole(1, 12));
    return records.map(({ key, value, timestampMs }, index): KafkaMessage => ({
      key,
      value,
      timestamp: String(timestampMs),
      offset: String(from + index),
      attributes: 0,
      headers: {},
    }));
  }

  #payload(partition: number, messages: KafkaMessage[]): EachBatchPayload {
    const lastOffset = (): string => messages.at(-1)!.offset;
    const batch = {
      topic,
      partition,
      messages,
      highWatermark: String(this.#broker.logs[partition]!.records.length),
      lastOffset,
      firstOffset: () => messages[0]!.offset,
    };
    const { generation } = this.#membership;
    const payload = {
      batch,
      heartbeat: () => this.#heartbeat(),
      pause: () => {
        this.#paused.add(partition);
        return () => this.#paused.delete(partition);
      },
      resolveOffset: (offset: string) => {
        // One of a former assignment has no say.
        if (generation === this.#membership.generation) this.#nextOffsets.set(partition, Number(offset) + 1);
      },
      commitOffsetsIfNecessary: ({
        topics,
      }: {
        readonly topics: readonly {
          readonly partitions: readonly {
            readonly partition: number;
            readonly offset: string;
            readonly metadata?: string;
          }[];
        }[];
      }) =>
        this.#broker.commit(
          this.#membership,
          topics.flatMap(({ partitions }) => partitions.map((each) => committedOf(each, this.#ids()))),
        ),
      isRunning: () => this.#isRunning,
      isStale: () => this.#seeks.has(partition),
    };
    return payload as unknown as EachBatchPayload;
  }

  async #heartbeat(): Promise<void> {
    if (this.#time.nowMs - this.#heartbeatMs < heartbeatIntervalMs && !this.#broker.isRebalancing) return;
    await this.#broker.heartbeat(this.#membership);
    this.#heartbeatMs = this.#time.nowMs;
    this.#emitter.emit(events.HEARTBEAT, {});
  }
}

function committedOf(
  each: { readonly partition: number; readonly offset: string; readonly metadata?: string },
  ids: TopicIds,
) {
  return { partition: each.partition, offset: Number(each.offset), note: idInNote(each.metadata, ids) };
}

export function asConsumer(scripted: ScriptedConsumer): Consumer {
  return scripted as unknown as Consumer;
}
