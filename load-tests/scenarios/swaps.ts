import { figureBetween, noneDegraded, noneTwice, p99AtMost, recoversWithin } from '../judge/limits.ts';
import { nowMs } from '../load/time.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

const swapCount: Seconds = { full: 10, short: 3, brief: 1 };
const swapSecondsMax = 60;

export const swaps: Scenario = {
  name: 'swaps',
  question: 'Model and policy are replaced under load, again and again: is anything lost, doubled or late?',
  setup: { store: 'embedded', members: 1, partitions: 4, rate: { ofKnee: 0.2 }, ownVersions: true },
  limits: [
    noneTwice,
    noneDegraded,
    p99AtMost(10, 1_500),
    recoversWithin(30),
    figureBetween('notInForce', 0, 0, 'each swap comes into force within a minute'),
  ],
  boundBy: 'the proof of the model, a process of its own beside',
  actSeconds: { full: 300, short: 120, brief: 60 },
  act: async (stage, form) => {
    let [longestMs, notInForce] = [0, 0];
    for (let swap = 0; swap < swapCount[form]; swap += 1) {
      const fromMs = nowMs();
      const wanted = await stage.versions.swap();
      const isInForce = (): boolean => stage.decisions.versions.has(wanted);
      while (!isInForce() && nowMs() - fromMs < swapSecondsMax * 1_000) await stage.play(0.1);
      if (!isInForce()) notInForce += 1;
      longestMs = Math.max(longestMs, nowMs() - fromMs);
    }
    const longestSwapSeconds = Math.round(longestMs / 100) / 10;
    return () => ({ swaps: swapCount[form], notInForce, longestSwapSeconds });
  },
};
