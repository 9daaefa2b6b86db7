import assert from 'node:assert/strict';
import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { FailureError, type Failure } from '../../domain/failure.ts';
import type { HeldStep } from '../../domain/hold.ts';
import type { Clock, Holds, OutgoingRecord } from '../../ports.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { within } from './bounded.ts';
import { bytesOf, chunkBytesMax, chunksOf, lonelyBytesMin, toMessage } from './chunks.ts';
import { clientRetry } from './client.ts';
import { classify, fewRetriesMax, refusalOf, type Refusal } from './failures.ts';
import { holdUntilDone } from './hold.ts';
import { joinedSignal } from './joined-signal.ts';
import type { KafkaSettings } from './settings.ts';

export interface LaneOptions {
  readonly client: Kafka;
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly step: HeldStep;
  readonly clock: Clock;
  readonly holds: Holds;
  readonly progress: () => void;
}

/** Calls that may wait at a time. A caller waits for its own, so this is the number of partitions in work at most. */
const callsMax = 4_096;
/** Records of the calls that are sent together, unless a single call has more. */
const recordsTogetherMax = 1_024;
/** Repetitions inside kafkajs, for a leader that moved. Few: beginning anew is ours, where it can be seen and ended. */
const innerRetriesMax = 2;
/** Tries after which a producer is replaced even where it may be kept. */
const attemptsPerProducer = 5;
const farewellMsMax = 5_000;

/** A shrunk record is tried at a million bytes, which a topic takes by default, and then at half as many each time, down to this. */
const shrunkBytesMin = 4_096;
const shrunkBytesFirst = 1_000_000;

interface Call {
  readonly records: readonly OutgoingRecord[];
  readonly signal: AbortSignal;
  /** Takes those of its records that the topic refuses; all others are written. */
  readonly resolve: (refused: readonly RefusedRecord[]) => void;
  readonly reject: (error: unknown) => void;
}

interface RefusedRecord {
  readonly record: OutgoingRecord;
  readonly refusal: Refusal;
}

/** Thrown for a chunk that the topic does not take. */
class ChunkRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options: ErrorOptions) {
    super(`refused: ${refusal}`, options);
    this.refusal = refusal;
  }
}

