import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountPlan, kindPlans, resolutions } from '../../../../src/adapters/valkey/kind-plan.ts';
import { WindowedCounts } from '../../../../src/adapters/valkey/windowed-counts.ts';
import {
  allowedLatenessMs,
  entityKinds,
  snapshotColumn,
  snapshotColumnCount,
  windows,
} from '../../../../src/features/state.ts';

const startMs = Date.UTC(2026, 9, 5, 12);
const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** All windows of an account at a time. */
function readingOf(counts: WindowedCounts, timeMs: number): number[] {
  const row = new Float64Array(snapshotColumnCount);
  counts.read(timeMs, row, 0);
  return [...row];
}

interface Touch {
  readonly timeMs: number;
  readonly bits: number;
}

/** The same, counted anew from all touches: buckets of the window's width, as far as they are still kept. */
function plainReading(touches: readonly Touch[], timeMs: number): number[] {
  const row = new Float64Array(snapshotColumnCount);
  for (const [bit, { column, windows: names }] of accountPlan.layout.counts.entries()) {
    for (const [index, name] of names.entries()) {
      const { spanMs, bucketMs } = windows[name];
      const bucketOf = (ms: number): number => Math.floor(ms / bucketMs);
      const newest = Math.max(...touches.map((touch) => bucketOf(touch.timeMs)));
      const kept = newest - spanMs / bucketMs - Math.ceil(allowedLatenessMs / bucketMs);
      const first = Math.max(bucketOf(timeMs) - spanMs / bucketMs, kept) + 1;
      row[column + index] = touches.filter(
        (touch) =>
          ((touch.bits >> bit) & 1) === 1 &&
          bucketOf(touch.timeMs) >= first &&
          bucketOf(touch.timeMs) <= bucketOf(timeMs),
      ).length;
    }
  }
  return [...row];
}

/** Another instance with what `save` wrote. */
function reloaded(counts: WindowedCounts, words = new Uint32Array(counts.wordsMax)): WindowedCounts {
  const end = counts.save(words, 0);
  const other = new WindowedCounts(accountPlan);
  expect(other.load(words, 0)).toBe(end);
  return other;
}

describe('windowed counts', () => {
  it('count a touch once in each window of its counter', () => {
    const counts = new WindowedCounts(accountPlan);
    counts.move(startMs);
    counts.add(
      accountPlan.layout.counts.findIndex(({ name }) => name === 'events'),
      startMs,
    );
    const row = readingOf(counts, startMs);
    expect((['10m', '1h', '24h', '7d'] as const).map((name) => row[snapshotColumn('account', 'events', name)])).toEqual(
      [1, 1, 1, 1],
    );
    expect(row.filter((value) => value > 0)).toHaveLength(4);
  });

  it('give what all touches give, counted anew, also when written and read again at any moment', () => {
    const touch = fc.record({
      afterMinutes: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 90 }) },
        fc.integer({ min: 0, max: 3 * dayMinutes }),
      ),
      lateMinutes: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 9 * dayMinutes })),
      bits: fc.integer({ min: 0, max: 2 ** accountPlan.counts.length - 1 }),
      isReloaded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 120, size: 'max' }), (touches) => {
        const all: Touch[] = [];
        let counts = new WindowedCounts(accountPlan);
        let nowMs = startMs;
        for (const { afterMinutes, lateMinutes, bits, isReloaded } of touches) {
          nowMs += afterMinutes * minuteMs;
          const timeMs = nowMs - lateMinutes * minuteMs;
          all.push({ timeMs, bits });
          counts.move(timeMs);
          for (let bit = 0; bit < accountPlan.counts.length; bit++)
            if (((bits >> bit) & 1) === 1) counts.add(bit, timeMs);
          if (isReloaded) counts = reloaded(counts);
          for (const ms of [timeMs, nowMs, nowMs - 13 * minuteMs])
            expect(readingOf(counts, ms)).toEqual(plainReading(all, ms));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('hold as many touches as there are, in no more words than there are buckets', () => {
    const counts = new WindowedCounts(accountPlan);
    const bit = accountPlan.layout.counts.findIndex(({ name }) => name === 'events');
    for (let minute = 0; minute < 30 * dayMinutes; minute += 7) {
      counts.move(startMs + minute * minuteMs);
      counts.add(bit, startMs + minute * minuteMs);
    }
    const words = new Uint32Array(counts.wordsMax);
    const buckets = resolutions.reduce((sum, { bucketsKept }) => sum + bucketsKept, 0);
    expect(counts.save(words, 0)).toBeLessThanOrEqual(3 + 2 * buckets);
  });

  it('leave out the counters that a version does not have', () => {
    const counts = new WindowedCounts(accountPlan);
    counts.move(startMs);
    counts.add(0, startMs);
    const words = new Uint32Array(counts.wordsMax);
    const end = counts.save(words, 0);
    const other = new WindowedCounts(kindPlans[entityKinds.indexOf('asn')]!);
    expect(other.load(words, 0)).toBe(end);
    const row = new Float64Array(snapshotColumnCount);
    other.read(startMs, row, 0);
    expect([...row].every((value) => value === 0)).toBe(true);
  });

  it('begin at nothing when they are cleared', () => {
    const counts = new WindowedCounts(accountPlan);
    counts.move(startMs);
    counts.add(0, startMs);
    counts.clear();
    expect(readingOf(counts, startMs).every((value) => value === 0)).toBe(true);
  });
});
