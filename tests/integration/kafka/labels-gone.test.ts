import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { labelsGone } from '../../../src/app/labels-gone.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { temporaryDirectory } from '../processor/support/files.ts';
import { Processor } from '../processor/support/processor.ts';
import { clock, kafkaSettings, makeTopics, withAdmin, write } from './support.ts';

const named = (what: string): string => `gone-${what}-${randomBytes(5).toString('hex')}`;

it('an import tells that labels are gone that are older than what is imported beside them', async (context) => {
  const { brokers } = requireKafka(context);
  const topics = { events: named('events'), labels: named('labels'), decisions: named('decisions') };
  await makeTopics(brokers, { [topics.events]: 1, [topics.labels]: 2, [topics.decisions]: 1 });
  const startMs = clock.nowMs() - 10 * 3_600_000;
  const record = (hour: number, partition = 0) => {
    return { key: 'k', value: 'v', partition, timestamp: String(startMs + hour * 3_600_000) };
  };
  await write(brokers, topics.events, [record(3)]);
  await write(brokers, topics.labels, [record(2), record(5), record(6, 1)]);
  const options = { settings: kafkaSettings(brokers), log: () => undefined, clock };
  const found = () => labelsGone(options, topics);
  const takeAway = (partition: number, offset: number): Promise<void> =>
    withAdmin(brokers, async (admin) => {
      await admin.fetchTopicOffsets(topics.labels); // without it, the admin does not know who leads the partition
      await admin.deleteTopicRecords({ topic: topics.labels, partitions: [{ partition, offset: String(offset) }] });
    });

  expect(await found()).toBeUndefined();
  await takeAway(1, 1);
  // Older than all that is left beside them.
  expect(await found()).toBeUndefined();
  // Nothing is gone of those of a topic that is young.
  expect(await labelsGone(options, { ...topics, labels: topics.events, events: topics.labels })).toBeUndefined();
  await takeAway(0, 1);
  const [labelsSinceMs, othersSinceMs] = [startMs + 5 * 3_600_000, startMs + 3 * 3_600_000];
  expect(await found()).toEqual({ labelsSinceMs, othersSinceMs });
  await write(brokers, topics.decisions, [record(1)]);
  expect(await found()).toEqual({ labelsSinceMs, othersSinceMs: startMs + 3_600_000 });
  expect(await labelsGone(options, { events: topics.events, decisions: topics.decisions })).toBeUndefined();
  await takeAway(0, 2);
  expect(await found()).toEqual({ labelsSinceMs: Infinity, othersSinceMs: startMs + 3_600_000 });

  const command = new Processor(['import', '--from-kafka'], {
    WINNOW_KAFKA_BROKERS: brokers.join(','),
    WINNOW_KAFKA_TOPICS_EVENTS: topics.events,
    WINNOW_KAFKA_TOPICS_LABELS: topics.labels,
    WINNOW_KAFKA_TOPICS_DECISIONS: topics.decisions,
    WINNOW_STATE_KEY_SECRET: '0f4e1c7d9a2b68355e71c0d84af3962b',
    WINNOW_STATE_SNAPSHOT_FILE: join(await temporaryDirectory(), 'history'),
  });
  expect(await command.ended).toEqual({ code: 0, signal: null });
  expect(command.stderr).toContain('who was forgotten before may be known again');
  expect(command.stderr).toContain('none is left');
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: Object.values(topics) }));
});
