import { describe, expect, it } from 'vitest';
import { AccountSample } from '../../../../src/features/norms/account-sample.ts';

const dayMs = 24 * 3_600_000;

interface Event {
  readonly account: number;
  readonly event: number;
  readonly timeMs: number;
}

function hashOf(number: number): number {
  return Math.imul(number + 1, 2654435761) ^ (number << 7);
}

/** A thousand accounts with six events each, on three days. */
const events: readonly Event[] = Array.from({ length: 6_000 }, (_, event) => ({
  account: event % 1_000,
  event,
  timeMs: Math.floor(event / 2_000) * dayMs,
}));

function sampleOf(those: readonly Event[], accountsMax = 100) {
  const sample = new AccountSample(2, accountsMax, 4);
  for (const { account, event, timeMs } of those)
    sample.add(hashOf(account), hashOf(account * 7), timeMs, hashOf(event) >>> 0, Float32Array.of(account, event), 0);
  return sample.describe();
}

describe('a sample of accounts', () => {
  it('keeps all while there is room, each with at most four events and the days on which it was there', () => {
    const { days, rows, values } = sampleOf(events, 1_000);
    expect(days).toEqual(Array<number>(1_000).fill(3));
    expect(rows).toEqual(Array<number>(1_000).fill(4));
    expect(values).toHaveLength(8_000);
    // The events of one account stand together.
    for (let row = 0; row < 4_000; row++) expect(values[row * 2]).toBe(values[Math.floor(row / 4) * 8]);
  });

  it('is of bounded size, and still of many accounts, however many come', () => {
    const { days, rows, values } = sampleOf(events);
    expect(days.length).toBeGreaterThan(30);
    expect(days.length).toBeLessThanOrEqual(100);
    expect(values).toHaveLength(rows.reduce((sum, count) => sum + count, 0) * 2);
  });

  it('does not depend on the order in which events came, nor on one that comes again', () => {
    const { rows, values } = sampleOf(events);
    const turned = events.toReversed().toSorted((first, second) => first.timeMs - second.timeMs);
    const again = sampleOf([...turned, ...events.slice(-500)]);
    expect([again.rows, again.values]).toEqual([rows, values]);
  });

  it('keeps small counts and what is missing as they are, and rounds the rest, by less than one in a thousand', () => {
    const sample = new AccountSample(5, 1, 1);
    const told = [0, 2_047, NaN, -86_399_123, 1_767_225_600_000];
    sample.add(1, 0, 0, 1, Float32Array.from(told), 0);
    const { values } = sample.describe();
    expect([...values.subarray(0, 3)]).toEqual([0, 2_047, NaN]);
    for (const at of [3, 4]) {
      expect(values[at]).not.toBe(Math.fround(told[at]!));
      expect(Math.abs(values[at]! / told[at]! - 1)).toBeLessThan(0.001);
    }
  });
});
