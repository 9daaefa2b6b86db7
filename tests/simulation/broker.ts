import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import type { VirtualTime } from './virtual-time.ts';
import type { PartitionEnds } from '../../src/adapters/kafka/partition-ends.ts';
import type { LogRecord, Streams } from './streams.ts';

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error.js') as {
  readonly createErrorFromCode: (code: number) => Error;
};

export const topic = 'account-events';

/** Error numbers of Kafka's protocol. */
export const illegalGeneration = 22;
export const rebalanceInProgress = 27;
export const unknownMember = 25;
export const unknownTopic = 3;

export function protocolError(code: number): Error {
  return createErrorFromCode(code);
}

/** A partition as the broker has it now. */
export interface PartitionLog {
  /** How often the topic was made before. */
  readonly era: number;
  /** Offset of the first record that is still there. */
  low: number;
  /** Records that are there or were; their offset is their place. */
  readonly records: LogRecord[];
  /** Whether anybody has fetched from it. */
  isSeen: boolean;
}

/** A member as the group sees it. */
export interface Membership {
  readonly name: string;
  /** Of its assignment; what the group has moved on from is void. */
  generation: number;
}

/** What the group has committed in place of an offset: begin where the partition does. */
const fromTheBeginning = -2;

/**
 * The side of Kafka that no process of the simulation owns: logs, what the group committed, and who is a member. Answers what
 * Kafka 4 answers to the same calls.
 */
export class Broker {
  readonly logs: PartitionLog[];
  readonly committed = new Map<number, number>();
  /** What was said beside it: of which topic it is, by those who know. */
  readonly notes = new Map<number, string | undefined>();
  /** Whether topics have ids, and fetches go by them; else they go by name, as before Kafka 3.1. */
  readonly hasIds: boolean;
  /** Partitions that another member of the group has, who does nothing with them. */
  readonly lent = new Set<number>();
  generation = 0;
  isRebalancing = false;
  /** The member that has all partitions that are not lent. */
  owner: Membership | undefined;
  /** Virtual times up to which the coordinator and the leaders do not answer. */
  coordinatorAwayUntilMs = 0;
  /** Called with every commit that is taken. */
  onCommit: (partition: number, offset: number, isOfFormer: boolean | undefined) => void = () => undefined;
  readonly #time: VirtualTime;
  readonly #streams: Streams;

  constructor(time: VirtualTime, streams: Streams, hasIds: boolean) {
    this.#time = time;
    this.hasIds = hasIds;
    this.#streams = streams;
    this.logs = Array.from({ length: streams.partitions }, () => newLog(0));
  }

  /** Producers write now and then, and all that is left from `untilMs` on. */
  produce(untilMs: number): void {
    for (const partition of this.logs.keys()) {
      this.#time.after(this.#time.whole(0, 300), () => this.#write(partition, untilMs));
    }
  }

