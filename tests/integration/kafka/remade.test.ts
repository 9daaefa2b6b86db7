import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../src/adapters/kafka/cluster.ts';
import type { Telemetry } from '../../../src/telemetry.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import {
  addPartitions,
  committedOffsets,
  kafkaSettings,
  makeTopics,
  numbered,
  openSource,
  plainClient,
  until,
  withAdmin,
  write,
} from './support.ts';

/** Writes down what was told of partitions. */
function recorder(): { readonly told: unknown[]; readonly telemetry: Partial<Telemetry> } {
  const told: unknown[] = [];
  return {
    told,
    telemetry: {
      partitionRemade: (_topic, partition, expected, found) => void told.push(['remade', partition, expected, found]),
      recordsLost: (_topic, partition, from, next) => void told.push(['lost', partition, from, next]),
    },
  };
}

const first = { partition: 0 };

/** So many records into each of two partitions. */
async function writeEach(brokers: readonly string[], topic: string, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, index) => `${index}`);
  await write(
    brokers,
    topic,
    messages.flatMap((value) => [0, 1].map((partition) => ({ partition, key: null, value }))),
  );
}

/** Deletes a topic, and makes it anew when `mayBegin`. */
async function remake(
  brokers: readonly string[],
  topic: string,
  partitions: number,
  mayBegin: () => boolean | Promise<boolean>,
): Promise<void> {
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
  await until(async () => !(await withAdmin(brokers, (admin) => admin.listTopics())).includes(topic), 'it is gone');
  await until(mayBegin, 'it may be made anew');
  await makeTopics(brokers, { [topic]: partitions });
}

async function areCommitted(
  brokers: readonly string[],
  groupId: string,
  topic: string,
  offset: number,
): Promise<boolean> {
  const committed = [...(await committedOffsets(brokers, groupId, topic)).values()];
  return committed.length > 0 && committed.every((each) => each === offset);
}

/** Whether Kafka has forgotten what a group committed to a topic that is gone. */
async function isForgotten(brokers: readonly string[], groupId: string, topic: string): Promise<boolean> {
  const all = await withAdmin(brokers, (admin) => admin.fetchOffsets({ groupId }));
  return all.every((each) => each.topic !== topic);
}

async function noteOfCommitted(brokers: readonly string[], groupId: string, topic: string): Promise<string | null> {
  const [answer] = await withAdmin(brokers, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
  return answer?.partitions[0]?.metadata ?? null;
}

/** As a member that is about to end, and has not heard of anything, would. */
async function commitLate(brokers: readonly string[], groupId: string, topic: string, offset: object): Promise<void> {
  const cluster = clusterOf(plainClient(brokers)) as unknown as {
    connect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    disconnect(): Promise<void>;
    findGroupCoordinator(of: object): Promise<{ offsetCommit(request: object): Promise<void> }>;
  };
  await cluster.connect();
  await cluster.refreshMetadata();
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const nobody = { memberId: '', groupGenerationId: -1 };
  await coordinator.offsetCommit({ groupId, ...nobody, topics: [{ topic, partitions: [offset] }] });
  await cluster.disconnect();
}

describe('offsets that are not those that were committed', () => {
  it('retention that is faster than the reader is told, and reading goes on', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const topic = settings.topics.events;
    await makeTopics(brokers, { [topic]: 1 });
    await write(brokers, topic, numbered(100, 1));
    await withAdmin(brokers, async (admin) => {
      await admin.setOffsets({ groupId: settings.groupId, topic, partitions: [{ ...first, offset: '20' }] });
      await admin.deleteTopicRecords({ topic, partitions: [{ ...first, offset: '50' }] });
    });
    const { told, telemetry } = recorder();
    const { source, handled } = openSource({ settings, telemetry });
    await until(() => handled.length === 50, 'what is left is handled');
    await until(() => told.length > 0, 'it is told');
    expect(told).toEqual([['lost', 0, 20, 50]]);
    await source.close();
    expect(await committedOffsets(brokers, settings.groupId, topic)).toEqual(new Map([[0, 100]]));
  });

  it('what was committed beyond the end is taken for another partition, which is forgotten before it is read', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const topic = settings.topics.events;
    await makeTopics(brokers, { [topic]: 1 });
    await write(brokers, topic, numbered(30, 1));
    await withAdmin(brokers, (admin) =>
      admin.setOffsets({ groupId: settings.groupId, topic, partitions: [{ ...first, offset: '500' }] }),
    );
    const { told, telemetry } = recorder();
    const offered: (number | undefined)[] = [];
    const { source, handled } = openSource({
      settings,
      telemetry,
      handler: async ({ committedOffset }) => void offered.push(committedOffset),
      forgetOffsets: async (_topic, partition) => void told.push(['forgotten', partition]),
    });
    await until(() => handled.length === 30, 'all records are handled');
    await source.close();
    expect(told).toEqual([
      ['remade', 0, 500, 0],
      ['forgotten', 0],
    ]);
    // It says nothing of this partition.
    expect(new Set(offered)).toEqual(new Set([undefined]));
    expect(await committedOffsets(brokers, settings.groupId, topic)).toEqual(new Map([[0, 30]]));
  });

  // Fetches went by a topic's name: one that was back before the reader heard that it was gone, with more records than were read, passed
  // for the former one, and its first records were not read. Waiting until Kafka has forgotten what was committed is no help.
  it.for<[number, 'at once' | 'later']>([
    [10, 'at once'],
    [10, 'later'],
    [200, 'at once'],
    [200, 'later'],
  ])(
    'a topic that is made anew while it is read, with %i records a partition, %s, is read from its first',
    async ([count, when], context) => {
      const { brokers } = requireKafka(context);
      const settings = kafkaSettings(brokers);
      const topic = settings.topics.events;
      await makeTopics(brokers, { [topic]: 2 });
      await writeEach(brokers, topic, 100);
      const { told, telemetry } = recorder();
      const { source, handled } = openSource({
        settings,
        telemetry,
        forgetOffsets: async (_topic, partition) => void told.push(['forgotten', partition]),
      });
      await until(() => areCommitted(brokers, settings.groupId, topic, 100), 'the first topic is read');

      await remake(brokers, topic, 2, () =>
        when === 'at once' ? true : isForgotten(brokers, settings.groupId, topic),
      );
      await writeEach(brokers, topic, count);
      await until(() => handled.length === 200 + 2 * count, 'the second topic is read, all of it', 30_000);
      await until(() => areCommitted(brokers, settings.groupId, topic, count), 'it is committed');
      await source.close();
      for (const partition of [0, 1]) {
        expect(told.filter((each) => isDeepStrictEqual(each, ['forgotten', partition]))).toHaveLength(1);
        expect(told).toContainEqual(['remade', partition, 100, 0]);
        expect(handled.slice(200).flatMap((each) => (each.partition === partition ? [each.offset] : []))).toEqual(
          Array.from({ length: count }, (_, index) => index),
        );
      }
    },
  );

  it('what was committed to a former topic, and late, is not taken for what a process that starts has behind it', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const topic = settings.topics.events;
    await makeTopics(brokers, { [topic]: 1 });
    await write(brokers, topic, numbered(100, 1));
    const before = openSource({ settings });
    await until(() => areCommitted(brokers, settings.groupId, topic, 100), 'the first topic is read');
    await before.source.close();
    const note = await noteOfCommitted(brokers, settings.groupId, topic);
    await remake(brokers, topic, 1, () => isForgotten(brokers, settings.groupId, topic));
    await write(brokers, topic, numbered(200, 1));
    await commitLate(brokers, settings.groupId, topic, { partition: 0, offset: '100', metadata: note });

    const { told, telemetry } = recorder();
    const { source, handled } = openSource({
      settings,
      telemetry,
      forgetOffsets: async (_topic, partition) => void told.push(['forgotten', partition]),
    });
    await until(() => handled.length === 200, 'the second topic is read, all of it');
    await until(() => areCommitted(brokers, settings.groupId, topic, 200), 'it is committed');
    await source.close();
    expect(told).toEqual([
      ['remade', 0, 100, 0],
      ['forgotten', 0],
    ]);
  });
});

