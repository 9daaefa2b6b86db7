import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from 'kafkajs';
import { FailureError, type Failure } from '../../domain/failure.ts';
import { backoffMs } from '../../net/backoff.ts';
import type { Clock, Holds, OpenHold, RecordBatch } from '../../ports.ts';
import { classify } from './failures.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { slicesOf } from './slices.ts';
import { outOfRangePartition, TopicRemade, WholeTopic, type Fetched } from './whole-topic.ts';

export interface TopicFollowerOptions {
  readonly settings: KafkaSettings;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  readonly holds: Holds;
  readonly topic: string;
  /** Records of a batch at most. */
  readonly recordsMax: number;
  /** The offset to go on from; undefined where nothing of the partition was ever taken. */
  readonly kept: (partition: number) => number | undefined;
  /**
   * Takes a batch, and keeps `next` with it. Calls come one after the other. What it rejects with and is no `FailureError`
   * `ARCHIVE_UNAVAILABLE` ends the follower; that is waited for, and the batch comes again.
   */
  readonly take: (batch: RecordBatch, next: number) => Promise<void>;
  /** Called before anything is read of a topic, where the brokers say its id. What was kept of the offsets of another one must not count any more. */
  readonly identified: (id: string) => Promise<void>;
  /** The partition is another one than was read: it is shorter. What was kept of its offset must not count any more. */
  readonly remade: (partition: number) => Promise<void>;
  /** Records that retention took before they were read. */
  readonly lost: (partition: number, count: number) => void;
  /** Called whenever something was tried. */
  readonly progress: () => void;
}

/** What is asked of the topic. */
type FollowedTopic = Pick<WholeTopic, 'id' | 'partitions' | 'offsets' | 'fetch' | 'look' | 'disconnect'>;

/** How long a broker may sit on a request that has nothing to give: bounds how late a record comes. */
const waitMsMax = 500;

/**
 * Follows a topic, all of its partitions, without a group: from where the taker says it is, and for ever. Offsets are the taker's own, kept
 * with what it made of the records; so nothing is committed to the brokers.
 */
export class TopicFollower {
  readonly #options: TopicFollowerOptions;
  readonly #topic: FollowedTopic;
  readonly #nexts = new Map<number, number>();
  /** Of the topic whose partitions were begun; undefined where the brokers do not say. */
  #id: string | undefined;
  /** By partition: records that are there and were not taken. */
  readonly #lags = new Map<number, number>();
  #hold: OpenHold | undefined;

  /** @param topic that is read */
  constructor(
    options: TopicFollowerOptions,
    topic: FollowedTopic = new WholeTopic(
      options.topic,
      waitMsMax,
      options.settings.consumer.metadataAgeMsMax,
      options,
    ),
  ) {
    this.#options = options;
    this.#topic = topic;
  }

  /** Records that are there and were not taken; undefined before each partition was looked at, and after a failure until it was again. */
  get lag(): number | undefined {
    if (this.#nexts.size === 0 || this.#lags.size < this.#nexts.size) return undefined;
    return [...this.#lags.values()].reduce((sum, lag) => sum + lag, 0);
  }

  /** Resolves once `signal` is aborted and nothing is under way. Rejects where only a person can help. */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for (let attempt = 0; !signal.aborted;) {
        try {
          await this.#turn(signal);
          attempt = 0;
          this.#hold?.end();
          this.#hold = undefined;
        } catch (error) {
          attempt += 1;
          await this.#failed(error, attempt, signal);
        }
        this.#options.progress();
      }
    } finally {
      this.#hold?.end();
      await this.#topic.disconnect().catch(() => undefined);
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const partitions = await this.#topic.partitions();
    await this.#identify();
    await this.#begin(partitions.filter((partition) => !this.#nexts.has(partition)));
    for (const fetched of await this.#topic.fetch(this.#nexts)) await this.#take(fetched, signal);
  }

  async #identify(): Promise<void> {
    const { id } = this.#topic;
    if (id === undefined || id === this.#id) return;
    this.#nexts.clear();
    await this.#options.identified(id);
    this.#id = id;
  }

  async #begin(partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    const firsts = await this.#topic.offsets(partitions, 'first');
    const ends = await this.#topic.offsets(partitions, 'end');
    for (const partition of partitions) {
      const first = firsts.get(partition) ?? 0;
      const kept = this.#options.kept(partition);
      const isRemade = kept !== undefined && kept > (ends.get(partition) ?? 0);
      if (isRemade) await this.#options.remade(partition);
      else if (kept !== undefined && kept < first) this.#options.lost(partition, first - kept);
      this.#nexts.set(partition, isRemade ? first : Math.max(kept ?? 0, first));
    }
  }

  async #take({ partition, messages, next, end }: Fetched, signal: AbortSignal): Promise<void> {
    const { topic, recordsMax, take, settings } = this.#options;
    const batch = { topic, partition, messages, lastOffset: () => String(next - 1) } as unknown as Batch;
    for (const slice of slicesOf(batch, recordsMax)) {
      if (signal.aborted) return;
      if (slice.unreadable !== undefined && settings.consumer.unreadable === 'hold')
        throw new FailureError(slice.unreadable);
      await take(slice.batch, slice.next);
      this.#nexts.set(partition, slice.next);
      this.#lags.set(partition, Math.max(0, end - slice.next));
    }
    this.#nexts.set(partition, next);
    this.#lags.set(partition, Math.max(0, end - next));
  }

  async #failed(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    const { settings, topic, holds } = this.#options;
    this.#lags.clear(); // what came since nobody has seen
    const remade = outOfRangePartition(error);
    if (remade !== undefined) this.#nexts.delete(remade); // where it begins and ends is looked at anew
    const failure = error instanceof FailureError ? passing(error) : this.#failureOf(error, remade !== undefined);
    const step = failure.code === 'ARCHIVE_UNAVAILABLE' ? 'store' : 'consume';
    this.#hold ??= holds.begin({ step, topic });
    const waitMs = backoffMs(attempt, settings.retry, Math.random());
    this.#hold.tried(failure, waitMs);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await this.#topic.look().catch(() => undefined);
  }

  #failureOf(error: unknown, isRemade: boolean): Failure {
    if (error instanceof TopicRemade) return { code: 'CONSUME_FAILED', message: error.message };
    const { failure, retry } = classify(error, 'CONSUME_FAILED');
    const told = { ...failure, message: `${this.#options.topic}: ${failure.message}` };
    if (retry === 'never' && !isRemade) throw new FailureError(told, { cause: error });
    return told;
  }
}

/** The failure, where it may pass; throws it where it does not. */
function passing(error: FailureError): Failure {
  const { failure } = error;
  if (failure.code === 'ARCHIVE_UNAVAILABLE' || failure.code === 'EVENT_BATCH_UNREADABLE') return failure;
  throw error;
}
