import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { fewRetriesMax } from '../../../src/adapters/kafka/failures.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import type { Telemetry } from '../../../src/telemetry.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import {
  committedOffsets,
  kafkaSettings,
  makeTopics,
  numbered,
  openSource,
  until,
  write,
  type RunningSource,
  type SourceSetup,
} from './support.ts';

const running: RunningSource[] = [];

function open(setup: SourceSetup): RunningSource {
  const source = openSource(setup);
  running.push(source);
  return source;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ source }) => source.close()));
});

describe('the Kafka source', () => {
  it('hands out every record, each key in its order, in slices of the wanted size', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 4 });
    await write(brokers, events, numbered(5_000, 50));

    const sizes = new Set<number>();
    const busy = new Set<number>();
    const { handled } = open({
      settings,
      recordsMax: 100,
      handler: async ({ partition, records }) => {
        expect(busy.has(partition)).toBe(false);
        busy.add(partition);
        sizes.add(records.length);
        await sleep(1);
        busy.delete(partition);
      },
    });
    await until(() => handled.length >= 5_000, 'all records are handled');

    expect(handled).toHaveLength(5_000);
    for (const [, records] of Map.groupBy(handled, ({ key }) => key)) {
      const values = records.map(({ value }) => Number(value));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    expect(Math.max(...sizes)).toBe(100);
  });

  it('commits what has a fate, up to the end of each partition', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 2 });
    await write(brokers, events, numbered(1_000, 10));

    const { source, handled } = open({ settings });
    await until(() => handled.length >= 1_000, 'all records are handled');
    await source.close();

    const ends = new Map<number, number>();
    for (const { partition, offset } of handled) ends.set(partition, Math.max(ends.get(partition) ?? 0, offset + 1));
    expect(await committedOffsets(brokers, settings.groupId, events)).toEqual(ends);
  });

  it('commits nothing of a batch that the handler rejected, and the next member gets it again', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 1 });
    await write(brokers, events, numbered(300, 10));

    const first = open({
      settings,
      recordsMax: 100,
      handler: async ({ records }) => {
        if (records.some(({ offset }) => offset === 150)) throw new TypeError('a fault of the program');
      },
    });
    await expect(first.source.finished).rejects.toThrow('a fault of the program');
    expect(first.handled.map(({ offset }) => offset).at(-1)).toBe(99);
    expect(await committedOffsets(brokers, settings.groupId, events)).toEqual(new Map([[0, 100]]));

    const second = open({ settings });
    await until(() => second.handled.length >= 200, 'the rest is handled');
    expect(second.handled.map(({ offset }) => offset)).toEqual(Array.from({ length: 200 }, (_, index) => 100 + index));
  });

  it('holds a batch while the handler says that something is away, and keeps its membership meanwhile', async (context) => {
    const { brokers } = requireKafka(context);
    const base = kafkaSettings(brokers);
    const settings = { ...base, consumer: { ...base.consumer, sessionTimeoutMs: 3_000, heartbeatIntervalMs: 500 } };
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 1 });
    await write(brokers, events, numbered(10, 1));

    const backAt = performance.now() + 2 * settings.consumer.sessionTimeoutMs;
    const told: string[] = [];
    const { handled, assignments } = open({
      settings,
      handler: async () => {
        if (performance.now() < backAt) throw new FailureError({ code: 'STORE_UNAVAILABLE', message: 'It is away.' });
      },
      telemetry: {
        held: (step, { code }, attempt) => told.push(`${step} ${code} ${attempt}`),
        released: (step) => told.push(`released ${step}`),
      },
    });
    await until(() => handled.length === 10, 'the batch is handled');

    expect(told[0]).toBe('store STORE_UNAVAILABLE 1');
    expect(told.at(-1)).toBe('released store');
    expect(told.filter((line) => line.startsWith('released'))).toHaveLength(1);
    expect(assignments).toHaveLength(1);
  });

  it('gives up a held batch when it is told to stop, commits the rest and leaves', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 1 });
    await write(brokers, events, numbered(200, 1));

    let held = 0;
    const { source } = open({
      settings,
      recordsMax: 100,
      handler: async ({ records }) => {
        if ((records[0]?.offset ?? 0) < 100) return;
        throw new FailureError({ code: 'STORE_UNAVAILABLE', message: 'It is away.' });
      },
      telemetry: { held: () => (held += 1), released: () => (held = 0) },
    });
    await until(() => held > 1, 'the second slice is held');
    await source.drain();
    await source.close();

    expect(held).toBe(0);
    expect(await committedOffsets(brokers, settings.groupId, events)).toEqual(new Map([[0, 100]]));
  });

  it('tells the lag with every batch, down to none', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 1 });
    await write(brokers, events, numbered(500, 1));

    const lags: number[] = [];
    const { handled } = open({
      settings,
      recordsMax: 100,
      telemetry: { lagMeasured: (_topic, _partition, lag) => lags.push(lag) },
    });
    await until(() => handled.length === 500, 'all records are handled');
    expect(lags).toEqual([400, 300, 200, 100, 0]);
  });

  it('keeps trying to join while no broker answers, tells of it, and stops at once when it is told to', async () => {
    const settings = { ...kafkaSettings(['127.0.0.1:1']), retry: { initialMs: 10, maxMs: 30, retriesMax: 1 } };
    const told: string[] = [];
    const held: Telemetry['held'] = (step, _failure, attempt) => void told.push(`${step} ${attempt}`);
    const { source } = open({ settings, telemetry: { held } });
    await until(() => told.length > fewRetriesMax + 1, 'it has tried often');
    await source.close();
    expect(told.slice(0, 3)).toEqual(['consume 1', 'consume 2', 'consume 3']);
    await expect(source.finished).resolves.toBeUndefined();
  });
});
