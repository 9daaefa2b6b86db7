import { describe, expect, it } from 'vitest';
import type { RecordBatch } from '../../../src/ports.ts';
import { ClockWatch } from '../../../src/steps/clock-watch.ts';

const nowMs = Date.UTC(2026, 10, 28);
const minuteMs = 60_000;

/** Records that were written so many minutes ahead of the clock. */
function batch(...minutesAhead: number[]): RecordBatch {
  const records = minutesAhead.map((minutes, offset) => ({
    offset,
    key: null,
    value: null,
    headers: [],
    timestampMs: nowMs + minutes * minuteMs,
  }));
  return { topic: 't', partition: 0, records };
}

const doubted = 'CLOCK_BEHIND';
const many = (count: number, minutes: number): RecordBatch => batch(...Array<number>(count).fill(minutes));

describe('the watch of the clock', () => {
  it('does not let one producer with a fast clock hold the stream up', () => {
    const watch = new ClockWatch();
    expect(() => watch.check(batch(0, 0, 30, 0, 0), nowMs)).not.toThrow();
    expect(() => watch.check(batch(30), nowMs)).not.toThrow();
  });

  it('lets others clear the clock while a fast producer, who came first, waits', () => {
    const watch = new ClockWatch();
    const first = many(10, 30);
    expect(() => watch.check(first, nowMs)).toThrow(doubted);
    watch.check(many(12, 0), nowMs);
    expect(() => watch.check(first, nowMs)).not.toThrow();
  });

  it('hears a batch once, however often it comes again', () => {
    const watch = new ClockWatch();
    watch.check(many(16, 0), nowMs);
    const fast = many(3, 30);
    for (let tries = 0; tries < 20; tries += 1) expect(() => watch.check(fast, nowMs)).not.toThrow();
  });

  it('believes the broker at once, whatever producers said before', () => {
    const watch = new ClockWatch();
    watch.check(many(16, 0), nowMs);
    const { records, ...place } = batch(30);
    const dated = { ...place, records: records.map((record) => ({ ...record, isDatedByBroker: true as const })) };
    expect(() => watch.check(dated, nowMs)).toThrow(doubted);
  });

  it('takes what is within bounds, and what says nothing of its time', () => {
    const watch = new ClockWatch();
    expect(() => watch.check(many(20, 5), nowMs)).not.toThrow();
    expect(() => watch.check(many(20, NaN), nowMs)).not.toThrow();
  });

  it('finds a clock that is set back under way, as soon as most of what is new accuses it', () => {
    const watch = new ClockWatch();
    watch.check(many(1_000, 0), nowMs);
    expect(() => watch.check(many(9, 60), nowMs)).toThrow(doubted);
  });
});
