import kafkajs from 'kafkajs';
import { expect, it } from 'vitest';
import { TopicFollower } from '../../../../src/adapters/kafka/topic-follower.ts';
import { TopicRemade } from '../../../../src/adapters/kafka/whole-topic.ts';
import { FailureError } from '../../../../src/domain/failure.ts';
import { HoldBoard } from '../../../../src/holds.ts';
import { silentTelemetry } from '../../../../src/telemetry.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

type FollowerOptions = ConstructorParameters<typeof TopicFollower>[0];
type Topic = NonNullable<ConstructorParameters<typeof TopicFollower>[1]>;

/** A follower of a topic that is made by hand: what is said of the one and of the other, where it matters. */
function followerOf(
  options: Pick<FollowerOptions, 'progress'> & Partial<FollowerOptions>,
  topic: Pick<Topic, 'partitions' | 'offsets' | 'fetch'> & Partial<Pick<Topic, 'id'>>,
): TopicFollower {
  const settings = kafkaSettings(['127.0.0.1:1']);
  return new TopicFollower(
    {
      settings: { ...settings, retry: { ...settings.retry, initialMs: 1, maxMs: 1 } },
      log: () => undefined,
      clock,
      holds: new HoldBoard(clock, silentTelemetry),
      topic: 'labels',
      recordsMax: 10,
      kept: () => undefined,
      take: () => Promise.resolve(),
      identified: () => Promise.resolve(),
      remade: () => Promise.resolve(),
      lost: () => undefined,
      ...options,
    },
    {
      ...topic,
      get id() {
        return topic.id;
      },
      look: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
    },
  );
}

it('does not say that it is at the end of a topic which it cannot read any more, until it has read it again', async () => {
  const stopping = new AbortController();
  /** Partitions were read, then nothing can be, then they are read again. */
  const turns = ['read', 'away', 'read'];
  const lags: (number | undefined)[] = [];
  const follower = followerOf(
    {
      progress: () => {
        lags.push(follower.lag);
        if (turns.length === 0) stopping.abort();
      },
    },
    {
      partitions: () => Promise.resolve([0, 1]),
      offsets: (partitions) => Promise.resolve(new Map(partitions.map((partition) => [partition, 0]))),
      fetch: async (nexts) => {
        if (turns.shift() === 'away') throw new kafkajs.KafkaJSConnectionError('away');
        return Array.from(nexts, ([partition, next]) => ({ partition, messages: [], next, end: next }));
      },
    },
  );
  await follower.follow(stopping.signal);
  expect(lags).toEqual([0, undefined, 0]);
});

const offsets: Topic['offsets'] = async (partitions, at) =>
  new Map(partitions.map((each) => [each, at === 'first' ? 0 : 100]));

/** A topic of three partitions that are asked for what comes next, and who keeps 40 and 50 of the first two of the topic `kept`. */
function keeperOf(id: string) {
  const keeper = {
    id,
    offsets: new Map([
      [0, 40],
      [1, 50],
    ]),
    told: [] as string[],
    asked: [] as [number, number][][],
  };
  const options = {
    kept: (partition: number) => keeper.offsets.get(partition),
    identified: async (found: string) => {
      keeper.told.push(found);
      if (found !== keeper.id) keeper.offsets.clear();
      keeper.id = found;
    },
  };
  const fetch: Topic['fetch'] = async (nexts) => {
    keeper.asked.push([...nexts]);
    return [];
  };
  return { keeper, options, topic: { offsets, fetch, partitions: async () => [0, 1, 2] } };
}

const begun = [40, 50, 0].map((next, partition) => [partition, next]);
const anew = [0, 1, 2].map((partition) => [partition, 0]);

/** By its offsets a topic that was made anew passed for the former one as soon as it was longer, and its first records were not taken. */
it('takes a topic that was made anew from its first record, however long it is', async () => {
  const stopping = new AbortController();
  const turns = ['read', 'made anew', 'read', 'read'];
  const { keeper, options, topic } = keeperOf('first');
  const made = {
    ...topic,
    id: 'first',
    partitions: async () => {
      if (turns.shift() === 'made anew') {
        made.id = 'second';
        throw new TopicRemade('labels');
      }
      return [0, 1, 2];
    },
  };
  const follower = followerOf({ ...options, progress: () => turns.length === 0 && stopping.abort() }, made);
  await follower.follow(stopping.signal);
  expect(keeper.asked).toEqual([begun, anew, anew]);
  expect(keeper.told).toEqual(['first', 'second']);
});

it.each([
  ['first', begun],
  ['second', anew],
])('knows at its start by the id whether the topic %s is the one that was read', async (id, expected) => {
  const stopping = new AbortController();
  const { keeper, options, topic } = keeperOf('first');
  const follower = followerOf({ ...options, progress: () => stopping.abort() }, { ...topic, id });
  await follower.follow(stopping.signal);
  expect(keeper.asked).toEqual([expected]);
});

it('reads nothing before it is known that what is kept is of this topic', async () => {
  const stopping = new AbortController();
  const { keeper, options, topic } = keeperOf('first');
  let tries = 0;
  const identified = async (id: string) => {
    tries += 1;
    if (tries === 1) throw new FailureError({ code: 'ARCHIVE_UNAVAILABLE', message: 'away' });
    await options.identified(id);
  };
  const progress = () => keeper.asked.length > 0 && stopping.abort();
  const follower = followerOf({ ...options, identified, progress }, { ...topic, id: 'second' });
  await follower.follow(stopping.signal);
  expect(tries).toBe(2);
  expect(keeper.asked).toEqual([anew]);
});

/** Its offset was out of range just before that was known to be because of the new topic, and what was kept of it passed for the new one's. */
it('takes a partition of a topic that was made anew from its first record, also when that was not read at the moment', async () => {
  const stopping = new AbortController();
  const turns = ['read', 'out of range', 'made anew', 'read'];
  const { keeper, options, topic } = keeperOf('first');
  const made = {
    ...topic,
    id: 'first',
    partitions: async () => {
      if (turns[0] === 'made anew') {
        made.id = 'second';
        throw new TopicRemade(turns.shift()!);
      }
      return [0, 1];
    },
    fetch: async (nexts: ReadonlyMap<number, number>) => {
      if (turns.shift() === 'out of range')
        throw Object.assign(new kafkajs.KafkaJSOffsetOutOfRange(new Error('out of range'), {} as never), {
          partition: 1,
        });
      return topic.fetch(nexts);
    },
  };
  const follower = followerOf({ ...options, progress: () => turns.length === 0 && stopping.abort() }, made);
  await follower.follow(stopping.signal);
  expect(keeper.asked).toEqual([begun.slice(0, 2), anew.slice(0, 2)]);
});
