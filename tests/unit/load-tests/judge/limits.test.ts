import { describe, expect, it } from 'vitest';
import {
  figureBetween,
  flat,
  noneDegraded,
  noneTwice,
  nothingLost,
  p99AtMost,
  recoversWithin,
  repeatsAtMost,
  residentAtMost,
  waitsAtMost,
} from '../../../../load-tests/judge/limits.ts';
import type { Fates, Outcome } from '../../../../load-tests/judge/outcome.ts';

const fates: Fates = { sent: 1_000, lost: 0, repeated: 0, conflicting: 0, sentTwice: 0, unknown: 0 };
const delays = { p50: 5, p99: 30, max: 80 };
const bothDelays = { winnow: delays, echo: { p50: 2, p99: 10, max: 40 } };
const good: Outcome = {
  partitions: 4,
  members: 1,
  store: 'embedded',
  kneeRate: 5_000,
  rate: 1_000,
  fates: { winnow: fates, echo: fates },
  degraded: 0,
  deadLetters: 0,
  delayMs: { calm: bothDelays, disturbed: bothDelays, after: bothDelays },
  recoverySeconds: { winnow: 3, echo: 0 },
  actSeconds: 60,
  busy: { cores: 2, members: 0.5, echo: 0.1, harness: 0.2, rest: 0.3 },
  trends: {
    inUseMiB: { perHour: 5, low: -10, high: 20 },
    residentMiB: { perHour: 209, low: 141, high: 276 },
    openFiles: null,
    lagMs: { winnow: { perHour: 900, low: 600, high: 1_200 }, echo: null },
    p99Ms: { winnow: { perHour: 0, low: -900, high: 900 }, echo: null },
  },
  residentMiBCourse: [309, 398, 455],
  figures: { kneeRate: 4_000, grewRate: null },
};

const withFates = (own: Partial<Fates>): Outcome => ({ ...good, fates: { winnow: { ...fates, ...own }, echo: fates } });
const withDelays = (own: Partial<typeof delays>): Outcome => ({
  ...good,
  delayMs: { ...good.delayMs, disturbed: { ...bothDelays, winnow: { ...delays, ...own } } },
});

describe('a limit', () => {
  it.each([
    ['an event lost', nothingLost, withFates({ lost: 1 })],
    ['a decision of nothing', nothingLost, withFates({ unknown: 1 })],
    ['one decided twice', noneTwice, withFates({ repeated: 1 })],
    ['too many repeats', repeatsAtMost(0.01), withFates({ repeated: 11 })],
    ['one id with two actions', repeatsAtMost(0.01), withFates({ repeated: 1, conflicting: 1 })],
    ['one without history', noneDegraded, { ...good, degraded: 1 }],
    ['a late recovery', recoversWithin(2), good],
    ['no recovery', recoversWithin(2), { ...good, recoverySeconds: { winnow: null, echo: 0 } }],
    ['an event that waits', waitsAtMost(1), withDelays({ max: 1_001 })],
    ['a p99 far from the echo’s', p99AtMost(2, 5), withDelays({ p99: 26 })],
    [
      'a p99 that nobody saw',
      p99AtMost(2, 5),
      { ...good, delayMs: { ...good.delayMs, disturbed: { winnow: null, echo: null } } },
    ],
    ['a figure out of its range', figureBetween('kneeRate', 1, 3_999, 'x'), good],
    ['a figure that is unknown', figureBetween('grewRate', 1, 1e9, 'x'), good],
    ['a figure that nobody took', figureBetween('other', 0, 1e9, 'x'), good],
    ['growth that is proven', flat('lag', 50), good],
    ['more memory than it may ever have', residentAtMost(454), good],
    ['memory that nobody saw', residentAtMost(454), { ...good, residentMiBCourse: [] }],
  ])('is broken by %s', (_, limit, outcome) => {
    expect(limit.judge(outcome).holds).toBe(false);
  });

  it.each([
    ['nothing lost', nothingLost, good],
    ['none twice', noneTwice, good],
    ['few repeats', repeatsAtMost(0.01), withFates({ repeated: 10 })],
    ['none degraded', noneDegraded, good],
    ['a recovery in time', recoversWithin(3), good],
    ['a short wait', waitsAtMost(1), withDelays({ max: 1_000 })],
    ['a p99 like the echo’s', p99AtMost(2, 5), withDelays({ p99: 25 })],
    ['a figure in its range', figureBetween('kneeRate', 4_000, 4_000, 'x'), good],
    ['what is flat', flat('inUse', 50), good],
    ['a step within the bound', residentAtMost(455), good],
    ['what scatters too much to tell', flat('p99', 50), good],
    ['what was not seen', flat('openFiles', 1), good],
  ])('holds with %s', (_, limit, outcome) => {
    expect(limit.judge(outcome).holds).toBe(true);
  });

  it.each([
    ['falls', -20, -1, false],
    ['may have grown', -1, 900, false],
    ['grew', 1, 90, true],
  ])(
    'of growth, while the echo’s %s, is broken only where the machine cannot have been it',
    (_, low, high, isUndecided) => {
      const { winnow } = good.trends.lagMs;
      const echo = { perHour: (low + high) / 2, low, high };
      const verdict = flat('lag', 50).judge({ ...good, trends: { ...good.trends, lagMs: { winnow, echo } } });
      expect([verdict.holds, verdict.isUndecided === true]).toEqual([isUndecided, isUndecided]);
    },
  );

  it('is undecided where what was measured does not tell, and is not said to hold', () => {
    expect(flat('p99', 50).judge(good)).toMatchObject({ isUndecided: true, holds: true });
    expect(flat('openFiles', 1).judge(good).isUndecided).toBe(true);
    expect([flat('inUse', 50), flat('lag', 50)].map((limit) => limit.judge(good).isUndecided)).toEqual([
      undefined,
      undefined,
    ]);
  });
});