/**
 * One topic's way out: an idempotent producer and a queue, and never more than one request under way.
 *
 * One at a time is what makes idempotence hold with kafkajs. It takes sequence numbers back when a request fails, and
 * hands them to whatever is sent next; were that another batch, the broker could take it for the one that it has got
 * already, say yes, and drop it. So: a chunk that failed is sent again just as it was, by the same producer, or the
 * producer is replaced before anything else is sent. What waits meanwhile goes together afterwards, which is also how
 * many small sends become few requests.
 *
 * What the topic refuses for its own sake is looked for by halves, so that nothing else is kept by it; it is sent shrunk, or,
 * where it cannot shrink, held alone: its call goes on waiting, and all others pass.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: Call[] = [];
  readonly #closed = new AbortController();
  #pump: Promise<void> | undefined;
  #producer: Producer | undefined;
  readonly #acknowledgements = new Acknowledgements();
  /** Bytes of a chunk. Smaller once the topic has refused what others take. */
  #chunkBytesMax = chunkBytesMax;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Opens the connection, so that what is wrong with it shows at the start. Rejects with `FailureError`. */
  async open(): Promise<void> {
    try {
      await this.#connected();
    } catch (error) {
      throw new FailureError(classify(error, 'SEND_FAILED').failure, { cause: error });
    }
  }

  async send(records: readonly OutgoingRecord[], ofCaller?: AbortSignal): Promise<void> {
    const { settings, step } = this.#options;
    using joined = joinedSignal(this.#closed.signal, ...(ofCaller === undefined ? [] : [ofCaller]));
    const { signal } = joined;
    let unsent = records;
    const attempt = async (): Promise<void> => {
      const refused = await this.#queued(unsent, signal);
      unsent = refused.map(({ record }) => record);
      if (refused[0] !== undefined) throw new FailureError(this.#describe(refused[0]));
    };
    await holdUntilDone(attempt, {
      ...this.#options,
      backoff: settings.retry,
      signal,
      judge: (error) =>
        error instanceof FailureError && error.failure.code === 'RECORD_REFUSED'
          ? { step, failure: error.failure }
          : undefined,
    });
  }

  /** Resolves once nothing is queued or under way. */
  async idle(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump;
  }

  /** What is under way is given up: its callers get `SEND_FAILED`. */
  async close(): Promise<void> {
    this.#closed.abort(new FailureError({ code: 'SEND_FAILED', message: 'The producer was closed.' }));
    await within(farewellMsMax, this.idle());
    await this.#discard();
  }

  #queued(records: readonly OutgoingRecord[], signal: AbortSignal): Promise<readonly RefusedRecord[]> {
    if (records.length === 0) return Promise.resolve([]);
    assert(this.#queue.length < callsMax, 'callers wait for their sends');
    const { promise, resolve, reject } = Promise.withResolvers<readonly RefusedRecord[]>();
    this.#queue.push({ records, signal, resolve, reject });
    this.#pump ??= this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    for (let calls = this.#take(); calls.length > 0; calls = this.#take()) {
      try {
        await this.#deliver(calls);
      } catch (error) {
        const [only] = calls;
        if (calls.length === 1) only?.reject(error);
        // One of them cannot be sent. Alone, each shows whether it is the one.
        else for (const call of calls) await this.#deliver([call]).catch(call.reject);
      }
    }
    this.#pump = undefined; // here, where the queue has just been seen empty: later, a call could slip in between
  }

  #take(): Call[] {
    let records = 0;
    let count = 0;
    for (const call of this.#queue) {
      records += call.records.length;
      if (count > 0 && records > recordsTogetherMax) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #deliver(calls: readonly Call[]): Promise<void> {
    using joined = joinedSignal(...calls.map(({ signal }) => signal));
    const refused = new Map<OutgoingRecord, RefusedRecord>();
    const records = calls.flatMap((call) => call.records);
    for (const chunk of chunksOf(records, this.#chunkBytesMax))
      for (const each of await this.#sendOrHalve(chunk, joined.signal)) refused.set(each.record, each);
    for (const call of calls) call.resolve(call.records.flatMap((record) => refused.get(record) ?? []));
  }

  /** Sends records in their order; returns those that the topic does not take in any form. */
  async #sendOrHalve(records: readonly OutgoingRecord[], signal: AbortSignal): Promise<readonly RefusedRecord[]> {
    try {
      await this.#sendChunk(records.map(toMessage), signal);
      return [];
    } catch (error) {
      if (!(error instanceof ChunkRefused)) throw error;
      const [first] = records;
      if (records.length === 1 && first !== undefined) return this.#sendShrunk(first, error.refusal, signal);
      const middle = Math.ceil(records.length / 2);
      const halves = [records.slice(0, middle), records.slice(middle)] as const;
      // The topic may take less than we thought: what comes next need not be refused first.
      if (error.refusal === 'size') this.#chunkBytesMax = Math.max(lonelyBytesMin, Math.floor(this.#chunkBytesMax / 2));
      return [...(await this.#sendOrHalve(halves[0], signal)), ...(await this.#sendOrHalve(halves[1], signal))];
    }
  }

  /** Sends a record that was refused in ever smaller forms, until the topic takes one. */
  async #sendShrunk(record: OutgoingRecord, reason: Refusal, signal: AbortSignal): Promise<readonly RefusedRecord[]> {
    let refusal = reason;
    let bytes = bytesOf(record);
    let keyNeeded = false;
    for (;;) {
      const isHopeless = refusal === 'size' ? bytes <= shrunkBytesMin : keyNeeded || record.key !== null;
      if (record.shrunk === undefined || isHopeless) return [{ record, refusal }];
      if (refusal === 'size') bytes = smaller(bytes);
      else keyNeeded = true;
      try {
        await this.#sendChunk([toMessage(record.shrunk(bytes, keyNeeded))], signal);
        return [];
      } catch (error) {
        if (!(error instanceof ChunkRefused)) throw error;
        refusal = error.refusal;
      }
    }
  }

  /** Names what a person needs to find the record, and the setting. */
  #describe({ record, refusal }: RefusedRecord): Failure {
    const { topic } = this.#options;
    const { source } = record;
    const of =
      source === undefined
        ? ''
        : ` It answers ${source.topic}, partition ${source.partition}, offset ${source.offset}.`;
    const why =
      refusal === 'size'
        ? `has ${bytesOf(record)} bytes, and the topic takes less (max.message.bytes)`
        : 'is not what the topic holds (cleanup.policy, and what else the brokers check)';
    return { code: 'RECORD_REFUSED', message: `A record for ${topic} ${why}.${of}`, path: topic };
  }

  /** With the topic, where the error says only that it would not take them. */
  #named(failure: Failure): Failure {
    if (failure.code !== 'SEND_FAILED') return failure;
    const { topic } = this.#options;
    return { ...failure, message: `${topic}: ${failure.message}`, path: topic };
  }

  async #sendChunk(messages: Message[], signal: AbortSignal): Promise<void> {
    const { settings, holds, progress, step } = this.#options;
    let unclassified = 0;
    try {
      await holdUntilDone(() => this.#attempt(messages), {
        backoff: settings.retry,
        holds,
        progress,
        signal,
        judge: (error, attempt) => {
          const { failure, retry, fresh } = classify(error, 'SEND_FAILED');
          // Now and then in any case: whatever state kafkajs got itself into ends there.
          if (fresh || attempt % attemptsPerProducer === 0) void this.#discard();
          if (retry === 'few') unclassified += 1;
          return retry === 'never' || unclassified > fewRetriesMax
            ? undefined
            : { step, failure: this.#named(failure) };
        },
      });
    } catch (error) {
      void this.#discard(); // this chunk is not sent again, so its sequence numbers must not be either
      const refusal = refusalOf(error);
      if (refusal !== undefined) throw new ChunkRefused(refusal, { cause: error });
      if (error instanceof FailureError) throw error;
      throw new FailureError(classify(error, 'SEND_FAILED').failure, { cause: error });
    } finally {
      this.#acknowledgements.reset();
    }
  }

  async #attempt(messages: Message[]): Promise<void> {
    const { topic, settings } = this.#options;
    const producer = await this.#connected();
    this.#acknowledgements.begin();
    const acknowledged = await producer.sendBatch({
      acks: -1,
      timeout: settings.producer.requestTimeoutMs,
      compression: compressionTypes[settings.producer.compression],
      topicMessages: [{ topic, messages }],
    });
    this.#acknowledgements.complete(acknowledged);
  }

  async #connected(): Promise<Producer> {
    this.#closed.signal.throwIfAborted();
    if (this.#producer !== undefined) return this.#producer;
    const { client, settings } = this.#options;
    this.#acknowledgements.reset();
    const producer = client.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: this.#acknowledgements.createPartitioner,
      retry: { ...clientRetry(settings), retries: innerRetriesMax },
    });
    try {
      await producer.connect();
    } catch (error) {
      // It may be connected and yet have no producer id: kafkajs would send with it all the same, without idempotence.
      void within(farewellMsMax, producer.disconnect());
      throw error;
    }
    this.#producer = producer;
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer !== undefined) await within(farewellMsMax, producer.disconnect());
  }
}

/** The size to try after one that was refused. */
function smaller(bytes: number): number {
  return bytes > shrunkBytesFirst ? shrunkBytesFirst : Math.max(shrunkBytesMin, Math.floor(bytes / 2));
}

const { CompressionTypes } = kafkajs;
const compressionTypes = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;
