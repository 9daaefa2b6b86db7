import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Position } from '../../../src/adapters/kafka/start-positions.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { committedOffsets, kafkaSettings, makeTopics, openSource, until, withAdmin, write } from './support.ts';

const records = 100;

interface Case {
  /** What the group reads next, as it committed it. */
  readonly committed?: number;
  /** Where history goes on. */
  readonly next?: number;
  /** The first record that the topic still has. */
  readonly low?: number;
  readonly startFrom?: 'earliest' | 'latest';
  readonly begins: number;
  readonly forgets?: boolean;
}

/** Where reading begins, when the store brings a history of what it has read. */
it.concurrent.for<[string, Case]>([
  ['where history goes on, when more was committed', { committed: 90, next: 60, begins: 60 }],
  ['with the first record, when history has none and all was committed', { committed: 90, next: 0, begins: 0 }],
  ['where it was committed, when history goes on later', { committed: 40, next: 60, begins: 40 }],
  ['where it was committed, when history goes on there', { committed: 60, next: 60, begins: 60 }],
  ['where it was committed, when history does not know the partition', { committed: 40, begins: 40 }],
  ['with the first record, when nothing is known', { begins: 0 }],
  ['with the last record that history has, when nothing was committed', { next: 60, startFrom: 'latest', begins: 59 }],
  ['with the first record that is left', { committed: 90, next: 60, low: 70, begins: 70 }],
  [
    'where it was committed, when the topic ends before history',
    { committed: 40, next: 500, begins: 40, forgets: true },
  ],
])('reading begins %s', async ([, { committed, next, low, startFrom, begins, forgets = false }], context) => {
  const { brokers } = requireKafka(context);
  const base = kafkaSettings(brokers);
  const settings = { ...base, consumer: { ...base.consumer, startFrom: startFrom ?? base.consumer.startFrom } };
  const { groupId } = settings;
  const topic = settings.topics.events;
  await makeTopics(brokers, { [topic]: 1 });
  await write(
    brokers,
    topic,
    Array.from({ length: records }, (_, value) => ({ key: 'acc', value: `${value}` })),
  );
  await withAdmin(brokers, async (admin) => {
    if (committed !== undefined)
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: String(committed) }] });
    if (low !== undefined)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(low) }] });
  });

  const forgotten: unknown[] = [];
  const begun: Position[] = [];
  const { source, handled } = openSource({
    settings,
    history: {
      next: () => (next === undefined ? [] : [{ topic, partition: 0, offset: next }]),
      forget: (...partition) => forgotten.push(partition),
      begin: (positions) => Promise.resolve(void begun.push(...positions)),
    },
  });
  await until(() => handled.at(-1)?.offset === records - 1, 'all is read');
  await source.close();
  expect(handled.map(({ offset }) => offset)).toEqual(
    Array.from({ length: records - begins }, (_, index) => begins + index),
  );
  expect(begun).toMatchObject([{ topic, partition: 0, offset: begins }]);
  expect(forgotten).toEqual(forgets ? [[topic, 0]] : []);
});

it('reading begins there again when the partition was away before anything was committed', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  const { groupId } = settings;
  const topic = settings.topics.events;
  await makeTopics(brokers, { [topic]: 1 });
  await write(
    brokers,
    topic,
    Array.from({ length: records }, (_, value) => ({ key: 'acc', value: `${value}` })),
  );
  const partitions = [{ partition: 0, offset: '90' }];
  await withAdmin(brokers, (admin) => admin.setOffsets({ groupId, topic, partitions }));

  const release = Promise.withResolvers<void>();
  let isAsked = false;
  const { source, handled, assignments } = openSource({
    settings,
    history: {
      next: () => [{ topic, partition: 0, offset: 10 }],
      forget: () => undefined,
      begin: () => Promise.resolve(),
    },
    handler: async (_batch, signal) => {
      isAsked = true;
      await Promise.race([release.promise, sleep(600_000, undefined, { signal })]);
    },
  });
  await until(() => isAsked, 'the first records are held');
  const other = openSource({ settings, handler: (_batch, signal) => sleep(600_000, undefined, { signal }) });
  await until(() => assignments.length > 1, 'partitions are assigned anew');
  await other.source.close();
  await until(() => assignments.length > 2 && assignments.at(-1)!.length === 1, 'the partition is back');
  release.resolve();
  await until(() => handled.at(-1)?.offset === records - 1, 'all is read');
  await source.close();
  expect(handled[0]!.offset).toBe(10);
});

it('a partition that another member had meanwhile is read from where history ends, as what was delivered', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  const topic = settings.topics.events;
  await makeTopics(brokers, { [topic]: 2 });
  const both = [0, 1];
  const batch = both.flatMap((partition) => Array.from({ length: 10 }, () => ({ partition, key: null, value: 'one' })));
  await write(brokers, topic, batch);

  const nexts = new Map<number, number>();
  const offered: (readonly [partition: number, offset: number, isDelivered: boolean])[] = [];
  const { source, handled, assignments } = openSource({
    settings,
    history: {
      next: () => Array.from(nexts, ([partition, offset]) => ({ topic, partition, offset })),
      forget: () => undefined,
      begin: (positions) => Promise.resolve(positions.forEach((each) => void nexts.set(each.partition, each.offset))),
    },
    handler: ({ partition, records: own, committedOffset = 0 }) => {
      for (const { offset } of own) {
        offered.push([partition, offset, offset < committedOffset]);
        nexts.set(partition, offset + 1);
      }
      return Promise.resolve();
    },
  });
  await until(() => handled.length === 20, 'the first has read all');
  const other = openSource({ settings });
  await until(() => other.assignments.at(-1)?.length === 1, 'the other has one of two');
  const lent = other.assignments.at(-1)![0]!.partition;
  await write(brokers, topic, batch);
  const isReadByOther = async (): Promise<boolean> =>
    (await committedOffsets(brokers, settings.groupId, topic)).get(lent) === 20;
  await until(isReadByOther, 'the other has gone on with it');
  await other.source.close();
  await until(() => assignments.at(-1)!.length === 2, 'the partition is back');
  await write(brokers, topic, [{ partition: lent, key: null, value: 'one' }]);
  await until(() => handled.some(({ partition, offset }) => partition === lent && offset === 20), 'it goes on');
  await source.close();
  const meanwhile = offered.filter(([partition, offset]) => partition === lent && offset >= 10);
  expect(meanwhile).toEqual(Array.from({ length: 11 }, (_, index) => [lent, 10 + index, index < 10]));
});
