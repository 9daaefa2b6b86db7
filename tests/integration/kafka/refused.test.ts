import kafkajs from 'kafkajs';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { headersOf } from '../../../src/adapters/kafka/record-headers.ts';
import type { KafkaOutput } from '../../../src/adapters/kafka/producer.ts';
import type { KafkaSettings } from '../../../src/adapters/kafka/settings.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import type { IncomingRecord, OutgoingRecord } from '../../../src/ports.ts';
import { deadLetter } from '../../../src/wire/dead-letter.ts';
import { valuesOf } from '../../headers.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { kafkaSettings, makeTopics, openOutput, readAll, text, until, withAdmin } from './support.ts';

/**
 * Records that a topic refuses for their own sake. They used to hold their partition for ever, since sending them again changes
 * nothing, and their neighbours were written anew each time.
 */

const open: KafkaOutput[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((output) => output.close()));
});

interface Scene {
  readonly brokers: readonly string[];
  readonly settings: KafkaSettings;
  readonly output: KafkaOutput;
  /** What was told as held. */
  readonly held: Failure[];
}

/** Two topics of one partition, the one of dead letters with these settings. */
async function scene(context: Skip, config: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  const { decisions, deadLetters } = settings.topics;
  await makeTopics(brokers, { [decisions]: 1, [deadLetters]: 1 }, { [deadLetters]: config });
  const held: Failure[] = [];
  const output = openOutput(settings, { held: (_step, failure) => held.push(failure) });
  open.push(output);
  return { brokers, settings, output, held };
}

function letter(received: Partial<IncomingRecord>): OutgoingRecord {
  const record = {
    offset: 41,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: [],
    timestampMs: 0,
    ...received,
  };
  const failure = { code: 'EVENT_NOT_JSON', message: 'The value is not JSON.' } as const;
  return deadLetter(record, { topic: 'events', partition: 3 }, failure, 0);
}

async function valuesIn({ brokers }: Scene, topic: string): Promise<string[]> {
  return (await readAll(brokers, topic)).map(({ message }) => text(message.value));
}

const manyHeaders = Array.from({ length: 60_000 }, (_, index) => ({ name: `header-${index}`, value: 'x' }));
const small = (name: string): OutgoingRecord => letter({ key: Buffer.from(name), value: Buffer.from(name) });

describe('a dead letter that its topic does not take whole', () => {
  it.for<readonly [string, Partial<IncomingRecord>, object]>([
    [
      'fitted its own topic, and has our headers now',
      { value: Buffer.alloc(1_048_400, 'x') },
      { 'value-bytes': '1048400' },
    ],
    ['was small while it was compressed', { value: Buffer.alloc(8_000_000, 'x') }, { 'value-bytes': '8000000' }],
    ['has a key larger than the topic takes', { key: Buffer.alloc(2_000_000, 'k') }, { 'key-bytes': '2000000' }],
    ['has a larger header', { headers: [{ name: 'h', value: 'x'.repeat(1_100_000) }] }, { 'headers-dropped': '1' }],
    [
      'has a larger name of a header',
      { headers: [{ name: 'x'.repeat(1_100_000), value: null }] },
      { 'headers-dropped': '1' },
    ],
    ['has too many headers', { headers: manyHeaders }, {}],
  ])('lands shrunk, and its neighbours land once: it %s', async ([, faulty, said], context) => {
    const world = await scene(context);
    const { deadLetters } = world.settings.topics;
    await world.output.send('deadLetters', [small('before'), letter(faulty), small('after')]);
    const records = await readAll(world.brokers, deadLetters);
    expect(records.map(({ message }) => text(message.value).slice(0, 6))).toEqual([
      'before',
      text(letter(faulty).value).slice(0, 6),
      'after',
    ]);
    const headers = valuesOf(headersOf(records[1]!.message));
    expect(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)]))).toMatchObject({
      ...said,
      'error-code': 'EVENT_NOT_JSON',
      'source-offset': '41',
    });
    expect(world.held).toEqual([]);
  });

  it('lands, however little the topic takes', async (context) => {
    const world = await scene(context, { 'max.message.bytes': '6000' });
    await world.output.send('deadLetters', [small('before'), letter({ value: Buffer.alloc(900_000, 'x') })]);
    const [before, shrunk] = await valuesIn(world, world.settings.topics.deadLetters);
    expect(before).toBe('before');
    expect(shrunk).toMatch(/^x{1000,}$/);
  });

  it('lands in a topic that wants keys', async (context) => {
    const world = await scene(context, { 'cleanup.policy': 'compact' });
    await world.output.send('deadLetters', [small('before'), letter({ key: null }), small('after')]);
    const records = await readAll(world.brokers, world.settings.topics.deadLetters);
    expect(records.map(({ message }) => text(message.key)).toSorted()).toEqual(['after', 'before', 'events/3/41']);
  });
});