  #write(partition: number, untilMs: number): void {
    const log = this.logs[partition]!;
    const { records } = this.#streams.of(partition, log.era);
    const left = records.slice(log.records.length);
    const isLast = this.#time.nowMs >= untilMs;
    // By name, a topic that was made anew stays empty until that was noticed: Kafka tells nobody, and no consumer can know what it would
    // miss of one that has grown beyond where it was.
    if (this.hasIds || log.era === 0 || log.isSeen)
      log.records.push(...left.slice(0, isLast ? left.length : this.#time.whole(0, 4)));
    if (isLast && log.records.length === records.length) return;
    this.#time.after(this.#time.whole(100, 1_200), () => this.#write(partition, untilMs));
  }

  /** The topic is deleted and made anew: Kafka forgets what was committed to it. */
  remake(): void {
    for (const [partition, { era }] of this.logs.entries()) this.logs[partition] = newLog(era + 1);
    this.committed.clear();
    this.notes.clear();
  }

  /** Of the topic that is there now. */
  ids(): ReadonlyMap<string, string> {
    return new Map(this.hasIds ? [[topic, this.id]] : []);
  }

  get id(): string {
    return `made ${this.logs[0]!.era}`;
  }

  /** Whether something was committed to the topic that is there now, by somebody who knew which it is. */
  isCommitted(partition: number): boolean {
    return this.committed.has(partition) && this.notes.get(partition) === this.id;
  }

  /** Retention takes the head of a partition; returns the first offset that is still there. */
  deleteHead(partition: number, count: number): number {
    const log = this.logs[partition]!;
    log.low = Math.min(log.records.length, log.low + count);
    return log.low;
  }

  rebalance(): void {
    this.isRebalancing = true;
  }

  /** A member that had come back once more before it died: its session ends, and who is left joins again. */
  giveUp(name: string): void {
    if (this.owner?.name !== name) return;
    this.owner = undefined;
    this.rebalance();
  }

  /** Rejects where the brokers cannot be asked. */
  async ends(): Promise<PartitionEnds[]> {
    await this.#coordinator();
    return this.logs.map(({ low, records }, partition) => {
      const offset = this.committed.get(partition);
      const committed = offset === fromTheBeginning ? low : offset;
      const note = this.notes.get(partition);
      const isFormer = note !== undefined && note !== this.id;
      const said = isFormer ? { committed: undefined, former: committed } : { committed };
      return { topic, partition, low, high: records.length, ...said, wasReset: offset === fromTheBeginning };
    });
  }

  /** Rejects as the coordinator does. */
  async commit(
    by: Membership,
    offsets: readonly { readonly partition: number; readonly offset: number; readonly note: string | undefined }[],
  ): Promise<void> {
    await this.#coordinator();
    if (by.generation !== this.generation) throw protocolError(illegalGeneration);
    for (const { partition, offset, note } of offsets) {
      this.onCommit(partition, offset, note === undefined ? undefined : note !== this.id);
      this.committed.set(partition, offset);
      this.notes.set(partition, note);
    }
  }

  /** What kafkajs does where an offset is out of range. */
  async commitBeginning(by: Membership, partition: number): Promise<void> {
    await this.#coordinator();
    if (by.generation !== this.generation) return;
    this.committed.set(partition, fromTheBeginning);
    this.notes.delete(partition);
  }

  async heartbeat(by: Membership): Promise<void> {
    await this.#coordinator();
    if (by.generation < this.generation && this.owner !== by) throw protocolError(unknownMember);
    if (this.isRebalancing || by.generation !== this.generation) throw protocolError(rebalanceInProgress);
  }

  /** Joins the group; resolves with the partitions that the member has then. */
  async join(by: Membership, isNewcomer: boolean): Promise<readonly number[]> {
    await this.#time.sleep(this.#time.whole(20, 400));
    await this.#coordinator();
    if (isNewcomer && this.owner !== undefined) {
      this.isRebalancing = true;
      // The coordinator waits for the former owner, who is dead or has something else to do.
      await this.#time.sleep(this.#time.whole(500, 3_000));
    }
    if (isNewcomer || this.owner === undefined) this.owner = by;
    by.generation = ++this.generation;
    this.isRebalancing = false;
    if (this.owner !== by) return [];
    return [...this.logs.keys()].filter((partition) => !this.lent.has(partition));
  }

  async #coordinator(): Promise<void> {
    await this.#time.sleep(this.#time.whole(0, 3));
    if (this.#time.nowMs < this.coordinatorAwayUntilMs) {
      await this.#time.sleep(200);
      throw networkError();
    }
  }
}

/** A connection that failed is no answer. */
function networkError(): Error {
  return new kafkajs.KafkaJSConnectionError('Connection timeout', { broker: 'broker:9092', code: 'ETIMEDOUT' });
}

let installed: Broker | undefined;

/** The broker that clients of the simulation under way connect to. */
export function theBroker(): Broker {
  return installed!;
}

export function connectTo(broker: Broker): void {
  installed = broker;
}

function newLog(era: number): PartitionLog {
  return { era, low: 0, records: [], isSeen: false };
}
