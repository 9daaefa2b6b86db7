import { noneDegraded, recoversWithin, repeatsAtMost, waitsAtMost } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

/** Longer than the session of a member that died. */
const deadSeconds: Seconds = { full: 30, short: 25, brief: 25 };
const settleSeconds: Seconds = { full: 10, short: 5, brief: 1 };

export const rebalance: Scenario = {
  name: 'rebalance',
  question: 'For how long do partitions stand still when a member joins, leaves, or dies?',
  setup: { store: 'valkey', members: 2, partitions: 12, rate: { ofKnee: 0.1 } },
  limits: [repeatsAtMost(0.02), noneDegraded, waitsAtMost(45), recoversWithin(60)],
  boundBy: 'the session of a member that died (`kafka.consumer.sessionTimeoutMs`)',
  actSeconds: { full: 120, short: 90, brief: 60 },
  act: async (stage, form) => {
    const settle = settleSeconds[form];
    const nothing = await stage.longestWait('nothing', () => stage.play(settle), 0);
    const joined = await stage.longestWait('joined', () => stage.addMember(), settle);
    const left = await stage.longestWait('left', () => stage.stopMember(), settle);
    const died = await stage.longestWait('died', () => stage.killMember(), deadSeconds[form]);
    return () => ({ ...nothing(), ...joined(), ...left(), ...died() });
  },
};
