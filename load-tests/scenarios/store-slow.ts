import { noneDegraded, noneTwice, recoversWithin } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

/** In each direction: a round trip takes twice as long. */
const delayMs = 25;
const actSeconds: Seconds = { full: 60, short: 15, brief: 2 };

export const storeSlow: Scenario = {
  name: 'store-slow',
  question: 'Valkey answers 50 ms late: is anything decided without it, and does lag go when it is fast again?',
  setup: { store: 'valkey', slowable: true, members: 1, partitions: 4, rate: { ofKnee: 0.1 } },
  limits: [noneTwice, noneDegraded, recoversWithin(60)],
  boundBy: 'round trips: a batch needs several, one after the other',
  actSeconds,
  act: async (stage, form) => {
    stage.storeDelayMs = delayMs;
    await stage.play(actSeconds[form]);
    const lagMs = Math.round(stage.lag.winnow.points.at(-1)?.value ?? 0);
    stage.storeDelayMs = 0;
    return () => ({ lagMsInTheEnd: lagMs });
  },
};
