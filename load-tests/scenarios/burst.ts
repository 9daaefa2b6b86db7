import { noneDegraded, noneTwice, recoversWithin } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

const times = 10;
const burstSeconds: Seconds = { full: 30, short: 30, brief: 1 };

export const burst: Scenario = {
  name: 'burst',
  question:
    'Ten times the usual rate for 30 s, more than is handled: is anything lost, and how long does the lag last?',
  setup: { store: 'embedded', members: 1, partitions: 4, rate: { ofKnee: 0.15 } },
  limits: [noneTwice, noneDegraded, recoversWithin(60)],
  boundBy: 'how fast a backlog is worked off',
  actSeconds: { full: 30 * times, short: 30 * times, brief: times },
  act: async (stage, form) => {
    stage.setRate(stage.rate * times);
    await stage.play(burstSeconds[form]);
    const lagMs = Math.round(stage.lag.winnow.points.at(-1)?.value ?? 0);
    return () => ({ lagMsInTheEnd: lagMs });
  },
};
