import { describe, expect, it } from 'vitest';
import { allowedLatenessMs, windows, type KindLayout, type WindowName } from '../../../src/features/state.ts';
import { memoryOfWords, RecordLayout, type Memory } from '../../../src/history/record.ts';
import { WindowedCounts } from '../../../src/history/windowed-counts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The start of a bucket of every window. */
const startMs = Math.ceil(Date.UTC(2026, 9, 5) / windows['7d'].bucketMs) * windows['7d'].bucketMs;

/** A kind with two counters: `first` in all windows, `second` in an hour's. */
const layout: KindLayout = {
  kind: 'ip',
  kindIndex: 1,
  counts: [
    { name: 'first', windows: ['10m', '1h', '24h', '7d'], column: 0 },
    { name: 'second', windows: ['1h'], column: 4 },
  ],
  distincts: [],
  measures: [],
  labelColumn: null,
  gapColumn: null,
  isCrowded: false,
  spans: {},
};
const columns = ['10m', '1h', '24h', '7d', 'second'] as const;
const firstBit = 1;
const secondBit = 2;

/** Counts of some entities, whose records lie one behind the other. */
class Entities {
  readonly #counts: WindowedCounts;
  readonly #memory: Memory;
  readonly #recordWords: number;

  constructor(entities: number, kind: KindLayout) {
    const record = new RecordLayout();
    this.#counts = new WindowedCounts(kind, record);
    this.#recordWords = record.recordWords;
    this.#memory = memoryOfWords(entities * record.recordWords);
  }

  add(entity: number, bits: number, timeMs: number): void {
    this.#counts.add(this.#memory, entity * this.#recordWords, bits, timeMs);
  }

  read(entity: number, timeMs: number, values: Float64Array): void {
    this.#counts.read(this.#memory, entity * this.#recordWords, timeMs, values, 0);
  }
}

function ringsOf(entities: number, kind: KindLayout = layout): Entities {
  return new Entities(entities, kind);
}

function read(rings: Entities, timeMs: number, slot = 0): Record<(typeof columns)[number], number> {
  const values = new Float64Array(columns.length).fill(NaN);
  rings.read(slot, timeMs, values);
  return Object.fromEntries(columns.map((name, column) => [name, values[column]])) as Record<WindowName, number> & {
    second: number;
  };
}

