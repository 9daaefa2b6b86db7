import kafkajs from 'kafkajs';
import { expect, it } from 'vitest';
import { TopicFollower } from '../../../../src/adapters/kafka/topic-follower.ts';
import { TopicRemade } from '../../../../src/adapters/kafka/whole-topic.ts';
import { HoldBoard } from '../../../../src/holds.ts';
import { silentTelemetry } from '../../../../src/telemetry.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

type FollowerOptions = ConstructorParameters<typeof TopicFollower>[0];
type Topic = NonNullable<ConstructorParameters<typeof TopicFollower>[1]>;

/** A follower of a topic that is made by hand: what is said of the one and of the other, where it matters. */
function followerOf(
  options: Pick<FollowerOptions, 'progress'> & Partial<FollowerOptions>,
  topic: Pick<Topic, 'partitions' | 'offsets' | 'fetch'>,
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
      remade: () => Promise.resolve(),
      lost: () => undefined,
      ...options,
    },
    { ...topic, look: () => Promise.resolve(), disconnect: () => Promise.resolve() },
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

/** By its offsets a topic that was made anew passed for the former one as soon as it was longer, and its first records were not taken. */
it('takes a topic that was made anew from its first record, however long it is, and tells once of each partition', async () => {
  const stopping = new AbortController();
  const turns = ['read', 'made anew', 'read', 'read'];
  const kept = new Map([
    [0, 40],
    [1, 50],
  ]);
  const asked: [number, number][][] = [];
  const remade: number[] = [];
  const follower = followerOf(
    {
      kept: (partition) => kept.get(partition),
      remade: async (partition) => {
        remade.push(partition);
        kept.delete(partition);
      },
      progress: () => turns.length === 0 && stopping.abort(),
    },
    {
      partitions: async () => {
        if (turns.shift() === 'made anew') throw new TopicRemade('labels');
        return [0, 1, 2];
      },
      offsets: async (partitions, at) => new Map(partitions.map((each) => [each, at === 'first' ? 0 : 100])),
      fetch: async (nexts) => {
        asked.push([...nexts]);
        return [];
      },
    },
  );
  await follower.follow(stopping.signal);
  const begun = [40, 50, 0].map((next, partition) => [partition, next]);
  const anew = [0, 1, 2].map((partition) => [partition, 0]);
  expect(asked).toEqual([begun, anew, anew]);
  expect(remade).toEqual([0, 1]);
});

/** Its offset was out of range just before that was known to be because of the new topic, and what was kept of it passed for the new one's. */
it('takes a partition of a topic that was made anew from its first record, also when that was not read at the moment', async () => {
  const stopping = new AbortController();
  const turns = ['read', 'out of range', 'made anew', 'read'];
  const kept = new Map([
    [0, 40],
    [1, 50],
  ]);
  const asked: [number, number][][] = [];
  const follower = followerOf(
    {
      kept: (partition) => kept.get(partition),
      remade: async (partition) => void kept.delete(partition),
      progress: () => turns.length === 0 && stopping.abort(),
    },
    {
      partitions: async () => {
        if (turns[0] === 'made anew') throw new TopicRemade(turns.shift()!);
        return [0, 1];
      },
      offsets: async (partitions, at) => new Map(partitions.map((each) => [each, at === 'first' ? 0 : 100])),
      fetch: async (nexts) => {
        if (turns.shift() === 'out of range')
          throw Object.assign(new kafkajs.KafkaJSOffsetOutOfRange(new Error('out of range'), {} as never), {
            partition: 1,
          });
        asked.push([...nexts]);
        return [];
      },
    },
  );
  await follower.follow(stopping.signal);
  expect(asked.map((each) => Object.fromEntries(each))).toEqual([
    { 0: 40, 1: 50 },
    { 0: 0, 1: 0 },
  ]);
});
