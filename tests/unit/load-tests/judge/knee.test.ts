import { describe, expect, it } from 'vitest';
import { findKnee, isBeyondKnee, lagGrows, type RateStep } from '../../../../load-tests/judge/knee.ts';

/** Eight seconds of looks, ten a second. */
function step(rate: number, ageAt: (seconds: number) => number): RateStep {
  const ages = Array.from({ length: 80 }, (_, index) => ({ atMs: index * 100, value: ageAt(index / 10) }));
  return { rate, ages };
}

const held = (rate: number): RateStep => step(rate, (seconds) => 20 + 15 * Math.sin(seconds * 9));
const behind = (rate: number, from = 0): RateStep => step(rate, (seconds) => from + 300 * seconds);
/** The machine did something else for two seconds. */
const stalled = (rate: number): RateStep =>
  step(rate, (seconds) => (seconds > 3 && seconds < 5 ? (seconds - 3) * 1_000 : 20));

describe('lag', () => {
  it('grows where more comes than is handled', () => {
    expect(lagGrows(behind(2_000))).toBe(true);
  });

  it('does not grow where it is short, falls, or came of a moment', () => {
    expect(lagGrows(held(1_000))).toBe(false);
    expect(lagGrows(step(1_000, (seconds) => 20 + 4 * seconds))).toBe(false);
    expect(lagGrows(step(1_000, (seconds) => 9_000 - 900 * seconds))).toBe(false);
    expect(lagGrows(stalled(1_000))).toBe(false);
    expect(lagGrows({ rate: 1_000, ages: [] })).toBe(false);
  });
});

describe('the knee', () => {
  it('lies between the last rate that was held and the first of two at which lag grows', () => {
    const steps = [held(1_000), held(2_000), held(3_000), behind(4_000), behind(5_000, 2_400)];
    expect(findKnee(steps)).toEqual({ heldRate: 3_000, grewRate: 4_000 });
    expect(isBeyondKnee(steps)).toBe(true);
    expect(isBeyondKnee(steps.slice(0, 4))).toBe(false);
  });

  it('is not where a machine was busy for one step', () => {
    const steps = [held(1_000), behind(2_000), held(3_000), behind(4_000), behind(5_000)];
    expect(findKnee(steps)).toEqual({ heldRate: 3_000, grewRate: 4_000 });
  });

  it('is above all that was tried where lag never grew, and below where it grew at once', () => {
    expect(findKnee([held(1_000), held(2_000)])).toEqual({ heldRate: 2_000, grewRate: null });
    expect(findKnee([behind(1_000), behind(2_000)])).toEqual({ heldRate: null, grewRate: 1_000 });
    expect(findKnee([])).toEqual({ heldRate: null, grewRate: null });
    expect(isBeyondKnee([])).toBe(false);
  });
});
