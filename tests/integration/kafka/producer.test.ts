import { afterEach, describe, expect, it } from 'vitest';
import type { KafkaOutput } from '../../../src/adapters/kafka/producer.ts';
import { headersOf as receivedHeaders } from '../../../src/adapters/kafka/record-headers.ts';
import type { OutgoingRecord } from '../../../src/ports.ts';
import { headersOf } from '../../headers.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { addPartitions, kafkaSettings, makeTopics, openOutput, readAll, text, until } from './support.ts';

const open: KafkaOutput[] = [];

function outputOf(...options: Parameters<typeof openOutput>): KafkaOutput {
  const output = openOutput(...options);
  open.push(output);
  return output;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((output) => output.close()));
});

function record(key: string | null, value: string): OutgoingRecord {
  return { key, value, headers: [] };
}

describe('the Kafka output', () => {
  it('writes key, value and headers as they are, to the topic of the output', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 3, [deadLetters]: 1 });
    const output = outputOf(settings);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await output.send('decisions', [record('acc_1', '{}')]);
    await output.send('deadLetters', [
      {
        key: bytes.subarray(10, 20),
        value: bytes,
        headers: headersOf({ 'error-code': 'EVENT_NOT_JSON', raw: bytes.subarray(1, 3) }),
      },
      { key: null, value: null, headers: [] },
    ]);

    expect((await readAll(brokers, decisions)).map(({ message }) => text(message.key))).toEqual(['acc_1']);
    const [first, second] = await readAll(brokers, deadLetters);
    expect(first?.message.value).toEqual(Buffer.from(bytes));
    expect(first?.message.key).toEqual(Buffer.from(bytes.subarray(10, 20)));
    expect(first?.message.headers).toEqual({ 'error-code': Buffer.from('EVENT_NOT_JSON'), raw: Buffer.from([1, 2]) });
    expect(second?.message.key).toBeNull();
    expect(second?.message.value).toBeNull();
  });

  it('keeps the order of each key over many sends at a time', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 4, [deadLetters]: 1 });
    const output = outputOf(settings);
    const sends = Array.from({ length: 200 }, (_, send) =>
      output.send(
        'decisions',
        Array.from({ length: 20 }, (__, index) => record(`acc_${index}`, `${send}`)),
      ),
    );
    await Promise.all(sends);

    const records = await readAll(brokers, decisions);
    expect(records).toHaveLength(4_000);
    for (const [, ofKey] of Map.groupBy(records, ({ message }) => text(message.key))) {
      expect(ofKey.map(({ message }) => Number(text(message.value)))).toEqual(Array.from({ length: 200 }, (_, i) => i));
    }
  });

  it('splits what is larger than a broker takes in one batch', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 1, [deadLetters]: 1 });
    const output = outputOf(settings);
    const values = Array.from({ length: 100 }, (_, index) => String(index).padStart(30_000, '.'));
    await output.send(
      'decisions',
      values.map((value) => record('acc_1', value)),
    );
    const read = await readAll(brokers, decisions);
    expect(read.map(({ message }) => text(message.value))).toEqual(values);
  });

  it('writes headers as they came: their order, repeated ones, and nulls', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 1, [deadLetters]: 1 });
    const headers = [
      ['trace', '1'],
      ['traceparent', null],
      ['10', 'ten'],
      ['trace', '2'],
      ['__proto__', 'x'],
    ].map(([name, value]) => ({ name: name!, value: value === null ? null : Buffer.from(value!) }));
    await outputOf(settings).send('deadLetters', [{ key: 'k', value: 'v', headers }]);
    const [only] = await readAll(brokers, deadLetters);
    expect(receivedHeaders(only!.message)).toEqual(headers);
  });

  it('holds while the topic is not there, and delivers once it is', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions } = settings.topics;
    const told: string[] = [];
    const output = outputOf(settings, {
      held: (step, { code }) => told.push(`${step} ${code}`),
      released: (step) => told.push(`released ${step}`),
    });
    const sent = output.send('decisions', [record('acc_1', 'late')]);
    await until(() => told.length > 1, 'it is held');
    await makeTopics(brokers, { [decisions]: 1 });
    await sent;

    expect(told[0]).toBe('send TOPIC_MISSING');
    expect(told.at(-1)).toBe('released send');
    expect((await readAll(brokers, decisions)).map(({ message }) => text(message.value))).toEqual(['late']);
  });

  it('gives up a send whose caller does, and goes on with the others', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions } = settings.topics;
    const giveUp = new AbortController();
    let held = 0;
    const output = outputOf(settings, { held: () => (held += 1) });
    const given = output.send('decisions', [record('a', 'a')], giveUp.signal);
    const kept = output.send('decisions', [record('b', 'b')]);
    await until(() => held > 0, 'it is held');
    giveUp.abort(new Error('the partition went elsewhere'));
    await expect(given).rejects.toThrow('SEND_FAILED');
    await makeTopics(brokers, { [decisions]: 1 });
    await kept;
    expect((await readAll(brokers, decisions)).map(({ message }) => text(message.value))).toContain('b');
  });

  it('goes on when a topic gets more partitions while records wait', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 1, [deadLetters]: 1 });
    const output = outputOf(settings);
    await output.send('decisions', [record('a', '1')]);
    await addPartitions(brokers, decisions, 4);
    for (let index = 0; index < 50; index += 1) await output.send('decisions', [record(`key ${index}`, 'x')]);
    expect(await readAll(brokers, decisions)).toHaveLength(51);
  });
});
