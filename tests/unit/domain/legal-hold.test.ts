import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterErasures, erasureDueMs, isHeld, wordsThatMatter, type HoldWord } from '../../../src/domain/legal-hold.ts';

const asked = (timeMs: number, knownMs = timeMs): HoldWord => ({
  type: 'account.erasure_requested',
  timeMs,
  knownMs,
  hold: null,
  untilMs: null,
});
const placed = (timeMs: number, hold: string, untilMs: number | null = null): HoldWord => ({
  type: 'account.hold_placed',
  timeMs,
  knownMs: timeMs,
  hold,
  untilMs,
});
const lifted = (timeMs: number, hold: string): HoldWord => ({
  type: 'account.hold_lifted',
  timeMs,
  knownMs: timeMs,
  hold,
  untilMs: null,
});

describe('an erasure is due', () => {
  it.each<readonly [string, readonly HoldWord[], number | null]>([
    ['never, where nobody asked', [placed(1, 'A', 2)], null],
    ['in the moment after the request', [asked(5)], 6],
    ['after the first of several', [asked(7), asked(5)], 6],
    ['when the time of its hold is over', [placed(1, 'A', 9), asked(5)], 10],
    ['after the request, where the hold had ended', [placed(1, 'A', 4), asked(5)], 6],
    ['after the request, where the hold came later', [asked(5), placed(6, 'A')], 6],
    ['when the hold is lifted', [placed(1, 'A'), asked(5), lifted(8, 'A')], 9],
    ['when it is lifted before its time', [placed(1, 'A', 9), asked(5), lifted(6, 'A')], 7],
    ['not before, where another is lifted', [placed(1, 'A', 9), asked(5), lifted(6, 'B')], 10],
    ['when the last of several ends', [placed(1, 'A', 9), placed(8, 'B', 12), asked(5)], 13],
    ['in the gap between two', [placed(1, 'A', 9), placed(10, 'B'), asked(5)], 10],
    ['not while a hold that was placed again stands', [placed(1, 'A', 9), placed(7, 'A', 20), asked(5)], 21],
    ['not while it has no end', [placed(1, 'A'), asked(5)], Infinity],
    ['by the lift that came after, not by one before', [lifted(0, 'A'), placed(1, 'A'), asked(5)], Infinity],
    ['not where a hold is placed in the moment of the request', [asked(5), placed(5, 'A', 9)], 10],
    [
      'not where a hold is placed in the moment in which another ends',
      [placed(1, 'A', 9), placed(9, 'B', 12), asked(5)],
      13,
    ],
    [
      'not where a hold is placed in the moment in which another is lifted',
      [placed(1, 'A'), lifted(9, 'A'), placed(9, 'B'), asked(5)],
      Infinity,
    ],
    ['by a lift in the moment of the request', [placed(1, 'A'), asked(5), lifted(5, 'A')], 6],
    ['not where a hold was placed before the request was written down', [asked(5, 8), placed(7, 'A')], Infinity],
    [
      'not where a hold was placed in the moment in which the request was written down',
      [asked(5, 8), placed(8, 'A')],
      Infinity,
    ],
    ['after the request, where the hold came once it was written down', [asked(5, 8), placed(9, 'A')], 6],
    ['when the hold ends that was placed before the request was written down', [asked(5, 20), placed(7, 'A', 9)], 10],
    ['by a second request too, that no hold met', [placed(1, 'A', 9), asked(5), asked(12)], 10],
    [
      'when a hold that is lifted twice is lifted first',
      [placed(1, 'A'), asked(5), lifted(8, 'A'), lifted(11, 'A')],
      9,
    ],
  ])('%s', (_, words, dueMs) => {
    expect(erasureDueMs(words)).toBe(dueMs);
    expect(erasureDueMs(words.toReversed())).toBe(dueMs);
  });
});

it('an account is held from the moment in which a hold is placed to the one in which it ends', () => {
  const words = [placed(3, 'A', 6), asked(1)];
  expect([2, 3, 6, 7].map((nowMs) => isHeld(words, nowMs))).toEqual([false, true, true, false]);
});

describe('what bears upon an account', () => {
  it('is what was said from the due moment on, once it is forgotten', () => {
    const words = [placed(1, 'A', 9), asked(5), placed(12, 'B', 20), asked(14), lifted(30, 'C')];
    expect(afterErasures(words, 9)).toBe(words);
    expect(afterErasures(words, 10)).toEqual(words.slice(2));
    expect(afterErasures(words, 21)).toEqual([lifted(30, 'C')]);
  });

  it('is no hold that ended before anything can come, nor what lifted it', () => {
    const words = [
      placed(1, 'A', 9),
      placed(2, 'B'),
      lifted(6, 'B'),
      placed(3, 'C'),
      placed(4, 'D', 20),
      lifted(12, 'D'),
    ];
    expect(wordsThatMatter(words, 6)).toEqual(words);
    expect(wordsThatMatter(words, 10)).toEqual([placed(3, 'C'), placed(4, 'D', 20), lifted(12, 'D')]);
    expect(wordsThatMatter(words, 13)).toEqual([placed(3, 'C')]);
    expect(wordsThatMatter([placed(1, 'A', 2), asked(1)], 100)).toHaveLength(2);
  });
});

/** What may be said between two times. */
const times = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const word = (min: number, max: number): fc.Arbitrary<HoldWord> => {
  const hold = fc.constantFrom('A', 'B');
  const until = fc.oneof(fc.constant(null), times(1, 60));
  return fc.oneof(
    fc.tuple(times(min, max), hold, until).map((args) => placed(...args)),
    fc.tuple(times(min, max), hold).map((args) => lifted(...args)),
    times(min, max).map((timeMs) => asked(timeMs)),
  );
};

describe('a hold that is placed again', () => {
  const sinceMs = 20;

  it('says nothing new while it stands for as long, once nothing can come any more that is dated between', () => {
    const again = [placed(1, 'A'), placed(5, 'A'), placed(6, 'A', 9), placed(7, 'B'), placed(21, 'A')];
    expect(wordsThatMatter(again, sinceMs)).toEqual([placed(1, 'A'), placed(7, 'B'), placed(21, 'A')]);
    const longer = [asked(2), placed(1, 'A', 30), placed(5, 'A', 40)];
    expect(wordsThatMatter(longer, sinceMs)).toEqual(longer);
    const between = [asked(2), placed(1, 'A'), lifted(3, 'A'), placed(5, 'A')];
    expect(wordsThatMatter(between, sinceMs)).toEqual(between);
  });

  it('is left out without a change to when an account is forgotten, whatever is said later', () => {
    const stories = fc.tuple(times(1, 19), fc.array(word(1, 40)), fc.array(word(sinceMs, 40)));
    fc.assert(
      fc.property(stories, ([askedMs, others, later]) => {
        const words = [asked(askedMs), ...others];
        expect(erasureDueMs([...wordsThatMatter(words, sinceMs), ...later])).toBe(erasureDueMs([...words, ...later]));
      }),
      { numRuns: 500 },
    );
  });
});
