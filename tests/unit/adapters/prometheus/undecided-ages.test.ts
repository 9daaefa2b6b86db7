import { describe, expect, it } from 'vitest';
import { UndecidedAges } from '../../../../src/adapters/prometheus/undecided-ages.ts';

const nowMs = 1_000_000;

function ageMs(tell: (ages: UndecidedAges) => void): number | undefined {
  const ages = new UndecidedAges();
  tell(ages);
  return ages.ages(nowMs)[0]?.ageMs;
}

describe('the age of the oldest undecided event', () => {
  it('is the time since all before was decided, where something waits', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 7, nowMs - 3_000))).toBe(3_000);
  });

  it('is 0 where nothing waited a moment ago', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 0, nowMs - 10_000))).toBe(0);
  });

  it('grows where the brokers have not said for long that nothing waits: it used to stand at 0 while Kafka was away', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 0, nowMs - 60_000))).toBe(60_000);
  });

  it('goes on from what was known where a measurement does not say it', () => {
    const told = ageMs((ages) => {
      ages.measured('events', 0, 0, nowMs - 40_000);
      ages.measured('events', 0, 5, undefined);
    });
    expect(told).toBe(40_000);
  });

  it('is not told before anything is known, nor of a partition that went elsewhere', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 5, undefined))).toBeUndefined();
    const told = ageMs((ages) => {
      ages.measured('events', 0, 5, nowMs);
      ages.forget('events', 0);
    });
    expect(told).toBeUndefined();
  });

  it('is never below 0, where the clock of a producer is ahead', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 5, nowMs + 5_000))).toBe(0);
  });
});
