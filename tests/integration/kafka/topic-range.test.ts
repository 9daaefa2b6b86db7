import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordsIn, TopicRange } from '../../../src/adapters/kafka/topic-range.ts';
import type { RecordBatch } from '../../../src/ports.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { temporaryDirectory } from '../processor/support/files.ts';
import { Processor } from '../processor/support/processor.ts';
import { clock, kafkaSettings, makeTopics, plainClient, text, until, withAdmin, write } from './support.ts';

const minute = 60_000;
const named = (what: string): string => `range-${what}-${randomBytes(5).toString('hex')}`;

async function valuesOf(batches: AsyncIterable<RecordBatch>): Promise<string[]> {
  const values: string[] = [];
  for await (const { records } of batches) values.push(...records.map(({ value }) => text(value)));
  return values;
}

it('a range of topics is read in the order of its records, from a time until it was opened, as often as one likes', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  const [events, labels] = [named('events'), named('labels')];
  await makeTopics(brokers, { [events]: 3, [labels]: 1 });
  const nowMs = clock.nowMs();
  const record = (place: number) => ({
    key: `k${place}`,
    value: String(place),
    partition: place % 3,
    timestamp: String(nowMs - (100 - place) * minute),
  });
  // Each partition by itself, one after the other, as a backlog lies there; every tenth record is a label.
  const places = Array.from({ length: 100 }, (_, place) => place);
  for (const partition of [2, 0, 1])
    await write(brokers, events, places.filter((place) => place % 3 === partition && place % 10 !== 0).map(record));
  await write(
    brokers,
    labels,
    places.filter((place) => place % 10 === 0).map((place) => ({ ...record(place), partition: 0 })),
  );

  const fromMs = nowMs - 60 * minute;
  const range = await TopicRange.open({
    settings,
    log: () => undefined,
    clock,
    topics: [events, labels],
    fromMs,
    recordsMax: 7,
  });
  await write(brokers, events, [{ ...record(99), value: 'too late' }]);
  const expected = places.slice(40).map(String);
  expect(range.recordsMax).toBe(expected.length);
  expect(await valuesOf(range.read())).toEqual(expected);
  expect(await valuesOf(range.read())).toEqual(expected);
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [events, labels] }));
});

it('of a range nothing is read but the parts of partitions that are asked for, as far as they are there', async (context) => {
  const { brokers } = requireKafka(context);
  const topic = named('parts');
  await makeTopics(brokers, { [topic]: 3 });
  for (const partition of [0, 1, 2])
    await write(
      brokers,
      topic,
      Array.from({ length: 5 }, (_, offset) => ({ key: 'k', value: `${partition}-${offset}`, partition })),
    );
  const spans = [
    { topic, partition: 0, from: 2, end: 4 },
    { topic, partition: 2, from: 4, end: 99 },
  ];
  const settings = kafkaSettings(brokers);
  const range = await TopicRange.open({
    settings,
    log: () => undefined,
    clock,
    topics: [topic],
    spans,
    recordsMax: 7,
  });
  expect((await valuesOf(range.read())).toSorted()).toEqual(['0-2', '0-3', '2-4']);
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
});

it('a range ends before a transaction that is open, rather than wait for it', async (context) => {
  const { brokers } = requireKafka(context);
  const topic = named('transaction');
  await makeTopics(brokers, { [topic]: 1 });
  await write(brokers, topic, [{ key: 'k', value: 'before' }]);
  const producer = plainClient(brokers).producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ key: 'k', value: 'within' }] });
  await write(brokers, topic, [{ key: 'k', value: 'behind' }]);

  const read = async (): Promise<string[]> => {
    const values: string[] = [];
    const options = { settings: kafkaSettings(brokers), log: () => undefined, clock };
    for await (const { value } of recordsIn(topic, options)) values.push(text(value));
    return values;
  };
  expect(await read()).toEqual(['before']);
  await transaction.abort();
  // The brokers write that down after they have answered.
  await until(async () => (await read()).join() === 'before,behind', 'what is behind it is read');
  await producer.disconnect();
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
});

it('a calibration and a comparison from Kafka are those of the same events in a file', async (context) => {
  const { brokers } = requireKafka(context);
  const events = named('calibrate');
  await makeTopics(brokers, { [events]: 1 });
  const startMs = clock.nowMs() - 10 * 24 * 60 * minute;
  const lines = Array.from(simulate({ seed: 5, accounts: 150, days: 8, startMs }).events());
  const message = (line: (typeof lines)[number]) => ({
    key: line.subject,
    value: line.json,
    timestamp: String(Date.parse((JSON.parse(line.json) as { time: string }).time)),
  });
  for (let at = 0; at < lines.length; at += 500) await write(brokers, events, lines.slice(at, at + 500).map(message));
  const folder = await temporaryDirectory();
  const file = join(folder, 'events.ndjson');
  await writeFile(file, lines.map(({ json }) => `${json}\n`).join(''));

  const told = async (...words: readonly string[]): Promise<string> => {
    const command = new Processor(words, {
      WINNOW_KAFKA_BROKERS: brokers.join(','),
      WINNOW_KAFKA_TOPICS_EVENTS: events,
    });
    expect(await command.ended).toEqual({ code: 0, signal: null });
    return command.stdout;
  };
  const calibrated = async (...words: readonly string[]): Promise<Buffer> => {
    const out = join(folder, `${words[0]!.replace(/\W/g, '')}.json`);
    await told('calibrate', ...words, '--without-scores', '--out', out);
    return readFile(out);
  };
  const past = ['--from-kafka', '--last', '30d'];
  expect(await calibrated(...past)).toEqual(await calibrated(file));

  // What a rule costs is measured, and is another number each time.
  const compared = async (...words: readonly string[]): Promise<unknown> =>
    JSON.parse(await told('compare', ...words, '--with-shadow-rules', '--json'), (name, value: unknown) =>
      /us$/i.test(name) ? undefined : value,
    );
  const fromKafka = await compared(...past);
  expect(fromKafka).toEqual(await compared(file));
  expect(fromKafka).toMatchObject({ accounts: expect.any(Number) as number });
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [events] }));
});
