import { describe, expect, it } from 'vitest';
import type { RecordBatch } from '../../../src/ports.ts';
import { StreamBounds } from '../../../src/steps/stream-bounds.ts';
import { batchOf, cloudEvent, loginOf, startMs } from './events.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Code of each time's failure, or null: of a stream in batches of two. */
async function judged(timesMs: readonly number[], batchSize = 2): Promise<(string | null)[]> {
  const bounds = new StreamBounds();
  const batches: RecordBatch[] = [];
  for (let at = 0; at < timesMs.length; at += batchSize) {
    batches.push(batchOf(timesMs.slice(at, at + batchSize).map((timeMs) => cloudEvent(loginOf('acc_1', { timeMs })))));
  }
  const codes: (string | null)[] = [];
  let taken = 0;
  for await (const batch of bounds.readAhead(streamOf(batches))) {
    const times = timesMs.slice(taken, (taken += batch.records.length));
    codes.push(...bounds.judge(times).map((failure) => failure?.code ?? null));
  }
  return codes;
}

async function* streamOf(batches: readonly RecordBatch[]): AsyncGenerator<RecordBatch> {
  yield* batches;
}

/** `count` times a minute apart. */
function minutes(fromMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => fromMs + index * minuteMs);
}

const year1 = Date.parse('0001-01-01T00:00:00Z');
const year9999 = Date.UTC(9999, 11, 31);

describe('StreamBounds', () => {
  it.each([1, 2, 32, 256])('takes a stream that is as it should be, in batches of %i', async (batchSize) => {
    const times = [...minutes(startMs, 50), ...minutes(startMs + 3 * dayMs, 50), startMs + 100 * dayMs];
    expect(await judged(times, batchSize)).toEqual(times.map(() => null));
  });

  it.each<[string, number, string]>([
    ["Go's zero time", year1, 'EVENT_TIME_BEHIND'],
    ["Unix's beginning", 0, 'EVENT_TIME_BEHIND'],
    ['eight days ago', startMs - 8 * dayMs, 'EVENT_TIME_BEHIND'],
    ['a day ahead', startMs + 2 * dayMs, 'EVENT_TIME_AHEAD'],
    ['a year ahead', startMs + 365 * dayMs, 'EVENT_TIME_AHEAD'],
    ['the year 9999', year9999, 'EVENT_TIME_AHEAD'],
  ])('refuses one event of %s, wherever it stands, and no other', async (_, faultyMs, code) => {
    const good = minutes(startMs, 100);
    for (const at of [0, 1, 50, 98, 99]) {
      const codes = await judged(good.toSpliced(at, 0, faultyMs), 10);
      expect(codes).toEqual(good.map((): string | null => null).toSpliced(at, 0, code));
    }
  });

  it('refuses nine of them in a row, at the start as at the end', async () => {
    const good = minutes(startMs, 100);
    const faulty = [year1, 0, year9999, year9999, Date.UTC(2030, 0), year1, 0, Date.UTC(2030, 0), year9999];
    for (const at of [0, 50, 100]) {
      const codes = await judged(good.toSpliced(at, 0, ...faulty), 10);
      expect(codes.toSpliced(at, 9)).toEqual(good.map(() => null));
      expect(codes.slice(at, at + 9).every((code) => code !== null)).toBe(true);
    }
  });

  it.each([1, 2, 5])('takes few events that are far apart, in batches of %i', async (batchSize) => {
    const times = [0, 40, 90, 91, 200].map((days) => startMs + days * dayMs);
    expect(await judged(times, batchSize)).toEqual(times.map(() => null));
  });

  it('takes a stream that begins slowly', async () => {
    const slow = [0, 3, 6, 9, 12].map((days) => startMs - 15 * dayMs + days * dayMs);
    const times = [...slow, ...minutes(startMs, 100)];
    expect(await judged(times, 256)).toEqual(times.map(() => null));
  });

  it('takes late events up to seven days', async () => {
    const times = [...minutes(startMs, 20), startMs - 7 * dayMs + 19 * minuteMs, startMs - 7 * dayMs];
    expect((await judged(times)).slice(-2)).toEqual([null, 'EVENT_TIME_BEHIND']);
  });

  it('takes a stream of one event', async () => {
    expect(await judged([startMs])).toEqual([null]);
    expect(await judged([])).toEqual([]);
  });
});
