import { describe, expect, it } from 'vitest';
import { askAssigned } from '../../../../src/adapters/kafka/assigned-topics.ts';
import type { Cluster } from '../../../../src/adapters/kafka/cluster.ts';
import { PartitionEndsReader } from '../../../../src/adapters/kafka/partition-ends.ts';
import { noteOf, type TopicIds } from '../../../../src/adapters/kafka/topic-ids.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

const place = { topic: 't', partition: 0 };

function idsOf(id: string): TopicIds {
  return Object.assign(new Map([[place.topic, id]]), { cluster: 'here' });
}

/** Of a group that has committed 40 to a topic with records 10 to 99, and of brokers that are asked for ids nowhere. */
function readerOf(committed: { readonly offset: string; readonly metadata: string | null }, areLeadersThere = true) {
  const partition = { partition: 0, ...committed };
  const admin = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    describeGroups: () => Promise.reject(new Error('It is not asked for.')),
    fetchOffsets: async () => [{ topic: place.topic, partitions: [partition] }],
    fetchTopicOffsets: async () => {
      if (!areLeadersThere) throw new Error('no leader');
      return [{ partition: 0, offset: '100', low: '10', high: '100' }];
    },
  };
  const options = { settings: kafkaSettings(['127.0.0.1:1']), log: () => undefined, clock };
  return new PartitionEndsReader(options, [admin, {} as Cluster]);
}

/** What is known of a partition when it is assigned, to a member that shares its history. */
async function assigned(reader: PartitionEndsReader, ids: TopicIds): Promise<unknown> {
  const ends = {
    ids: () => Promise.resolve(ids),
    of: reader.of.bind(reader),
    ofGroup: reader.ofGroup.bind(reader),
  };
  return (await askAssigned([place], { ends, startPositions: undefined })).ends;
}

const known = { ...place, low: 10, high: 100, wasReset: false };

describe('what the group has committed to a partition', () => {
  // The id was asked twice, of brokers chosen at random: one that lagged behind let an offset of the former topic pass for one of the new.
  it('is held against the ids by which it is fetched', async () => {
    const reader = readerOf({ offset: '40', metadata: noteOf('t', idsOf('A'))! });
    expect(await assigned(reader, idsOf('A'))).toEqual([{ ...known, committed: 40, former: undefined }]);
    expect(await assigned(reader, idsOf('B'))).toEqual([{ ...known, committed: undefined, former: 40 }]);
  });

  it('is of this topic, where its note is of another cluster or of another program', async () => {
    const there = Object.assign(new Map([['t', 'A']]), { cluster: 'there' });
    for (const metadata of [noteOf('t', there)!, 'what another program says', null])
      expect(await assigned(readerOf({ offset: '40', metadata }), idsOf('B'))).toEqual([
        { ...known, committed: 40, former: undefined },
      ]);
  });

  it('is the first record that is left, where an offset was out of range', async () => {
    const reader = readerOf({ offset: '-2', metadata: null });
    expect(await assigned(reader, idsOf('A'))).toMatchObject([{ committed: 10, wasReset: true }]);
    expect(await assigned(readerOf({ offset: '-1', metadata: null }), idsOf('A'))).toMatchObject([
      { committed: undefined, wasReset: false },
    ]);
  });

  // One partition without a leader, and a process that had just started took offsets of the former topic for those of the new.
  it('is known also where a partition has no leader that says where it ends', async () => {
    const reader = readerOf({ offset: '40', metadata: noteOf('t', idsOf('A'))! }, false);
    expect(await assigned(reader, idsOf('B'))).toEqual([
      { ...place, committed: undefined, former: 40, wasReset: false },
    ]);
    await expect(reader.of('t', idsOf('B'))).rejects.toThrow('no leader');
  });

  it('is known of one topic where nobody answers of another', async () => {
    const one = readerOf({ offset: '40', metadata: null });
    const other = { topic: 'u', partition: 0 };
    const away = Promise.reject(new Error('away'));
    away.catch(() => undefined);
    const ends = {
      ids: () => Promise.resolve(idsOf('A')),
      of: (topic: string, ids?: TopicIds) => (topic === 't' ? one.of(topic, ids) : away),
      ofGroup: (topic: string, ids?: TopicIds) => (topic === 't' ? one.ofGroup(topic, ids) : away),
    };
    const answer = await askAssigned([place, other], { ends, startPositions: undefined });
    expect(answer.ends).toMatchObject([{ ...known, committed: 40 }]);
  });
});
