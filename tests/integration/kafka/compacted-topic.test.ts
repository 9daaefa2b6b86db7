import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CompactedTopic } from '../../../src/adapters/kafka/compacted-topic.ts';
import { createTopics, topicWarnings } from '../../../src/adapters/kafka/topics.ts';
import { changeLogContract, Follower, type LogUnderTest, type Written } from '../../contract/change-log-contract.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { addPartitions, clock, kafkaSettings, makeTopics, until, untilLed, withAdmin, write } from './support.ts';

interface KafkaLog extends LogUnderTest {
  readonly brokers: readonly string[];
  readonly topic: string;
}

function named(): string {
  return `compacted-${randomBytes(5).toString('hex')}`;
}

function readerOf(brokers: readonly string[], topic: string, openMsMax?: number): CompactedTopic {
  const settings = kafkaSettings(brokers);
  const bound = openMsMax === undefined ? {} : { openMsMax };
  return new CompactedTopic({ settings, topic, log: () => undefined, clock, ...bound });
}

async function make(brokers: readonly string[], topic: string, partitions = 1): Promise<void> {
  const options = { settings: kafkaSettings(brokers), log: () => undefined, clock };
  // One that was just deleted is there for a moment still, and cannot be made.
  const isMade = async (): Promise<boolean> =>
    (await createTopics([{ topic, partitions, isCompacted: true }], options)).ok;
  await until(isMade, 'the topic is made');
  await untilLed(brokers, { [topic]: partitions });
}

function messagesOf(records: readonly Written[]) {
  return records.map(({ key, value }) => ({ key, value: value === null ? null : JSON.stringify(value) }));
}

async function create(context: Skip): Promise<KafkaLog> {
  const { brokers } = requireKafka(context);
  const topic = named();
  await make(brokers, topic);
  return {
    brokers,
    topic,
    write: (records) => write(brokers, topic, messagesOf(records)),
    remake: async (records) => {
      await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
      await make(brokers, topic);
      await write(brokers, topic, messagesOf(records));
    },
    reader: () => readerOf(brokers, topic),
    strayReader: () => readerOf(brokers, named(), 1_500),
  };
}

changeLogContract(create, until);

describe('a compacted topic', () => {
  it('is read whole over several partitions, and those that come later', async (context) => {
    const { brokers } = requireKafka(context);
    const topic = named();
    await make(brokers, topic, 3);
    await write(brokers, topic, messagesOf(Array.from({ length: 90 }, (_, n) => ({ key: `k${n}`, value: { n } }))));
    const reader = readerOf(brokers, topic);
    const follower = new Follower();
    await reader.open(follower);
    expect(follower.state.size).toBe(90);
    await addPartitions(brokers, topic, 6);
    await write(brokers, topic, messagesOf(Array.from({ length: 90 }, (_, n) => ({ key: `l${n}`, value: { n } }))));
    await until(() => follower.state.size === 180, 'the new partitions are read');
    await reader.close();
  });

  it('does not open without end where no broker answers', async () => {
    const reader = readerOf(['127.0.0.1:1'], 'any', 500);
    await expect(reader.open(new Follower())).rejects.toMatchObject({ failure: { code: 'BROKER_UNREACHABLE' } });
  });

  it('is warned of where it keeps records for a time only', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const lists = named();
    const { events, decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [events]: 1, [decisions]: 1, [deadLetters]: 1, [lists]: 1 });
    const options = { settings: { ...settings, topics: { ...settings.topics, lists } }, log: () => undefined, clock };
    expect((await topicWarnings(options)).join('\n')).toContain(`${lists} says is forgotten when its records are old`);
  });
});
