import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

const actSeconds: Seconds = { full: 120, short: 20, brief: 2 };

export const fourMembers: Scenario = {
  name: 'four-members',
  question: 'Four members share one history in Valkey: how late are decisions, and does each event have one?',
  setup: { store: 'valkey', members: 4, partitions: 12, rate: { ofKnee: 0.1 } },
  limits: [noneTwice, noneDegraded, p99AtMost(20, 500)],
  boundBy: 'round trips to the store',
  actSeconds,
  act: async (stage, form) => {
    await stage.play(actSeconds[form]);
    return () => ({});
  },
};
