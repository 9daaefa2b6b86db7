import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { Broker, Cluster } from '../../../../src/adapters/kafka/cluster.ts';
import { fetchAhead } from '../../../../src/adapters/kafka/fetch-ahead.ts';
import { readRecordSet } from '../../../../src/adapters/kafka/record-set.ts';

const internals = createRequire(import.meta.url);
const { RecordBatch: encodeBatch } = internals('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (batch: object) => Promise<{ readonly buffer: Buffer }>;
};
const encodeRecord = internals('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => object;
const gzip = 1;

/** Records whose values have so many bytes, all the same, as they come of a batch that was packed. */
async function unpacked(firstOffset: number, count: number, valueBytes: number): Promise<never[]> {
  const value = Buffer.alloc(valueBytes);
  const records = Array.from({ length: count }, (_, offsetDelta) =>
    encodeRecord({ offsetDelta, timestampDelta: 0, key: 'account', value, headers: {} }),
  );
  const batch = { firstOffset, lastOffsetDelta: count - 1, records, compression: gzip };
  const { buffer } = await encodeBatch(batch);
  return (await readRecordSet(buffer)) as never[];
}

type Asked = Parameters<Broker['fetch']>[0];
type Answer = Awaited<ReturnType<Broker['fetch']>>;

/** Offsets that are asked for, by partition of topic t. */
type Offsets = Readonly<Record<number, number>>;

function ask(offsets: Offsets): Asked {
  const partitions = Object.entries(offsets).map(([partition, offset]) => ({
    partition: Number(partition),
    fetchOffset: String(offset),
    maxBytes: 1_000,
  }));
  return { maxWaitTime: 50, minBytes: 1, maxBytes: 10_000, isolationLevel: 1, topics: [{ topic: 't', partitions }] };
}

function offsetsOf({ topics }: Asked): Offsets {
  return Object.fromEntries(
    topics.flatMap(({ partitions }) => partitions.map((each) => [each.partition, Number(each.fetchOffset)])),
  );
}

/** Of each partition as many records as a fetch takes, unless its end comes before; and how it is asked. */
class ScriptedBroker {
  readonly asked: { readonly offsets: Offsets; readonly maxWaitTime: number }[] = [];
  readonly perFetch: number;
  /** Offsets behind the last record that may be read. */
  readonly ends: Record<number, number>;
  failsAt: number | undefined;
  /** Brokers that are to be asked instead, by partition. */
  readonly replicas: Record<number, number> = {};
  /** Of each record, which then comes in a packed batch. */
  valueBytes: number | undefined;
  /** Called behind each answer. */
  answered: () => void = () => undefined;

  constructor(ends: Offsets, perFetch = 10) {
    this.ends = { ...ends };
    this.perFetch = perFetch;
  }

  fetch = async (asked: Asked): Promise<Answer> => {
    const offsets = offsetsOf(asked);
    this.asked.push({ offsets, maxWaitTime: asked.maxWaitTime });
    if (this.asked.length === this.failsAt) throw new Error('the connection broke');
    const answers = Object.entries(offsets).map(async ([partition, from]) => ({
      partition: Number(partition),
      errorCode: 0,
      highWatermark: '1000',
      lastStableOffset: String(this.ends[Number(partition)]),
      abortedTransactions: [],
      preferredReadReplica: this.replicas[Number(partition)] ?? -1,
      messages: await this.#records(Number(partition), from),
    }));
    const partitions = await Promise.all(answers);
    this.answered();
    return { responses: [{ topicName: 't', partitions }] };
  };

  async #records(partition: number, from: number): Promise<never[]> {
    const count = Math.max(0, Math.min(this.perFetch, (this.ends[partition] ?? 0) - from));
    if (count > 0 && this.valueBytes !== undefined) return unpacked(from, count, this.valueBytes);
    return Array.from({ length: count }, (_, index) => ({ offset: String(from + index) })) as never[];
  }
}

interface Scene {
  readonly broker: ScriptedBroker;
  /** Fetches as kafkajs does; returns what it is handed: first and last offset by partition. */
  readonly fetch: (offsets: Offsets) => Promise<Readonly<Record<number, readonly number[]>>>;
  readonly reassign: () => void;
}

async function scene(broker: ScriptedBroker): Promise<Scene> {
  let assigned = {};
  const cluster = { findBroker: () => Promise.resolve(broker) } as unknown as Cluster;
  fetchAhead(cluster, () => assigned);
  await cluster.findBroker({ nodeId: 1 });
  return {
    broker,
    reassign: () => void (assigned = {}),
    fetch: async (offsets) => {
      await cluster.findBroker({ nodeId: 1 }); // as kafkajs does each time
      const { responses } = await broker.fetch(ask(offsets));
      return Object.fromEntries(
        responses[0]!.partitions.map(({ partition, messages }) => {
          const own = (messages as readonly { readonly offset: string }[]).map(({ offset }) => Number(offset));
          return [partition, own.length === 0 ? [] : [own[0]!, own.at(-1)!]];
        }),
      );
    },
  };
}

