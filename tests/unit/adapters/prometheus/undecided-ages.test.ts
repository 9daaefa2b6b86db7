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
    expect(ageMs((ages) => ages.measured('events', 0, 7, nowMs - 3_000, nowMs))).toBe(3_000);
  });

  it('is 0 where nothing waited a moment ago', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 0, nowMs - 10_000, nowMs))).toBe(0);
  });

  it('grows where the brokers have not said for long that nothing waits: it used to stand at 0 while Kafka was away', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 0, nowMs - 60_000, nowMs))).toBe(60_000);
  });

  it('goes on from what was known where a measurement does not say it', () => {
    const told = ageMs((ages) => {
      ages.measured('events', 0, 0, nowMs - 40_000, nowMs);
      ages.measured('events', 0, 5, undefined, nowMs);
    });
    expect(told).toBe(40_000);
  });

  it('grows from the first measurement where no record says when it was written: it used to be missing, and no alert saw it', () => {
    const told = ageMs((ages) => {
      ages.measured('events', 0, 5, undefined, nowMs - 90_000);
      ages.measured('events', 0, 9, undefined, nowMs - 10_000);
    });
    expect(told).toBe(90_000);
  });

  it('is not told of a partition that went elsewhere', () => {
    const told = ageMs((ages) => {
      ages.measured('events', 0, 5, nowMs, nowMs);
      ages.forget('events', 0);
    });
    expect(told).toBeUndefined();
  });

  it('is no older for a record of long ago, where nothing waited a moment before', () => {
    const told = [0, 1].map((waiting) =>
      ageMs((ages) => {
        ages.measured('events', 0, 0, nowMs - 5_000, nowMs - 4_000);
        ages.measured('events', 0, waiting, nowMs - 900_000, nowMs);
      }),
    );
    expect(told).toEqual([0, 5_000]);
  });

  it('is not hidden by a record from the future that was the last one once', () => {
    const told = ageMs((ages) => {
      ages.measured('events', 0, 0, nowMs + 900_000, nowMs - 60_000);
      ages.measured('events', 0, 5, nowMs - 40_000, nowMs);
    });
    expect(told).toBe(40_000);
  });

  it('is never below 0, where the clock of a producer is ahead', () => {
    expect(ageMs((ages) => ages.measured('events', 0, 5, nowMs + 5_000, nowMs))).toBe(0);
  });
});
