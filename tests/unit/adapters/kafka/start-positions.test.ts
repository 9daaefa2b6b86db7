import { describe, expect, it } from 'vitest';
import type { PartitionEnds } from '../../../../src/adapters/kafka/partition-ends.ts';
import type { KafkaSettings } from '../../../../src/adapters/kafka/settings.ts';
import { StartPositions, type Position } from '../../../../src/adapters/kafka/start-positions.ts';
import { noteOf, noTopicIds, type TopicIds } from '../../../../src/adapters/kafka/topic-ids.ts';

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
    ends: { of: () => Promise.resolve([begun]), ids: () => Promise.resolve(noTopicIds) },
    log: () => undefined,
  });
  await positions.find();
  return positions.of([{ ...begun, committed }], noTopicIds)[0]?.offset;
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
    ends: {
      of: async () => [{ ...place, low: 0, high: 100, committed: undefined, former: 60, wasReset: false }],
      ids: async () => noTopicIds,
    },
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
    ends: {
      of: async () => [{ ...place, low: 0, high: 100, committed: undefined, wasReset: false }],
      ids: async () => noTopicIds,
    },
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
    ends: { of: () => answers.shift()!(), ids: async () => noTopicIds },
    log: () => undefined,
  });
  await expect(positions.find()).rejects.toThrow('away');
  await positions.find();
  expect(answers).toEqual([]);
});

function idsOf(id: string, cluster = 'here'): TopicIds {
  return Object.assign(new Map([[place.topic, id]]), { cluster });
}

function of(id: string, cluster?: string): string | undefined {
  return noteOf(place.topic, idsOf(id, cluster));
}

/** A history that goes on at record 60 of some topic, and a topic with records 3 to 99. */
function madeAnew(topicId: string | undefined, committed?: number) {
  const begun: Position[] = [];
  const ends = { ...place, low: 3, high: 100, committed, wasReset: false };
  const ids = { now: idsOf('new') };
  const positions = new StartPositions({
    settings: { consumer: { startFrom: 'latest' } } as KafkaSettings,
    topics: [place.topic],
    history: {
      next: () => [begun.at(-1) ?? { ...place, offset: 60, topicId }],
      forget: () => undefined,
      begin: async (all) => void begun.push(...all),
    },
    ends: { of: async () => [ends], ids: async () => ids.now },
    log: () => undefined,
  });
  const sought = () => positions.of([ends], ids.now)[0]?.offset;
  return { positions, begun, ids, sought };
}

describe('a topic that was made anew, longer than history knows the former one', () => {
  it.each<[string, string | undefined, number | undefined, number, number | undefined]>([
    ['from its first record, where nothing is committed to it', of('former'), undefined, 3, 3],
    ['from its first record, for history alone where the group is beyond that', of('former'), 20, 3, 3],
    ['from where the group is, where history is of another cluster', of('former', 'elsewhere'), 20, 20, undefined],
    ['on, where history is of it', of('new'), undefined, 59, 59],
    ['on, where nobody said of which topic history is, as before there were ids', undefined, undefined, 59, 59],
  ])('is read %s, by a process that starts', async (_how, topicId, committed, begins, seeks) => {
    const { positions, begun, sought } = madeAnew(topicId, committed);
    await positions.find();
    expect(begun).toMatchObject([{ offset: begins, topicId: of('new') }]);
    expect(sought()).toBe(seeks);
  });

  it.each([undefined, 20])(
    'is read from its first record, where it was made anew before the partition came',
    async (committed) => {
      const { positions, ids, sought } = madeAnew(of('new'), committed);
      await positions.find();
      ids.now = idsOf('newer');
      expect(sought()).toBe(3);
      positions.remade(place, of('newer'));
      expect(sought()).toBe(3);
    },
  );
});