describe('what comes next', () => {
  it('is asked for while what came last is handled, of all partitions, and handed over when it is wanted', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 25, 1: 5 }));
    expect(await fetch({ 0: 0, 1: 0 })).toEqual({ 0: [0, 9], 1: [0, 4] });
    expect(broker.asked.map(({ offsets }) => offsets)).toEqual([
      { 0: 0, 1: 0 },
      { 0: 10, 1: 5 },
    ]);
    // kafkajs does not ask for partitions in the same order each time.
    expect(await fetch({ 1: 5, 0: 10 })).toEqual({ 0: [10, 19] });
    expect(await fetch({ 0: 20, 1: 5 })).toEqual({ 0: [20, 24] });
    expect(broker.asked).toHaveLength(3);
  });

  it('is not asked for where the broker has said that there is no more: it would sit on that', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 10 }));
    await fetch({ 0: 0 });
    await fetch({ 0: 10 });
    expect(broker.asked.map(({ offsets }) => offsets[0])).toEqual([0, 10]);
  });

  it('is asked for without waiting; where nothing came of that, it is asked for as kafkajs asks', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 20 }));
    broker.answered = () => (broker.ends[0] = 10); // said to have more, it has lost that: its leader is another now
    await fetch({ 0: 0 });
    await fetch({ 0: 10 });
    expect(broker.asked.map(({ maxWaitTime }) => maxWaitTime)).toEqual([50, 0, 50]);
  });

  // An answer of ten megabytes may unpack to hundreds: two of each broker were in memory.
  it('is not asked for ahead of what has unpacked to more than an answer may have', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 100 }));
    broker.valueBytes = 900;
    await fetch({ 0: 0 });
    expect(broker.asked).toHaveLength(2);
    broker.valueBytes = 1_100;
    await fetch({ 0: 50 });
    expect(broker.asked.map(({ offsets }) => offsets[0])).toEqual([0, 10, 50]);
  });

  it('is one answer at most, however often kafkajs asks', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 1_000 }));
    for (let offset = 0; offset < 200; offset += 10) await fetch({ 0: offset });
    expect(broker.asked).toHaveLength(21);
  });
});

describe('a partition of which nothing came', () => {
  it('is not handed over, unless another broker is to be asked about it', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 5 }));
    expect(await fetch({ 0: 0, 1: 0, 2: 0 })).toEqual({ 0: [0, 4] });
    broker.replicas[2] = 7;
    expect(await fetch({ 0: 5, 1: 0, 2: 0 })).toEqual({ 2: [] });
  });
});

describe('what came ahead and is not what kafkajs asks for', () => {
  // Handed over all the same, it would be records of another assignment, or a hole in the partition.
  it.each<[string, Offsets]>([
    ['another offset, after a seek', { 0: 3, 1: 10 }],
    ['fewer partitions, one being paused', { 1: 10 }],
    ['more partitions, one having come from another broker', { 0: 10, 1: 10, 2: 7 }],
    ['another partition', { 0: 10, 2: 10 }],
  ])('is dropped: %s', async (_name, wanted) => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 100, 1: 100, 2: 100 }));
    await fetch({ 0: 0, 1: 0 });
    const handed = await fetch(wanted);
    expect(Object.entries(handed).map(([partition, [first]]) => [partition, first])).toEqual(Object.entries(wanted));
    expect(broker.asked[2]?.offsets).toEqual(wanted);
    // Nor does it come back when its offsets are asked for after all.
    await fetch({ 0: 10, 1: 10 });
    expect(broker.asked.filter(({ maxWaitTime }) => maxWaitTime > 0)).toHaveLength(3);
  });

  it('is dropped when the same offsets are asked for under another assignment', async () => {
    const { broker, fetch, reassign } = await scene(new ScriptedBroker({ 0: 100 }));
    await fetch({ 0: 0 });
    reassign();
    expect(await fetch({ 0: 10 })).toEqual({ 0: [10, 19] });
    expect(broker.asked.map(({ maxWaitTime }) => maxWaitTime)).toEqual([50, 0, 50, 0]);
  });

  it('is no failure where it failed: the broker is asked anew, and says how it is', async () => {
    const { broker, fetch } = await scene(new ScriptedBroker({ 0: 100 }));
    broker.failsAt = 2;
    await fetch({ 0: 0 });
    expect(await fetch({ 0: 10 })).toEqual({ 0: [10, 19] });
    broker.failsAt = broker.asked.length + 1;
    await fetch({ 0: 20 }); // came ahead; what is asked ahead of it fails
    broker.failsAt = broker.asked.length + 1;
    await expect(fetch({ 0: 30 })).rejects.toThrow('the connection broke');
  });
});
