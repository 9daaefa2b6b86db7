import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { KafkaSettings } from '../../../src/adapters/kafka/settings.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { kafkaSettings, makeTopics, numbered, openOutput, openSource, readAll, text, until, write } from './support.ts';

const { CompressionTypes } = kafkajs;
const cases: readonly [KafkaSettings['producer']['compression'], kafkajs.CompressionTypes][] = [
  ['none', CompressionTypes.None],
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
  ['zstd', CompressionTypes.ZSTD],
];

/** The broker itself unpacks and checks every batch that it takes, so these go through Java's own codecs as well. */
describe('record batches', () => {
  it.for(cases)('packed as %s are consumed', async ([, type], context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 1 });
    await write(brokers, events, numbered(2_000, 1), type);
    const { source, handled } = openSource({ settings });
    await until(() => handled.length >= 2_000, 'all records are handled');
    await source.close();
    expect(handled.map(({ value }) => value)).toEqual(numbered(2_000, 1).map(({ value }) => value));
  });

  it.for(cases)('packed as %s are produced', async ([compression], context) => {
    const { brokers } = requireKafka(context);
    const settings = { ...kafkaSettings(brokers), producer: { compression, requestTimeoutMs: 5_000 } };
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 1, [deadLetters]: 1 });
    const output = openOutput(settings);
    const values = Array.from({ length: 2_000 }, (_, index) => `{"decision":${index}}`);
    await output.send(
      'decisions',
      values.map((value) => ({ key: 'acc_1', value, headers: [] })),
    );
    await output.close();
    const records = await readAll(brokers, decisions);
    expect(records.map(({ message }) => text(message.value))).toEqual(values);
  });
});
