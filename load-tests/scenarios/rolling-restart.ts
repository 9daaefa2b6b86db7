import { noneDegraded, noneTwice, recoversWithin, waitsAtMost } from '../judge/limits.ts';
import type { Scenario } from '../stage/scenario.ts';

const members = 4;

/** The aim is three seconds on machines of their own; four processes that start on one that others use get more. */
export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  question: 'Four members are stopped and started one by one: does any event wait for more than a moment?',
  setup: { store: 'valkey', members, partitions: 12, rate: { ofKnee: 0.08 } },
  limits: [noneTwice, noneDegraded, waitsAtMost(10), recoversWithin(30)],
  boundBy: 'the start of a process beside three others, and eager rebalances of all partitions',
  actSeconds: { full: 120, short: 120, brief: 120 },
  act: async (stage) => {
    const waits: (() => number | null)[] = [];
    for (let turn = 0; turn < members; turn += 1) {
      waits.push(
        await stage.longestWaitSeconds(async () => {
          await stage.stopMember();
          await stage.addMember();
        }, 2),
      );
    }
    return () => Object.fromEntries(waits.map((seconds, turn) => [`restart${turn + 1}Seconds`, seconds()]));
  },
};
