import { describe, expect, it } from 'vitest';
import type { PartitionEnds } from '../../../../src/adapters/kafka/partition-ends.ts';
import type { KafkaSettings } from '../../../../src/adapters/kafka/settings.ts';
import { StartPositions } from '../../../../src/adapters/kafka/start-positions.ts';

const place = { topic: 't', partition: 0 };

/** Where a partition with records 10 to 99 is sought; undefined where the group goes on by itself. */
async function soughtWhere(
  next: number | undefined,
  committed: number | undefined,
  begun: PartitionEnds = { ...place, low: 10, high: 100, committed: 10, wasReset: false },
): Promise<number | undefined> {
  const positions = new StartPositions({
    settings: { consumer: { startFrom: 'earliest' } } as KafkaSettings,
    topics: [place.topic],
    history: {
      next: () => (next === undefined ? [] : [{ ...place, offset: next }]),
      forget: () => undefined,
      begin: () => Promise.resolve(),
    },
    ends: { of: () => Promise.resolve([begun]) },
    log: () => undefined,
  });
  await positions.find();
  return positions.of([{ ...begun, committed }])[0]?.offset;
}

describe('a partition that is assigned to a process with a history of its own', () => {
  it.each<[string, number | undefined, number | undefined, number | undefined]>([
    ['where history ends, when another member went on meanwhile', 40, 70, 40],
    ['with the first record that is left of what history lacks', 5, 70, 10],
    ['where the group is, when history has all of that', 70, 70, undefined],
    ['where the group is, when history has more', 80, 70, undefined],
    ['where the group is, when history does not know it', undefined, 70, undefined],
    ['where the group is, when it ends before history', 101, 70, undefined],
  ])('is read from %s', async (_where, next, committed, sought) => {
    expect(await soughtWhere(next, committed)).toBe(sought);
  });

  it('is read from where this process began, until something is committed: it would never be, where no more comes', async () => {
    expect(await soughtWhere(40, undefined)).toBe(10);
  });
});

it('history that is of a former topic is forgotten at the start, and the new one begins with its first record', async () => {
  const told: unknown[] = [];
  const positions = new StartPositions({
    settings: { consumer: { startFrom: 'latest' } } as KafkaSettings,
    topics: [place.topic],
    history: {
      next: () => [{ ...place, offset: 60 }],
      forget: (topic, partition) => void told.push(['forgotten', topic, partition]),
      begin: async (begun) => void told.push(begun.map(({ offset }) => offset)),
    },
    ends: { of: async () => [{ ...place, low: 0, high: 100, committed: undefined, former: 60, wasReset: false }] },
    log: () => undefined,
  });
  await positions.find();
  expect(told).toEqual([['forgotten', 't', 0], [0]]);
});

/** A member that came after one which was given up wrote the whole snapshot a second time, beside the first. */
it('where to begin is found once, also when the next member asks while history still writes that down', async () => {
  const written = Promise.withResolvers<void>();
  let asked = 0;
  const positions = new StartPositions({
    settings: { consumer: { startFrom: 'earliest' } } as KafkaSettings,
    topics: [place.topic],
    history: { next: () => [], forget: () => undefined, begin: () => (asked++, written.promise) },
    ends: { of: async () => [{ ...place, low: 0, high: 100, committed: undefined, wasReset: false }] },
    log: () => undefined,
  });
  const members = [positions.find(), positions.find()];
  written.resolve();
  await Promise.all(members);
  await positions.find();
  expect(asked).toBe(1);
});

it('where to begin is looked for again, when it was not found', async () => {
  const answers = [() => Promise.reject(new Error('away')), async () => []];
  const positions = new StartPositions({
    settings: { consumer: { startFrom: 'earliest' } } as KafkaSettings,
    topics: [place.topic],
    history: { next: () => [], forget: () => undefined, begin: () => Promise.resolve() },
    ends: { of: () => answers.shift()!() },
    log: () => undefined,
  });
  await expect(positions.find()).rejects.toThrow('away');
  await positions.find();
  expect(answers).toEqual([]);
});
