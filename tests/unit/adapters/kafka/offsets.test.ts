import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetTracker } from '../../../../src/adapters/kafka/offsets.ts';

describe('the offset tracker', () => {
  it('has nothing to commit before a record has a fate', () => {
    const tracker = new OffsetTracker();
    tracker.partition('t', 0).open(10, 20);
    expect(tracker.pending()).toEqual([]);
    expect(tracker.position('t', 0)).toBeUndefined();
  });

  it('commits up to the first record without a fate, and beyond it once it has one', () => {
    const tracker = new OffsetTracker();
    const partition = tracker.partition('t', 0);
    const [first, second, third] = [partition.open(10, 20), partition.open(22, 30), partition.open(30, 35)];
    first?.settle();
    third?.settle();
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 0, offset: 20 }]);
    second?.settle();
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 0, offset: 35 }]);
  });

  it('tells only what was not committed yet', () => {
    const tracker = new OffsetTracker();
    tracker.partition('t', 0).open(0, 5).settle();
    tracker.partition('t', 1).open(0, 7).settle();
    tracker.committed([{ topic: 't', partition: 0, offset: 5 }]);
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 1, offset: 7 }]);
  });

  it('goes past records that are none: compacted ones, control records', () => {
    const tracker = new OffsetTracker();
    const partition = tracker.partition('t', 0);
    partition.open(0, 5).settle();
    partition.skip(8);
    expect(tracker.position('t', 0)).toBe(8);
    partition.skip(3);
    expect(tracker.position('t', 0)).toBe(8);
  });

  it('does not go past them while a record before them has no fate', () => {
    const tracker = new OffsetTracker();
    const partition = tracker.partition('t', 0);
    const span = partition.open(0, 5);
    partition.skip(8);
    expect(tracker.position('t', 0)).toBeUndefined();
    span.settle();
    expect(tracker.position('t', 0)).toBe(8);
  });

  it('takes records back that will be fetched again', () => {
    const tracker = new OffsetTracker();
    const partition = tracker.partition('t', 0);
    partition.open(0, 5).settle();
    partition.open(5, 9).withdraw();
    partition.open(5, 7).settle();
    expect(tracker.position('t', 0)).toBe(7);
  });

  it('forgets at a rebalance, and lets old records settle without effect', () => {
    const tracker = new OffsetTracker();
    const old = tracker.partition('t', 0).open(0, 50);
    tracker.reset();
    tracker.partition('t', 0).open(0, 5).settle();
    old.settle();
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 0, offset: 5 }]);
  });

  it('does not take a commit from before a rebalance for one of now', () => {
    const tracker = new OffsetTracker();
    tracker.partition('t', 0).open(0, 50).settle();
    const underWay = tracker.pending();
    tracker.reset();
    tracker.partition('t', 0).open(0, 5).settle();
    tracker.committed(underWay);
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 0, offset: 5 }]);
  });

  it.each([
    ['an empty span', 'a span holds a record', () => new OffsetTracker().partition('t', 0).open(5, 5)],
    [
      'a span out of order',
      'in the order of the partition',
      () => {
        const partition = new OffsetTracker().partition('t', 0);
        partition.open(5, 9);
        partition.open(8, 12);
      },
    ],
    [
      'a span settled twice',
      'settled once',
      () => {
        const span = new OffsetTracker().partition('t', 0).open(5, 9);
        span.settle();
        span.settle();
      },
    ],
  ])('is not to be given %s', (_what, reason, action) => {
    expect(action).toThrow(reason);
  });

  /** Spans with gaps between them, settled in any order: the model is the list of all spans. */
  const spans = fc
    .array(fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 5 }) }), { minLength: 1, maxLength: 30 })
    .map((steps) => {
      let at = 0;
      return steps.map(({ gap, length }) => ({ from: (at += gap), next: (at += length) }));
    });

  it('never commits beyond the first record without a fate, never goes back, and ends at the end', () => {
    fc.assert(
      fc.property(
        spans.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(
              all.map((_, index) => index),
              { minLength: all.length },
            ),
          ),
        ),
        ([all, order]) => {
          const tracker = new OffsetTracker();
          const open = all.map(({ from, next }) => tracker.partition('t', 0).open(from, next));
          const settled = new Set<number>();
          let before = -1;
          for (const index of order) {
            open[index]?.settle();
            settled.add(index);
            const firstOpen = all.find((_, each) => !settled.has(each));
            const position = tracker.position('t', 0) ?? -1;
            expect(position).toBeLessThanOrEqual(firstOpen?.from ?? Infinity);
            expect(position).toBeGreaterThanOrEqual(before);
            before = position;
          }
          expect(tracker.position('t', 0)).toBe(all.at(-1)?.next);
        },
      ),
    );
  });

  it('says which record should come next: where it began, then behind all that came', () => {
    const partition = new OffsetTracker().partition('t', 0);
    expect(partition.expected).toBeUndefined();
    partition.begin(40);
    expect(partition.expected).toBe(40);
    expect(partition.position).toBeUndefined(); // nothing has a fate, and so there is nothing to commit
    const span = partition.open(40, 45);
    expect(partition.expected).toBe(45);
    span.withdraw();
    expect(partition.expected).toBe(40);
    partition.open(42, 50).settle();
    expect(partition.expected).toBe(50);
  });

  it('can begin before where it was, as another partition', () => {
    const tracker = new OffsetTracker();
    const partition = tracker.partition('t', 0);
    partition.open(100, 200).settle();
    tracker.committed([{ topic: 't', partition: 0, offset: 200 }]);
    partition.begin(0);
    expect(tracker.pending()).toEqual([]);
    partition.open(0, 200).settle();
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 0, offset: 200 }]);
  });
});
