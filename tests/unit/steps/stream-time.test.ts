import { expect, it } from 'vitest';
import { quietMs, StreamTime } from '../../../src/steps/stream-time.ts';

const nowMs = 1_000_000;
const batchOf = (partition: number, ...timestampsMs: readonly number[]) => ({
  topic: 't',
  partition,
  records: timestampsMs.map((timestampMs, offset) => ({ offset, key: null, value: null, headers: [], timestampMs })),
});

it('what was read reaches to the clock, less where a partition is read from before, and is that of the slowest', () => {
  const time = new StreamTime();
  expect(time.reachedMs(nowMs)).toBe(nowMs);
  time.took(batchOf(0, 10, 20), nowMs);
  time.took(batchOf(1, 500), nowMs);
  time.took(batchOf(2, NaN), nowMs);
  expect(time.reachedMs(nowMs)).toBe(20);
  time.took(batchOf(0, 900), nowMs + 1);
  expect(time.reachedMs(nowMs + 1)).toBe(500);
  // Of which nothing comes any more, all has been read.
  expect(time.reachedMs(nowMs + quietMs + 1)).toBe(900);
  expect(time.reachedMs(nowMs + quietMs + 2)).toBe(nowMs + quietMs + 2);
  // A record that is dated ahead does not make it be later than it is.
  time.took(batchOf(0, nowMs * 9), nowMs);
  expect(time.reachedMs(nowMs)).toBe(nowMs);
});
