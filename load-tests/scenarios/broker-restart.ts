import { noneDegraded, recoversWithin, repeatsAtMost } from '../judge/limits.ts';
import type { Scenario } from '../stage/scenario.ts';

export const brokerRestart: Scenario = {
  name: 'broker-restart',
  question: 'The one broker is restarted: is everything decided that it had taken, and once?',
  setup: { store: 'embedded', members: 1, partitions: 4, rate: { ofKnee: 0.15 } },
  limits: [repeatsAtMost(0.02), noneDegraded, recoversWithin(120)],
  boundBy: 'the start of the broker',
  actSeconds: { full: 60, short: 60, brief: 60 },
  act: async (stage) => {
    await stage.broker.restart();
    return () => ({});
  },
};
