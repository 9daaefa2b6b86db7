import { noneDegraded, noneTwice, recoversWithin, waitsAtMost } from '../judge/limits.ts';
import type { Outcome } from '../judge/outcome.ts';
import type { Scenario } from '../stage/scenario.ts';

const members = 4;
const settleSeconds = 2;

/** The aim is three seconds on machines of their own; four processes that start on one that others use get more. */
export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  question: 'Four members are stopped and started one by one: does any event wait for more than a moment?',
  setup: { store: 'valkey', members, partitions: 12, rate: { ofKnee: 0.08 } },
  limits: [noneTwice, noneDegraded, waitsAtMost(10), recoversWithin(30)],
  boundBy: 'the start of a process beside three others, and eager rebalances of all partitions',
  actSeconds: { full: 120, short: 120, brief: 120 },
  act: async (stage) => {
    const restart = async (): Promise<void> => {
      await stage.stopMember();
      await stage.addMember();
    };
    const waits: (() => Outcome['figures'])[] = [];
    for (let turn = 1; turn <= members; turn += 1)
      waits.push(await stage.longestWait(`restart${turn}`, restart, settleSeconds));
    return () => Object.assign({}, ...waits.map((figures) => figures())) as Outcome['figures'];
  },
};