it('a topic that was made anew is forgotten once, also when it is assigned again before anything of it was committed', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  const topic = settings.topics.events;
  await makeTopics(brokers, { [topic]: 1 });
  await write(brokers, topic, numbered(20, 1));
  const forgotten: number[] = [];
  const observed: number[] = [];
  const release = Promise.withResolvers<void>();
  const { source, handled, assignments } = openSource({
    settings,
    forgetOffsets: async (_topic, partition) => void forgotten.push(partition),
    // Of the new topic: observed, and held by what comes after that.
    handler: async ({ records }, signal) => {
      if (forgotten.length === 0) return;
      observed.push(...records.map(({ offset }) => offset));
      await Promise.race([release.promise, sleep(600_000, undefined, { signal })]);
    },
  });
  const isCommitted = async (offset: number): Promise<boolean> =>
    (await committedOffsets(brokers, settings.groupId, topic)).get(0) === offset;
  await until(() => isCommitted(20), 'the first topic is read');
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
  await until(async () => !(await withAdmin(brokers, (admin) => admin.listTopics())).includes(topic), 'it is gone');
  await makeTopics(brokers, { [topic]: 1 });
  await write(brokers, topic, numbered(5, 1));
  await until(() => observed.length > 0, 'the first records of the second topic are held');
  const before = assignments.length;
  const other = openSource({ settings, handler: (_batch, signal) => sleep(600_000, undefined, { signal }) });
  await until(() => assignments.length > before, 'partitions are assigned anew');
  await other.source.close();
  await until(() => assignments.at(-1)!.length === 1, 'the partition is back');
  release.resolve();
  await until(() => isCommitted(5), 'the second topic is read');
  await source.close();
  expect(forgotten).toEqual([0]);
  expect(handled.slice(20).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
});

it('a partition that is added is read as soon as the brokers are asked again', async (context) => {
  const { brokers } = requireKafka(context);
  const base = kafkaSettings(brokers);
  const settings = { ...base, consumer: { ...base.consumer, metadataAgeMsMax: 1_000 } };
  const topic = settings.topics.events;
  await makeTopics(brokers, { [topic]: 1 });
  const { source, handled, assignments } = openSource({ settings });
  await until(() => assignments.length === 1, 'the group has formed');
  await addPartitions(brokers, topic, 2);
  await write(brokers, topic, [{ partition: 1, key: null, value: 'in the new one' }]);
  await until(() => handled.length === 1, 'the new partition is read');
  expect(handled[0]?.partition).toBe(1);
  await source.close();
});
