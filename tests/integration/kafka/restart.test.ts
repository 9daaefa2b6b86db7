import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kafkaOfThisFile } from '../../servers/own-kafka.ts';
import {
  committedOffsets,
  kafkaSettings,
  makeTopics,
  numbered,
  openOutput,
  openSource,
  readAll,
  text,
  until,
  write,
} from './support.ts';

const count = 20_000;
const kafkaFor = kafkaOfThisFile();

/** The broker is stopped politely, or cut off, while records go from one topic to the other. */
describe('a broker that goes away in the middle of the stream', () => {
  it.for(['restart', 'kill'] as const)('loses nothing (%s)', async (how, context) => {
    const kafka = await kafkaFor(context);
    const { brokers } = kafka;
    const settings = kafkaSettings(brokers);
    const { events, decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [events]: 4, [decisions]: 4, [deadLetters]: 1 });
    await write(brokers, events, numbered(count, 100));

    const output = openOutput(settings);
    const { source, handled } = openSource({
      settings,
      recordsMax: 50,
      handler: async ({ records }, signal) => {
        const decided = records.map(({ key, value }) => ({ key, value, headers: [] }));
        await sleep(5);
        await output.send('decisions', decided, signal);
      },
    });
    await until(() => handled.length > 2_000, 'the stream flows');
    if (how === 'kill') await kafka.kill();
    await kafka.restart();
    const before = handled.length;
    await until(() => handled.length > before, 'the stream flows again');
    await until(() => new Set(handled.map(({ value }) => value)).size === count, 'all records are handled');
    await source.close();
    await output.close();

    const written = await readAll(brokers, decisions);
    expect(new Set(written.map(({ message }) => text(message.value))).size).toBe(count);
    // In the order of first writing, a key's values rise; repetitions come after.
    for (const [, ofKey] of Map.groupBy(written, ({ message }) => text(message.key))) {
      const values = [...new Set(ofKey.map(({ message }) => Number(text(message.value))))];
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });

  it('gets a new member when kafkajs gave up meanwhile, and that one goes on where the other was', async (context) => {
    const kafka = await kafkaFor(context);
    const { brokers } = kafka;
    // It gives up after thirty tries: not a second apart, as an operator has them, but a tenth.
    const settings = { ...kafkaSettings(brokers), retry: { initialMs: 50, maxMs: 100, retriesMax: 5 } };
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 2 });
    await write(brokers, events, numbered(100, 10));
    const told: string[] = [];
    const telemetry = {
      held: (step: string) => void told.push(`${step} held`),
      released: (step: string) => void told.push(`${step} released`),
    };
    const { source, handled } = openSource({ settings, telemetry });
    await until(async () => {
      const committed = await committedOffsets(brokers, settings.groupId, events);
      return [...committed.values()].reduce((sum, offset) => sum + offset, 0) === 100;
    }, 'all is handled and committed');

    await kafka.kill();
    await until(() => told.includes('consume held'), 'kafkajs has given up');
    await kafka.restart();
    await write(brokers, events, numbered(100, 10));
    await until(() => handled.length >= 200, 'the new records are handled');
    await source.close();
    expect(handled).toHaveLength(200);
    expect(told.filter((line) => line === 'consume released')).toHaveLength(1);
  });
});
