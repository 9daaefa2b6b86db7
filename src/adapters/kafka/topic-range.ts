import assert from 'node:assert/strict';
import type { Batch, KafkaMessage } from 'kafkajs';
import { FailureError } from '../../domain/failure.ts';
import { limits } from '../../domain/limits.ts';
import type { Clock, IncomingRecord, RecordBatch } from '../../ports.ts';
import { classify } from './failures.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { slicesOf } from './slices.ts';
import { WholeTopic } from './whole-topic.ts';

export interface TopicRangeOptions {
  readonly settings: KafkaSettings;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  /** By name, one or more. */
  readonly topics: readonly string[];
  /** From the first record of each partition with this timestamp or a later one, milliseconds since the epoch; all, unless given. */
  readonly fromMs?: number;
  /** What is read of partitions, as far as it is there; of others nothing. All of all, unless given. */
  readonly spans?: readonly Span[];
  /** Records of a batch at most. */
  readonly recordsMax: number;
}

/** From the first to the one behind the last. */
export interface Span {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly end: number;
}

interface Reading extends Span {
  next: number;
  /** What was fetched and not handed on: a fetch of the partition at most, some megabytes. */
  messages: readonly KafkaMessage[];
}

/** How long a broker may sit on a request that has nothing to give: what is asked for is there. */
const waitMsMax = 500;

/**
 * What lies in topics from some time until now, read once or again by a command: without a group, as one stream, of all partitions those
 * records next that are the oldest by their timestamps. It ends at what is written after `open`, and before the first record of a
 * transaction that is open then; so reading it again brings the same.
 */
export class TopicRange {
  readonly #options: TopicRangeOptions;
  readonly #spans: readonly Span[];

  private constructor(options: TopicRangeOptions, spans: readonly Span[]) {
    this.#options = options;
    this.#spans = spans;
  }

  /** Finds out where the range begins and ends. Throws `FailureError`. */
  static async open(options: TopicRangeOptions): Promise<TopicRange> {
    const topics = topicsOf(options);
    try {
      const all = await Promise.all([...topics].map(([name, topic]) => spansOf(name, topic, options.fromMs)));
      return new TopicRange(options, within(all.flat(), options.spans));
    } catch (error) {
      throw failureOf(error);
    } finally {
      await disconnect(topics);
    }
  }

  /** Records in the range, less those that a compaction or a retention takes meanwhile. */
  get recordsMax(): number {
    return this.#spans.reduce((sum, { from, end }) => sum + end - from, 0);
  }

  /** Throws `FailureError`. */
  async *read(): AsyncGenerator<RecordBatch> {
    const topics = topicsOf(this.#options);
    try {
      for (const topic of topics.values()) await topic.partitions();
      let readings = this.#spans.map((span): Reading => ({ ...span, next: span.from, messages: [] }));
      for (;;) {
        for (const [name, topic] of topics)
          await fill(
            readings.filter(({ topic: of }) => of === name),
            topic,
          );
        readings = readings.filter(({ messages }) => messages.length > 0);
        if (readings.length === 0) return;
        yield* takeOldest(readings, this.#options.recordsMax);
      }
    } catch (error) {
      throw failureOf(error);
    } finally {
      await disconnect(topics);
    }
  }
}

/** All records that a topic has now, each partition in its order, less what a compaction leaves of others. Throws `FailureError`. */
export async function* recordsIn(
  topic: string,
  options: Pick<TopicRangeOptions, 'settings' | 'log' | 'clock'>,
): AsyncGenerator<IncomingRecord> {
  const range = await TopicRange.open({ ...options, topics: [topic], recordsMax: limits.batchRecordsMax });
  for await (const { records } of range.read())
    for (const record of records) if (record.value !== null || record.failure !== undefined) yield record;
}

type Topics = ReadonlyMap<string, WholeTopic>;

function topicsOf(options: TopicRangeOptions): Topics {
  const { metadataAgeMsMax } = options.settings.consumer;
  return new Map(options.topics.map((topic) => [topic, new WholeTopic(topic, waitMsMax, metadataAgeMsMax, options)]));
}

async function spansOf(name: string, topic: WholeTopic, fromMs: number | undefined): Promise<Span[]> {
  const partitions = await topic.partitions();
  const froms = await topic.offsets(partitions, fromMs ?? 'first');
  const ends = await topic.offsets(partitions, 'end');
  return Array.from(ends, ([partition, end]) => ({
    topic: name,
    partition,
    from: froms.get(partition) ?? end,
    end,
  })).filter(({ from, end }) => from < end);
}

/** Of what is there, what is asked for. */
function within(there: readonly Span[], asked: readonly Span[] | undefined): readonly Span[] {
  if (asked === undefined) return there;
  return there.flatMap(({ topic, partition, from, end }) => {
    const part = asked.find((each) => each.topic === topic && each.partition === partition);
    const span = { from: Math.max(from, part?.from ?? Infinity), end: Math.min(end, part?.end ?? -Infinity) };
    return span.from < span.end ? [{ topic, partition, ...span }] : [];
  });
}

async function disconnect(topics: Topics): Promise<void> {
  await Promise.allSettled(Array.from(topics.values(), (topic) => topic.disconnect()));
}

function failureOf(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  return new FailureError(classify(error, 'CONSUME_FAILED').failure, { cause: error });
}

/** Fetches until each partition that is not at its end has records in hand. */
async function fill(readings: readonly Reading[], topic: WholeTopic): Promise<void> {
  for (;;) {
    const empty = readings.filter(({ messages, next, end }) => messages.length === 0 && next < end);
    if (empty.length === 0) return;
    for (const { partition, messages, next } of await topic.fetch(
      new Map(empty.map((reading) => [reading.partition, reading.next])),
    )) {
      const reading = empty.find((each) => each.partition === partition);
      assert(reading !== undefined, 'what was asked for is answered');
      reading.messages = messages.filter(({ offset }) => Number(offset) < reading.end);
      reading.next = next;
    }
  }
}

/** The oldest records in hand, up to where another partition's are older. */
function* takeOldest(readings: readonly Reading[], recordsMax: number): Generator<RecordBatch> {
  const byAge = readings.toSorted((first, second) => timeOf(first.messages[0]!) - timeOf(second.messages[0]!));
  const [oldest, other] = byAge as [Reading, ...Reading[]];
  const untilMs = other === undefined ? Infinity : timeOf(other.messages[0]!);
  const found = oldest.messages.findIndex((message, index) => index > 0 && timeOf(message) > untilMs);
  const count = Math.min(recordsMax, found < 0 ? oldest.messages.length : found);
  const messages = oldest.messages.slice(0, count);
  oldest.messages = oldest.messages.slice(count);
  const { topic, partition } = oldest;
  const batch = { topic, partition, messages, lastOffset: () => messages.at(-1)!.offset } as unknown as Batch;
  for (const slice of slicesOf(batch, recordsMax)) yield slice.batch;
}

function timeOf({ timestamp }: KafkaMessage): number {
  return Number(timestamp);
}