describe('windowed counts', () => {
  it('counts each counter in its windows', () => {
    const rings = ringsOf(1);
    rings.add(0, firstBit, startMs);
    rings.add(0, firstBit | secondBit, startMs);
    expect(read(rings, startMs)).toEqual({ '10m': 2, '1h': 2, '24h': 2, '7d': 2, second: 1 });
  });

  it.each(Object.entries(windows))('%s covers all its buckets and none before them', (name, { spanMs, bucketMs }) => {
    const rings = ringsOf(1);
    rings.add(0, firstBit, startMs);
    const lastInsideMs = startMs + spanMs - 1;
    expect(read(rings, lastInsideMs)[name as WindowName]).toBe(1);
    expect(read(rings, lastInsideMs + 1)[name as WindowName]).toBe(0);
    expect(spanMs % bucketMs).toBe(0);
  });

  it('reads as of an earlier time what had been there then', () => {
    const rings = ringsOf(1);
    rings.add(0, firstBit, startMs);
    rings.add(0, firstBit, startMs + allowedLatenessMs);
    expect(read(rings, startMs)).toMatchObject({ '10m': 1, '1h': 1 });
    expect(read(rings, startMs + allowedLatenessMs)).toMatchObject({ '10m': 1, '1h': 2 });
  });

  it('takes a late event into its own bucket while that is kept', () => {
    const rings = ringsOf(1);
    const nowMs = startMs + dayMs;
    rings.add(0, firstBit, nowMs);
    rings.add(0, firstBit, nowMs - allowedLatenessMs);
    expect(read(rings, nowMs)).toMatchObject({ '10m': 1, '1h': 2 });
    expect(read(rings, nowMs - allowedLatenessMs)).toMatchObject({ '10m': 1, '1h': 1 });
  });

  it('leaves a window as it is when the event is too late for it, and counts it in the longer ones', () => {
    const rings = ringsOf(1);
    const nowMs = startMs + 2 * dayMs;
    rings.add(0, firstBit, nowMs);
    rings.add(0, firstBit | secondBit, nowMs - 3 * hourMs);
    expect(read(rings, nowMs)).toEqual({ '10m': 1, '1h': 1, '24h': 2, '7d': 2, second: 0 });
    rings.add(0, firstBit, nowMs - 30 * dayMs);
    expect(read(rings, nowMs)).toEqual({ '10m': 1, '1h': 1, '24h': 2, '7d': 2, second: 0 });
  });

  it('holds at most 65,535 in a bucket', () => {
    const rings = ringsOf(1);
    for (let count = 0; count < 65_540; count++) rings.add(0, firstBit, startMs);
    expect(read(rings, startMs)).toEqual({ '10m': 65_535, '1h': 65_535, '24h': 65_535, '7d': 65_535, second: 0 });
    rings.add(0, firstBit, startMs + windows['1h'].bucketMs);
    expect(read(rings, startMs + windows['1h'].bucketMs)).toMatchObject({ '1h': 65_536, '7d': 65_535 });
  });

  it('holds more than that of a crowded kind', () => {
    const rings = ringsOf(2, { ...layout, isCrowded: true });
    for (let count = 0; count < 65_540; count++) rings.add(1, firstBit, startMs);
    expect(read(rings, startMs, 1)).toEqual({ '10m': 65_540, '1h': 65_540, '24h': 65_540, '7d': 65_540, second: 0 });
    expect(read(rings, startMs, 0)).toEqual({ '10m': 0, '1h': 0, '24h': 0, '7d': 0, second: 0 });
  });

  it.each([
    ['as many buckets as are kept', windows['10m'].spanMs + allowedLatenessMs + windows['10m'].bucketMs],
    ['years', 3 * 365 * dayMs],
  ])('forgets everything in a jump of time over %s', (_, jumpMs) => {
    const rings = ringsOf(1);
    for (let bucket = 0; bucket < 20; bucket++) rings.add(0, firstBit, startMs + bucket * windows['10m'].bucketMs);
    const laterMs = startMs + 19 * windows['10m'].bucketMs + jumpMs;
    rings.add(0, secondBit, laterMs);
    expect(read(rings, laterMs)['10m']).toBe(0);
    expect(read(rings, laterMs - windows['10m'].bucketMs)['10m']).toBe(0);
  });

  it('does not mix entities', () => {
    const rings = ringsOf(3);
    rings.add(1, firstBit | secondBit, startMs);
    expect(read(rings, startMs, 0)).toEqual({ '10m': 0, '1h': 0, '24h': 0, '7d': 0, second: 0 });
    expect(read(rings, startMs, 2)).toEqual({ '10m': 0, '1h': 0, '24h': 0, '7d': 0, second: 0 });
  });

  // The first bucket of its window would lie before the epoch, where a ring has no place for it.
  it.each([
    ['the epoch', 0],
    ['an hour after the epoch', hourMs],
    ['an hour before the epoch', -hourMs],
  ])('reads as of %s without looking into the neighbour', (_, timeMs) => {
    const rings = ringsOf(3);
    for (const slot of [0, 1]) {
      for (let atMs = startMs; atMs < startMs + 20 * dayMs; atMs += windows['10m'].bucketMs) {
        rings.add(slot, firstBit | secondBit, atMs);
      }
    }
    expect(read(rings, timeMs, 2)).toEqual({ '10m': 0, '1h': 0, '24h': 0, '7d': 0, second: 0 });
  });
});
