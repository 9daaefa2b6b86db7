import { flat, noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

/** The short form is ten minutes: enough to see what grows fast, and not what grows slowly. */
const actSeconds: Seconds = { full: 3_600, short: 600, brief: 3 };

export const soak: Scenario = {
  name: 'soak',
  question: 'After an hour (in short: ten minutes), are memory, open files, lag and p99 what they were?',
  setup: {
    store: 'embedded',
    members: 1,
    partitions: 4,
    rate: { ofKnee: 0.2 },
    // A history that is full before the half that is judged begins takes no part in how memory grows.
    variables: { WINNOW_STATE_MEMORY_BYTES_MAX: String(16 * 1_024 ** 2) },
  },
  limits: [
    noneTwice,
    noneDegraded,
    p99AtMost(10, 250),
    flat('memory', 50),
    flat('openFiles', 1),
    flat('lag', 50),
    flat('p99', 50),
  ],
  boundBy: 'nothing that grows',
  actSeconds,
  act: async (stage, form) => {
    await stage.play(actSeconds[form]);
    return {
      residentMiBFirst: Math.round(stage.residentMiB.points[0]?.value ?? 0),
      residentMiBLast: Math.round(stage.residentMiB.points.at(-1)?.value ?? 0),
    };
  },
};
