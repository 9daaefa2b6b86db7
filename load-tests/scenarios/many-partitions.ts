import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

const actSeconds: Seconds = { full: 120, short: 20, brief: 2 };

export const manyPartitions: Scenario = {
  name: 'many-partitions',
  question: 'What do 64 partitions cost, whose batches are small?',
  setup: { store: 'embedded', members: 1, partitions: 64, rate: { ofKnee: 0.3 } },
  limits: [noneTwice, noneDegraded, p99AtMost(10, 250)],
  boundBy: 'a send and a fetch for each of many small batches',
  actSeconds,
  act: async (stage, form) => {
    await stage.play(actSeconds[form]);
    return () => ({});
  },
};
