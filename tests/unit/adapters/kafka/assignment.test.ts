import { describe, expect, it } from 'vitest';
import { Assignment, type PartitionPast, type PartitionStart } from '../../../../src/adapters/kafka/assignment.ts';

const place = { topic: 't', partition: 0 };

interface Known {
  readonly planned?: number;
  readonly last?: PartitionPast['last'];
  readonly wasReset?: boolean;
  readonly reached?: number;
  /** Of the topic now, and of the one that was read. */
  readonly id?: string;
  readonly topicId?: string;
  readonly position?: number;
  readonly former?: number;
  /** Whether the leaders do not say where it ends. */
  readonly isWithoutEnds?: boolean;
}

function startWith(
  committed: number | undefined,
  {
    planned,
    last = 'nothing',
    wasReset = false,
    reached,
    id,
    topicId,
    position,
    former,
    isWithoutEnds = false,
  }: Known = {},
): PartitionStart {
  const ends = isWithoutEnds ? {} : { low: 10, high: 100 };
  const plan = planned === undefined ? [] : [{ ...place, offset: planned }];
  const ids = new Map(id === undefined ? [] : [[place.topic, id]]);
  const said = { ...place, committed, former, wasReset, ...ends };
  const facts = { assigned: [place], ends: [said], planned: plan, ids };
  return new Assignment(facts, () => ({ last, reached, topicId, position })).start('t', 0);
}

describe('where a partition begins that is assigned', () => {
  it.each<[string, PartitionStart, PartitionStart]>([
    ['where the group is', startWith(40), { expected: 40, committedOffset: 40, isRemade: false }],
    [
      'before what is left, when retention was faster',
      startWith(5),
      { expected: 5, committedOffset: 5, isRemade: false },
    ],
    ['at the end', startWith(100), { expected: 100, committedOffset: 100, isRemade: false }],
    [
      'where history wants it',
      startWith(40, { planned: 20 }),
      { expected: 20, committedOffset: 40, isRemade: false, seek: 20 },
    ],
    [
      'anywhere, in a new group',
      startWith(undefined),
      { expected: undefined, committedOffset: undefined, isRemade: false },
    ],
    [
      'as another partition, when the group is beyond its end',
      startWith(101, { planned: 50 }),
      { expected: 101, committedOffset: undefined, isRemade: true },
    ],
    [
      'as another partition, when Kafka has forgotten what this process committed',
      startWith(undefined, { last: 'committed' }),
      { expected: undefined, committedOffset: undefined, isRemade: true },
    ],
    // Its offset was out of range and had been reset when the group was rebalanced: the new events passed for delivered ones.
    [
      'as another partition, when it ends before what this process has read',
      startWith(10, { wasReset: true, reached: 101 }),
      { expected: 10, committedOffset: undefined, isRemade: true },
    ],
    [
      'as another partition, when what was read is there and was out of range',
      startWith(10, { wasReset: true, reached: 60 }),
      { expected: 10, committedOffset: undefined, isRemade: true },
    ],
    [
      'as what it was taken for before, when nothing was committed to it since',
      startWith(undefined, { last: 'forgotten', reached: 60 }),
      { expected: undefined, committedOffset: undefined, isRemade: false },
    ],
    [
      'as what it was taken for before, when the offset that was out of range is still there',
      startWith(10, { last: 'forgotten', wasReset: true, reached: 60 }),
      { expected: undefined, committedOffset: undefined, isRemade: false },
    ],
    [
      'as what it was taken for before, when the group is still beyond its end',
      startWith(500, { last: 'forgotten', reached: 60 }),
      { expected: undefined, committedOffset: undefined, isRemade: false },
    ],
    [
      'where the group is, when another member has committed to what it was taken for',
      startWith(40, { last: 'forgotten', reached: 30 }),
      { expected: 40, committedOffset: 40, isRemade: false },
    ],
    [
      'as another partition once more, when it ends before what was read of the last one',
      startWith(undefined, { last: 'forgotten', reached: 101 }),
      { expected: undefined, committedOffset: undefined, isRemade: true },
    ],
    [
      'as the same, when retention took what was not read',
      startWith(10, { wasReset: true, reached: 10 }),
      { expected: 10, committedOffset: 10, isRemade: false },
    ],
    [
      'as the same, when commits failed',
      startWith(10, { last: 'committed', reached: 60 }),
      { expected: 10, committedOffset: 10, isRemade: false },
    ],
  ])('%s', (_where, start, expected) => {
    expect(start).toEqual(expected);
  });

  it('is not known where the brokers did not say', () => {
    const none = new Assignment({ assigned: [place], ends: [], planned: [], ids: new Map() }, () => ({
      last: 'committed',
      reached: 40,
    }));
    expect(none.start('t', 0)).toEqual({ expected: undefined, committedOffset: undefined, isRemade: false });
  });
});

