import { describe, expect, it } from 'vitest';
import { RowSample } from '../../../../src/features/norms/row-sample.ts';

/** Keys as hashes are: all different, in no order. */
function keyOf(event: number): number {
  return Math.imul(event + 1, 2654435761) >>> 0;
}

function sampleOf(events: Iterable<number>, rowsMax = 500): RowSample {
  const sample = new RowSample(2, rowsMax);
  for (const event of events) {
    const key = keyOf(event);
    if (sample.wants(key)) sample.add(key, event % 7, Float32Array.of(event, -event));
  }
  return sample;
}

const events = Array.from({ length: 20_000 }, (_, event) => event);

describe('a sample of rows', () => {
  it('keeps all while there is room, each with its values', () => {
    const sample = sampleOf(events.slice(0, 300));
    expect([...sample.column(0)].toSorted((a, b) => a - b)).toEqual(events.slice(0, 300));
    expect([...sample.column(1)]).toEqual([...sample.column(0)].map((value) => -value));
    expect(new Set(sample.accounts()).size).toBe(7);
  });

  it('keeps those of the smallest keys of any number, and counts all', () => {
    const sample = sampleOf(events);
    const expected = events.toSorted((first, second) => keyOf(first) - keyOf(second)).slice(0, 500);
    expect([...sample.column(0)]).toEqual(expected);
    expect([sample.seen, sample.size]).toEqual([20_000, 500]);
  });

  it('does not depend on the order in which they came', () => {
    expect(sampleOf(events.toReversed()).column(0)).toEqual(sampleOf(events).column(0));
  });

  it('takes an event that comes again for one', () => {
    expect(sampleOf([...events.slice(0, 100), ...events.slice(0, 100)]).size).toBe(100);
  });

  it('has a uniform sample in the first of its rows', () => {
    const few = sampleOf(events, 2_000).column(0, 500);
    expect(few).toEqual(sampleOf(events, 500).column(0));
  });

  it('tells shares of many within its bound', () => {
    const below =
      sampleOf(events, 2_000)
        .column(0)
        .filter((value) => value < 5_000).length / 2_000;
    expect(Math.abs(below - 0.25)).toBeLessThan(0.04);
  });
});
