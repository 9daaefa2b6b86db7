import { describe, expect, it } from 'vitest';
import { erasureDueMs, isHeld, type HoldWord } from '../../../src/archive/legal-holds.ts';

const asked = (timeMs: number): HoldWord => ({ type: 'account.erasure_requested', timeMs, hold: null, untilMs: null });
const placed = (timeMs: number, hold: string, untilMs: number | null = null): HoldWord => ({
  type: 'account.hold_placed',
  timeMs,
  hold,
  untilMs,
});
const lifted = (timeMs: number, hold: string): HoldWord => ({
  type: 'account.hold_lifted',
  timeMs,
  hold,
  untilMs: null,
});

describe('an erasure is due', () => {
  it.each<readonly [string, readonly HoldWord[], number | null]>([
    ['never, where nobody asked', [placed(1, 'A', 2)], null],
    ['with the request', [asked(5)], 5],
    ['with the first of several', [asked(7), asked(5)], 5],
    ['when the time of its hold is over', [placed(1, 'A', 9), asked(5)], 9],
    ['with the request, where the hold had ended', [placed(1, 'A', 5), asked(5)], 5],
    ['with the request, where the hold came later', [asked(5), placed(6, 'A')], 5],
    ['when the hold is lifted', [placed(1, 'A'), asked(5), lifted(8, 'A')], 8],
    ['when it is lifted before its time', [placed(1, 'A', 9), asked(5), lifted(6, 'A')], 6],
    ['not before, where another is lifted', [placed(1, 'A', 9), asked(5), lifted(6, 'B')], 9],
    ['when the last of several ends', [placed(1, 'A', 9), placed(8, 'B', 12), asked(5)], 12],
    ['in the gap between two', [placed(1, 'A', 9), placed(10, 'B'), asked(5)], 9],
    ['not while a hold that was placed again stands', [placed(1, 'A', 9), placed(7, 'A', 20), asked(5)], 20],
    ['not while it has no end', [placed(1, 'A'), asked(5)], Infinity],
    ['by the lift that came after, not by one before', [lifted(0, 'A'), placed(1, 'A'), asked(5)], Infinity],
  ])('%s', (_, words, dueMs) => {
    expect(erasureDueMs(words)).toBe(dueMs);
    expect(erasureDueMs(words.toReversed())).toBe(dueMs);
  });
});

it('an account is held from when a hold is placed until it ends', () => {
  const words = [placed(3, 'A', 6), asked(1)];
  expect([2, 3, 5, 6].map((nowMs) => isHeld(words, nowMs))).toEqual([false, true, true, false]);
});
