import { describe, expect, it } from 'vitest';
import { Assignment, type PartitionPast, type PartitionStart } from '../../../../src/adapters/kafka/assignment.ts';

const place = { topic: 't', partition: 0 };

function startWith(
  committed: number | undefined,
  {
    planned,
    last = 'nothing',
    wasReset = false,
    reached,
  }: { planned?: number; last?: PartitionPast['last']; wasReset?: boolean; reached?: number } = {},
): PartitionStart {
  const ends = [{ ...place, low: 10, high: 100, committed, wasReset }];
  const plan = planned === undefined ? [] : [{ ...place, offset: planned }];
  return new Assignment(ends, plan, () => ({ last, reached })).start('t', 0);
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
    ['where history wants it', startWith(40, { planned: 20 }), { expected: 20, committedOffset: 40, isRemade: false }],
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
    const none = new Assignment([], [], () => ({ last: 'committed', reached: 40 }));
    expect(none.start('t', 0)).toEqual({ expected: undefined, committedOffset: undefined, isRemade: false });
  });
});
