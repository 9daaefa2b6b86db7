import { findKnee, isBeyondKnee, type RateStep } from '../judge/knee.ts';
import { figureBetween, noneDegraded, noneTwice, recoversWithin } from '../judge/limits.ts';
import { nowMs } from '../load/time.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

/** Events per second at which it begins. */
const rateFirst = 1_000;
/** Each step asks for this much more than the one before. */
const growth = 1.35;
/** What the generator sends beside all others on two cores. */
const rateMax = 25_000;
const stepSeconds: Seconds = { full: 20, short: 8, brief: 3 };
/** What a step before has left behind is not counted to the next. */
const settleMs = 1_000;

const rates: readonly number[] = Array.from({ length: 64 }, (_, step) => Math.round(rateFirst * growth ** step)).filter(
  (rate) => rate <= rateMax,
);
/** Of a ramp that reaches the end, as seconds at the first rate. */
const actSeconds = (form: keyof Seconds): number =>
  (rates.reduce((sum, rate) => sum + rate, 0) * stepSeconds[form]) / rateFirst;

export const ramp: Scenario = {
  name: 'ramp',
  question: 'At which rate does lag begin to grow?',
  setup: { store: 'embedded', members: 1, partitions: 4, rate: { perSecond: rateFirst } },
  limits: [
    noneTwice,
    noneDegraded,
    figureBetween('kneeRate', rateFirst, Infinity, 'a rate is held'),
    figureBetween('grewRate', rateFirst, rateMax, 'and at a higher one lag grows'),
    recoversWithin(120),
  ],
  boundBy: 'the loop of the one member',
  actSeconds: { full: actSeconds('full'), short: actSeconds('short'), brief: actSeconds('brief') },
  act: async (stage, form) => {
    const steps: { readonly winnow: RateStep[]; readonly echo: RateStep[] } = { winnow: [], echo: [] };
    for (const rate of rates) {
      stage.setRate(rate);
      const fromMs = nowMs() + settleMs;
      await stage.play(stepSeconds[form]);
      for (const name of ['winnow', 'echo'] as const)
        steps[name].push({ rate, ages: stage.lag[name].within(fromMs, nowMs()) });
      stage.say(`${rate} a second: ${(stage.lag.winnow.points.at(-1)!.value / 1_000).toFixed(2)} s behind.`);
      if (isBeyondKnee(steps.winnow)) break;
    }
    const [winnow, echo] = [findKnee(steps.winnow), findKnee(steps.echo)];
    return () => ({
      kneeRate: winnow.heldRate,
      grewRate: winnow.grewRate,
      echoHeldRate: echo.heldRate,
      echoGrewRate: echo.grewRate,
    });
  },
};
