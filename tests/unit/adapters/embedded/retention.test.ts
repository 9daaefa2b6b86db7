import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  awayMsMin,
  inNewPlace,
  rankOf,
  ranks,
  seenAgain,
  unseen,
  wasTouched,
  withLabel,
  withStanding,
} from '../../../../src/adapters/embedded/retention.ts';

type Touch = readonly [isAttempt: boolean, idleMs: number];
const at: Touch = [false, NaN];
const soon: Touch = [false, 1_000];
const later: Touch = [false, awayMsMin];
const attempt: Touch = [true, NaN];
const attemptLater: Touch = [true, awayMsMin];

function after(touches: readonly Touch[]): number {
  return touches.reduce((seen, [isAttempt, idleMs]) => seenAgain(seen, isAttempt, idleMs), unseen);
}

describe('the rank of an entity', () => {
  it.each<[string, readonly Touch[], string]>([
    ['that one event touched', [at], 'once'],
    ['that two events touched', [at, soon], 'again'],
    ['that many events touched within the hour', Array.from({ length: 50 }, () => soon), 'again'],
    ['that came back once', [at, later], 'again'],
    ['that came back twice', [at, later, later], 'regular'],
    ['that came back twice, with much in between', [at, soon, later, soon, soon, later, soon], 'regular'],
    // A failed signup costs nothing: however many there are, what they touch is as if it were not.
    ['that attempts touched', Array.from({ length: 50 }, () => attempt), 'once'],
    ['that attempts touched for hours', [attempt, attemptLater, attemptLater, attemptLater], 'once'],
    ['that one event touched among attempts', [attempt, attemptLater, at, attempt, attempt], 'once'],
    ['that two events touched among attempts', [attempt, at, attempt, soon], 'again'],
  ])('%s', (_, touches, rank) => {
    expect(ranks[rankOf(after(touches))]).toBe(rank);
  });

  it('is raised by what stands, where the account has acted', () => {
    expect(ranks[rankOf(withStanding(after([at])))]).toBe('standing');
    expect(ranks[rankOf(withStanding(after([attempt])))]).toBe('once');
    expect(ranks[rankOf(seenAgain(withStanding(after([attempt])), ...at))]).toBe('standing');
  });

  it('is the highest with a label, and what it was without', () => {
    expect(ranks[rankOf(withLabel(after([at]), true))]).toBe('labelled');
    expect(ranks[rankOf(withLabel(withStanding(after([at])), true))]).toBe('labelled');
    expect(ranks[rankOf(withLabel(withLabel(after([at, later, later]), true), false))]).toBe('regular');
  });

  it('is lowered by no touch', () => {
    const touch = fc.tuple(fc.boolean(), fc.oneof(fc.constant(NaN), fc.nat(3 * awayMsMin)));
    fc.assert(
      fc.property(
        fc.array(touch, { maxLength: 40 }),
        touch,
        fc.boolean(),
        fc.boolean(),
        (touches, next, stands, label) => {
          const seen = withLabel(stands ? withStanding(after(touches)) : after(touches), label);
          expect(rankOf(seenAgain(seen, ...next))).toBeGreaterThanOrEqual(rankOf(seen));
        },
      ),
    );
  });
});

describe('another place instead of going', () => {
  it('is for what was touched after the touch by which it came', () => {
    expect(wasTouched(after([at]))).toBe(false);
    expect(wasTouched(after([at, soon]))).toBe(true);
    expect(wasTouched(after([attempt, attempt]))).toBe(true);
  });

  it('is given once for all touches before it', () => {
    const placed = inNewPlace(after([at, soon, soon]));
    expect(wasTouched(placed)).toBe(false);
    expect(rankOf(placed)).toBe(rankOf(after([at, soon, soon])));
    expect(wasTouched(seenAgain(placed, ...soon))).toBe(true);
  });
});