/** Fetches went by a topic's name, and one that was back with more records than were read passed for the former one. */
describe('where a partition begins whose topic has an id', () => {
  it.each<[string, PartitionStart, PartitionStart]>([
    [
      'with its first record, when it is another than was read, however long it is, and whatever is committed',
      startWith(undefined, { id: 'B', topicId: 'A', reached: 60, former: 60, last: 'committed' }),
      { expected: 60, committedOffset: undefined, isRemade: true, topicId: 'topic id B of cluster ', seek: 10 },
    ],
    [
      'with its first record, when Kafka has forgotten what was committed to the one that was read',
      startWith(undefined, { id: 'B', topicId: 'A', reached: 60, last: 'committed' }),
      { expected: 60, committedOffset: undefined, isRemade: true, topicId: 'topic id B of cluster ', seek: 10 },
    ],
    [
      'with its first record, when the group has committed to another and this process never had it',
      startWith(undefined, { id: 'B', former: 60 }),
      { expected: 60, committedOffset: undefined, isRemade: true, topicId: 'topic id B of cluster ', seek: 10 },
    ],
    [
      'where the group is, when another member has begun with it; what this process knew is forgotten all the same',
      startWith(40, { id: 'B', topicId: 'A', reached: 60 }),
      { expected: 60, committedOffset: 40, isRemade: true, topicId: 'topic id B of cluster ' },
    ],
    [
      'where this process was, when Kafka was late to forget what was committed to the former one, and took what is new with it',
      startWith(undefined, { id: 'B', topicId: 'B', reached: 30, position: 25, last: 'committed' }),
      { expected: 25, committedOffset: undefined, isRemade: false, seek: 25 },
    ],
    [
      'where this process was, when nothing was committed to it yet, and what was committed to the former one is still there',
      startWith(undefined, { id: 'B', topicId: 'B', reached: 30, position: 25, last: 'forgotten', former: 60 }),
      { expected: 25, committedOffset: undefined, isRemade: false, seek: 25 },
    ],
    [
      'with the first record that is left, when retention took what this process was to read next',
      startWith(undefined, { id: 'B', topicId: 'B', reached: 5, position: 5 }),
      { expected: 5, committedOffset: undefined, isRemade: false, seek: 10 },
    ],
    [
      'with the first record that is left, when another member has had it and what was committed is of the former one',
      startWith(undefined, { id: 'B', topicId: 'B', reached: 30, former: 60 }),
      { expected: 10, committedOffset: undefined, isRemade: false, seek: 10 },
    ],
    [
      'with its first record, when the group has committed to another, and the leaders do not say where it ends',
      startWith(undefined, { id: 'B', former: 60, isWithoutEnds: true }),
      { expected: 60, committedOffset: undefined, isRemade: true, topicId: 'topic id B of cluster ', seek: 0 },
    ],
    [
      'where the client finds what the group committed, when the leaders do not say where it ends, whatever this process did long ago',
      startWith(40, { id: 'A', topicId: 'A', reached: 30, position: 25, isWithoutEnds: true }),
      { expected: undefined, committedOffset: undefined, isRemade: false },
    ],
    [
      'where this process was, when the group has committed nothing and the leaders do not say where it ends',
      startWith(undefined, { id: 'A', topicId: 'A', reached: 30, position: 25, isWithoutEnds: true }),
      { expected: 25, committedOffset: undefined, isRemade: false, seek: 25 },
    ],
    [
      'where history wants it, when the topic is the one that was read',
      startWith(40, { id: 'A', topicId: 'A', reached: 60, planned: 20 }),
      { expected: 20, committedOffset: 40, isRemade: false, seek: 20 },
    ],
    [
      'as another partition, when it is the topic that was read and has lost its end',
      startWith(40, { id: 'A', topicId: 'A', reached: 101 }),
      { expected: 40, committedOffset: undefined, isRemade: true },
    ],
    [
      'where the group is, when it is the topic that was read',
      startWith(40, { id: 'A', topicId: 'A', reached: 60, last: 'committed' }),
      { expected: 40, committedOffset: 40, isRemade: false },
    ],
    [
      'where the client finds, in a new group',
      startWith(undefined, { id: 'A' }),
      { expected: undefined, committedOffset: undefined, isRemade: false },
    ],
  ])('%s', (_where, start, expected) => {
    expect(start).toEqual(expected);
  });

  it('with its first record, when the brokers say no more than that it is another one', () => {
    const none = new Assignment({ assigned: [place], ends: [], planned: [], ids: new Map([['t', 'B']]) }, () => ({
      last: 'committed',
      reached: 40,
      topicId: 'A',
    }));
    expect(none.start('t', 0)).toEqual({
      expected: 40,
      committedOffset: undefined,
      isRemade: true,
      topicId: 'topic id B of cluster ',
      seek: 0,
    });
  });
});
