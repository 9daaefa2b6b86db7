import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError, type Failure } from '../../domain/failure.ts';
import { backoffMs } from '../../net/backoff.ts';
import { KnownKeys } from '../../net/known-keys.ts';
import type { ChangeFollower, ChangeLog, Clock } from '../../ports.ts';
import { within } from './bounded.ts';
import { classify, type Retry } from './failures.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { isPlaceholder, unreadableOf } from './unreadable.ts';
import { outOfRangePartition, TopicRemade, WholeTopic, type Fetched } from './whole-topic.ts';

export interface CompactedTopicOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  /** Milliseconds in which all must have been read that is there at the start; 60 s unless given. */
  readonly openMsMax?: number;
}

const openMsMaxDefault = 60_000;
/**
 * How long a broker may sit on a request that has nothing to give. It answers as soon as it has something; but where the partitions have
 * several leaders, a change waits for the slowest of them: so this bounds how late one comes.
 */
const waitMsMax = 500;
const farewellMsMax = 1_000;

/**
 * A compacted topic, read whole by this process: from the beginning to its end, then whatever comes. It is in no group and
 * commits nothing, so it needs the right to read the topic and no other, and never waits for a rebalance. What it knows survives
 * restarts because the topic does.
 *
 * A broker that is away is waited for without end; what is known holds meanwhile. A partition that was made anew, or lost its end, is read
 * from its beginning again, and what has not come again is told as gone. Brokers of before Kafka 3.1 do not tell one that was made anew and
 * is longer already than it was read from the former: there such a topic is emptied by records without a value, and not by making it anew.
 */
export class CompactedTopic implements ChangeLog {
  readonly #options: CompactedTopicOptions;
  readonly #topic: WholeTopic;
  readonly #closing = new AbortController();
  /** By partition: the offset that comes next. */
  readonly #nexts = new Map<number, number>();
  /** By partition that is being read from its beginning: where it is at its end; undefined until a broker has said it. */
  readonly #goals = new Map<number, number | undefined>();
  #follower!: ChangeFollower;
  #keys!: KnownKeys;
  readonly #opened = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();
  /** The last failure, while there is one. */
  #failure: Failure | undefined;

  constructor(options: CompactedTopicOptions) {
    this.#options = options;
    const { settings, topic } = options;
    this.#topic = new WholeTopic(topic, waitMsMax, settings.consumer.metadataAgeMsMax, options);
  }

  async open(follower: ChangeFollower): Promise<void> {
    this.#follower = follower;
    this.#keys = new KnownKeys(follower);
    const { topic, openMsMax = openMsMaxDefault } = this.#options;
    this.#opened.promise.catch(() => undefined); // it may be rejected when nobody waits for it any more
    const timer = setTimeout(() => {
      const { code = 'BROKER_UNREACHABLE', message = '' } = this.#failure ?? {};
      const said = `${topic} could not be read to its end within ${openMsMax / 1_000} s. ${message}`.trim();
      this.#opened.reject(new FailureError({ code, message: said }));
    }, openMsMax);
    this.#loop = this.#follow();
    try {
      await Promise.race([this.#opened.promise, this.#loop]);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await within(farewellMsMax, this.#loop);
    await within(farewellMsMax, this.#topic.disconnect());
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted;) {
      try {
        await this.#turn();
        if (attempt > 0) this.#recovered();
        attempt = 0;
        if (this.#goals.size === 0) this.#opened.resolve();
      } catch (error) {
        attempt += 1;
        if (!signal.aborted) await this.#failed(error, attempt);
      }
    }
  }

  async #turn(): Promise<void> {
    const partitions = await this.#topic.partitions();
    const fresh = partitions.filter((partition) => !this.#nexts.has(partition));
    for (const [partition, offset] of await this.#topic.offsets(fresh, 'first')) this.#begin(partition, offset);
    const fetched = await this.#topic.fetch(this.#nexts);
    if (this.#closing.signal.aborted) return;
    for (const one of fetched) this.#take(one);
    if (fetched.some(({ messages }) => messages.length > 0)) this.#follower.paused();
  }

  #begin(partition: number, offset: number): void {
    this.#nexts.set(partition, offset);
    this.#goals.set(partition, undefined);
    this.#keys.readAnew(partition);
  }

  /** Hands on what came of one partition, up to a record batch that cannot be read. */
  #take({ partition, messages, next, end }: Fetched): void {
    if (this.#goals.has(partition) && this.#goals.get(partition) === undefined) this.#goals.set(partition, end);
    for (const message of messages) {
      const offset = Number(message.offset);
      if (isPlaceholder(message)) this.#passUnreadable(partition, offset, unreadableOf(message)?.reason);
      else this.#keys.take({ key: message.key, value: message.value, offset }, partition);
      this.#nexts.set(partition, offset + 1);
    }
    this.#nexts.set(partition, next);
    const goal = this.#goals.get(partition);
    if (goal === undefined || next < goal) return;
    this.#goals.delete(partition);
    this.#keys.readToEnd(next, partition);
  }

  /** Throws where it must not be passed: what it held is not known. */
  #passUnreadable(partition: number, offset: number, reason: string | undefined): void {
    const { settings, topic } = this.#options;
    const message = `${topic} [${partition}], offset ${offset}: ${reason ?? 'It cannot be unpacked.'}`;
    const failure: Failure = { code: 'EVENT_BATCH_UNREADABLE', message };
    if (settings.consumer.unreadable === 'hold') throw new FailureError(failure);
    if (reason !== undefined) this.#follower.refused(failure, offset);
  }

  async #failed(error: unknown, attempt: number): Promise<void> {
    const { settings } = this.#options;
    const remade = outOfRangePartition(error);
    if (remade !== undefined) this.#nexts.delete(remade); // it is read from its beginning
    if (error instanceof TopicRemade) this.#nexts.clear();
    const { failure, retry } = this.#verdictOf(error, remade);
    const waitMs = backoffMs(attempt, settings.retry, Math.random());
    this.#failure = failure;
    // Nobody but a person can mend it; once it was open, what is known holds on until somebody has.
    if (retry === 'never') this.#opened.reject(new FailureError(failure, { cause: error }));
    this.#follower.away(failure, waitMs);
    await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    if (!this.#closing.signal.aborted) await this.#topic.look().catch(() => undefined);
  }

  #verdictOf(error: unknown, remade: number | undefined): { readonly failure: Failure; readonly retry: Retry } {
    const { topic } = this.#options;
    if (error instanceof TopicRemade)
      return { failure: { code: 'CONSUME_FAILED', message: error.message }, retry: 'always' };
    if (error instanceof FailureError) return { failure: error.failure, retry: 'always' };
    const { failure, retry } = classify(error, 'CONSUME_FAILED');
    if (remade === undefined) return { failure: { ...failure, message: `${topic}: ${failure.message}` }, retry };
    const message = `${topic} [${remade}] ends before where it was read, or begins after it: it is read from its beginning.`;
    return { failure: { code: 'CONSUME_FAILED', message }, retry: 'always' };
  }

  #recovered(): void {
    this.#failure = undefined;
    this.#follower.back();
  }
}