describe('a topic that takes less at a time than others', () => {
  it('gets everything, once and in order, in smaller parts', async (context) => {
    const world = await scene(context, { 'max.message.bytes': '50000' });
    const values = Array.from({ length: 100 }, (_, index) => String(index).padStart(5_000, '.'));
    await world.output.send(
      'deadLetters',
      values.map((value) => letter({ value: Buffer.from(value) })),
    );
    expect(await valuesIn(world, world.settings.topics.deadLetters)).toEqual(values);
  });
});

const decision = (value: string): OutgoingRecord => ({ key: 'k', value, headers: [] });

describe('a decision that its topic does not take', () => {
  const large: OutgoingRecord = {
    key: 'large',
    value: 'x'.repeat(1_200_000),
    headers: [],
    source: { topic: 'events', partition: 3, offset: 41 },
  };

  it('is held alone, and it is said which one and why; all others are written, once', async (context) => {
    const world = await scene(context);
    const { decisions } = world.settings.topics;
    const givenUp = new AbortController();
    const sent = world.output.send('decisions', [decision('first'), large, decision('last')], givenUp.signal);
    const outcome = Promise.allSettled([sent]);
    await Promise.all(['a', 'b', 'c'].map((value) => world.output.send('decisions', [decision(value)])));
    await until(() => world.held.length > 2, 'it is held');

    const [first] = world.held;
    expect(first).toMatchObject({ code: 'RECORD_REFUSED', path: decisions });
    for (const part of ['max.message.bytes', 'events, partition 3, offset 41', decisions])
      expect(first!.message).toContain(part);
    expect((await valuesIn(world, decisions)).toSorted()).toEqual(['a', 'b', 'c', 'first', 'last']);
    givenUp.abort(new Error('given up'));
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { message: 'given up' } }]);
  });

  it('is written once the topic takes it', async (context) => {
    const world = await scene(context);
    const { decisions } = world.settings.topics;
    const sent = world.output.send('decisions', [large]);
    await until(() => world.held.length > 0, 'it is held');
    const raised = [{ name: 'max.message.bytes', value: '2000000' }];
    await withAdmin(world.brokers, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: decisions, configEntries: raised }],
      }),
    );
    await sent;
    expect(await valuesIn(world, decisions)).toHaveLength(1);
  });

  // It was said that the timestamp is out of range, and neither which topic nor which settings say so.
  it('since this machine’s clock is far off is held, and topic, clock and settings are named', async (context) => {
    const world = await scene(context);
    const { decisions } = world.settings.topics;
    const now = Date.now.bind(Date);
    const shifted = vi.spyOn(Date, 'now').mockImplementation(() => now() + 2 * 3_600_000);
    onTestFinished(() => shifted.mockRestore());
    const sent = world.output.send('decisions', [decision('dated ahead')]);
    await until(() => world.held.length > 0, 'it is held');
    expect(world.held[0]).toMatchObject({ code: 'SEND_FAILED', path: decisions });
    for (const part of [decisions, 'clock', 'message.timestamp.after.max.ms'])
      expect(world.held[0]!.message).toContain(part);

    shifted.mockRestore();
    await sent;
    expect(await valuesIn(world, decisions)).toEqual(['dated ahead']);
  });
});
