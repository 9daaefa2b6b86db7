import kafkajs, { type Message } from 'kafkajs';
import { expect, it } from 'vitest';
import { decompressedBytesMax } from '../../../src/adapters/kafka/codecs.ts';
import type { KafkaSettings } from '../../../src/adapters/kafka/settings.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import type { IncomingRecord } from '../../../src/ports.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { committedOffsets, kafkaSettings, makeTopics, openSource, until, withAdmin, write } from './support.ts';

/**
 * One gzip batch of half a megabyte that grows beyond all bounds: the broker takes it, and nobody can read it. It ended one member
 * after the other, whatever else they had to do, and named no place, so that nobody could skip it.
 */

const inPartition = (partition: number, count: number): Message[] =>
  Array.from({ length: count }, (_, index) => ({ partition, key: null, value: `${index}` }));

const tooLarge = Buffer.alloc(decompressedBytesMax / 2);

/** Ten records, a batch of three that cannot be read, ten records, in partition 0; ten in partition 1. */
async function unreadableTopic(brokers: readonly string[], topic: string): Promise<void> {
  await makeTopics(brokers, { [topic]: 2 });
  await write(brokers, topic, [...inPartition(0, 10), ...inPartition(1, 10)]);
  const bombs = [0, 1, 2].map(() => ({ partition: 0, key: null, value: tooLarge }));
  await write(brokers, topic, bombs, kafkajs.CompressionTypes.GZIP);
  await write(brokers, topic, inPartition(0, 10));
}

function settingsWith(brokers: readonly string[], unreadable: 'hold' | 'skip'): KafkaSettings {
  const settings = kafkaSettings(brokers);
  return { ...settings, consumer: { ...settings.consumer, unreadable } };
}

it('a batch that nobody can unpack holds its partition, names it, and lets all others go on', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = settingsWith(brokers, 'hold');
  const { events } = settings.topics;
  await unreadableTopic(brokers, events);
  const holds: Failure[] = [];
  const told: string[] = [];
  const { source, handled } = openSource({
    settings,
    telemetry: {
      held: (step, failure, attempt, _waitMs, place) => {
        if (step === 'read') holds.push(failure);
        if (attempt === 1) told.push(`held ${step} ${place?.partition}`);
      },
      released: (step, _heldMs, place) => void told.push(`released ${step} ${place?.partition}`),
    },
  });
  await until(() => holds.length > 0, 'the partition is held');
  // The others of the same broker, and what is before it in its own.
  await write(brokers, events, inPartition(1, 20));
  await until(() => handled.length === 40, 'all that can be read is handled');
  expect(holds[0]).toMatchObject({ code: 'EVENT_BATCH_UNREADABLE' });
  expect(holds[0]?.message).toContain(`${events} [0], offsets 10 to 12: A record batch of `);
  await until(
    async () => (await committedOffsets(brokers, settings.groupId, events)).get(0) === 10,
    'everything before it is committed, and nothing behind',
  );

  // An operator deletes it.
  await withAdmin(brokers, async (admin) => {
    await admin.fetchTopicOffsets(events); // or kafkajs does not know who leads it
    await admin.deleteTopicRecords({ topic: events, partitions: [{ partition: 0, offset: '13' }] });
  });
  await until(() => handled.length === 50, 'the partition goes on by itself');
  expect(told).toEqual(['held read 0', 'released read 0']);
  await source.close();
});

it('a batch that nobody can unpack is one dead letter, where the operator wants that', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = settingsWith(brokers, 'skip');
  const { events } = settings.topics;
  await unreadableTopic(brokers, events);
  const { source, handled } = openSource({ settings });
  await until(() => handled.length === 31, 'all records are handled');
  await until(async () => {
    const committed = await committedOffsets(brokers, settings.groupId, events);
    return committed.get(0) === 23 && committed.get(1) === 10;
  }, 'everything is committed');
  await source.close();

  const inOrder = handled.filter(({ partition }) => partition === 0);
  expect(inOrder.map(({ offset }) => offset)).toEqual([
    ...Array.from({ length: 11 }, (_, index) => index),
    ...Array.from({ length: 10 }, (_, index) => 13 + index),
  ]);
  const failed = handled.flatMap(({ record }): IncomingRecord[] => (record.failure === undefined ? [] : [record]));
  expect(failed).toHaveLength(1);
  expect(failed[0]?.failure?.message).toMatch(
    /offsets 10 to 12: .*no gzip that can be read.*sha256 of its records [0-9a-f]{64}/,
  );
  // What whoever looks into it knows gzip by.
  expect([...(failed[0]?.value ?? [])].slice(0, 2)).toEqual([0x1f, 0x8b]);
});
