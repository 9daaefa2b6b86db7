import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Position } from '../../../src/adapters/kafka/start-positions.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { kafkaSettings, makeTopics, openSource, until, withAdmin, write } from './support.ts';

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
  ['where history goes on, when nothing was committed', { next: 60, startFrom: 'latest', begins: 60 }],
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
