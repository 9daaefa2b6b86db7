import { describe, expect, it } from 'vitest';
import { CompactedTopic } from '../../../src/adapters/kafka/compacted-topic.ts';
import { createTopics } from '../../../src/adapters/kafka/topics.ts';
import { Follower } from '../../contract/change-log-contract.ts';
import { kafkaOfThisFile } from '../../servers/own-kafka.ts';
import { clock, kafkaSettings, until, write } from './support.ts';

const kafkaFor = kafkaOfThisFile();

describe('a compacted topic', () => {
  it('keeps what is known while the broker is away, says so, and goes on', async (context) => {
    const kafka = await kafkaFor(context);
    const settings = kafkaSettings(kafka.brokers);
    const topic = 'compacted';
    const options = { settings, log: () => undefined, clock };
    expect((await createTopics([{ topic, partitions: 1, isCompacted: true }], options)).ok).toBe(true);
    await write(kafka.brokers, topic, [{ key: 'a', value: '{"n":1}' }]);
    const reader = new CompactedTopic({ ...options, topic });
    const follower = new Follower();
    await reader.open(follower);
    await kafka.kill();
    await until(() => follower.aways.length > 0, 'it is told as away');
    expect(Object.fromEntries(follower.state)).toEqual({ a: { n: 1 } });
    await kafka.restart();
    await write(kafka.brokers, topic, [{ key: 'b', value: '{"n":2}' }]);
    await until(() => follower.state.has('b'), 'it follows again');
    expect(follower.backs).toBeGreaterThan(0);
    expect(Object.fromEntries(follower.state)).toEqual({ a: { n: 1 }, b: { n: 2 } });
    await reader.close();
  });
});
