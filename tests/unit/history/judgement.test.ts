import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelCodes } from '../../../src/features/observation.ts';
import { earliestMs } from '../../../src/features/state.ts';
import {
  fadedSum,
  forwardWeight,
  judgementEpoch,
  judgementEpochMax,
  judgementEpochMs,
  judgementOf,
  labelOf,
  withoutJudgement,
} from '../../../src/history/judgement.ts';

const startMs = Date.UTC(2026, 9, 5, 12);

function sum(judgements: readonly number[]): number {
  return judgements.reduce((total, one) => total + forwardWeight(one), 0);
}

describe('a judgement', () => {
  it('weighs 1 in its epoch and half as much in each after it', () => {
    const weight = forwardWeight(judgementOf(labelCodes.fake, startMs));
    const weights = [0, 1, 2, 3].map((later) => fadedSum(weight, startMs + later * judgementEpochMs));
    expect(weights).toEqual([1, 0.5, 0.25, 0.125]);
  });

  it('is two bytes, and never none, whatever its time', () => {
    const times = [-8.64e15, 0, earliestMs - 1, earliestMs, earliestMs + judgementEpochMs, 8.64e15];
    expect(times.map(judgementEpoch)).toEqual([0, 0, 0, 0, 1, judgementEpochMax]);
    for (const label of [labelCodes.fake, labelCodes.genuine])
      for (const timeMs of times) {
        const judgement = judgementOf(label, timeMs);
        expect(judgement).toBeGreaterThan(0);
        expect(judgement).toBeLessThanOrEqual(0xffff);
        expect(labelOf(judgement)).toBe(label);
        expect(Number.isFinite(1e9 * forwardWeight(judgement))).toBe(true);
      }
  });

  it('counts the same in whatever order it comes and goes', () => {
    const times = fc.array(fc.integer({ min: 0, max: 30 * judgementEpochMs }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(times, fc.nat(), (laterMs, seed) => {
        const judgements = laterMs.map((ms) => judgementOf(labelCodes.fake, startMs + ms));
        const turned = judgements.map((_, index) => judgements[(index + seed) % judgements.length]!);
        expect(sum(turned)).toBe(sum(judgements));
        expect(judgements.reduce(withoutJudgement, sum(judgements))).toBe(0);
      }),
    );
  });

  it('that fell to an eviction takes nothing below zero when it is taken back', () => {
    const judgement = judgementOf(labelCodes.genuine, startMs);
    expect(withoutJudgement(0, judgement)).toBe(0);
    expect(withoutJudgement(forwardWeight(judgement) / 2, judgement)).toBe(0);
  });
});
