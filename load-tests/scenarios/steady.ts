import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

const actSeconds: Seconds = { full: 120, short: 20, brief: 2 };

export const steady: Scenario = {
  name: 'steady',
  question: 'How late are decisions at a rate that is well below what is handled?',
  setup: { store: 'embedded', members: 1, partitions: 4, rate: { ofKnee: 0.3 } },
  limits: [noneTwice, noneDegraded, p99AtMost(10, 250)],
  boundBy: 'the way through Kafka, twice',
  actSeconds,
  act: async (stage, form) => {
    await stage.play(actSeconds[form]);
    return () => ({});
  },
};
