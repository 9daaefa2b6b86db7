import { describe, expect, it } from 'vitest';
import { Assignment, type PartitionStart } from '../../../../src/adapters/kafka/assignment.ts';

const place = { topic: 't', partition: 0 };

function startWith(
  committed: number | undefined,
  { planned, wasCommitted = false }: { planned?: number; wasCommitted?: boolean } = {},
): PartitionStart {
  const ends = [{ ...place, low: 10, high: 100, committed }];
  const plan = planned === undefined ? [] : [{ ...place, offset: planned }];
  return new Assignment(ends, plan, () => wasCommitted).start('t', 0);
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
      startWith(undefined, { wasCommitted: true }),
      { expected: undefined, committedOffset: undefined, isRemade: true },
    ],
  ])('%s', (_where, start, expected) => {
    expect(start).toEqual(expected);
  });

  it('is not known where the brokers did not say', () => {
    const none = new Assignment([], [], () => true);
    expect(none.start('t', 0)).toEqual({ expected: undefined, committedOffset: undefined, isRemade: false });
  });
});
