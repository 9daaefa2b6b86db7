import { describe, expect, it } from 'vitest';
import { StepTimer } from '../../../src/steps/step-timer.ts';
import { steps, type Step } from '../../../src/telemetry.ts';

/** Takes as long for each step as is told; `monotonicMs` starts at 500. */
function timed(durations: readonly (readonly [Step, number])[]): number[] {
  let ms = 500;
  const timer = new StepTimer({ nowMs: () => NaN, monotonicMs: () => ms });
  for (const [step, durationMs] of durations) {
    ms += durationMs;
    timer.end(step);
  }
  return timer.stepMs;
}

describe('StepTimer', () => {
  it('gives each step the time since the one before', () => {
    const durations = steps.map((step, index) => [step, (index + 1) * 1.5] as const);
    expect(timed(durations)).toEqual(steps.map((_, index) => (index + 1) * 1.5));
  });

  it('gives a step that did not come no time', () => {
    expect(
      timed([
        ['decode', 2],
        ['send', 3],
      ]),
    ).toEqual(steps.map((step) => ({ decode: 2, send: 3 })[step as string] ?? 0));
  });
});
