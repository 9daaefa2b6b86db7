import { flat, noneDegraded, noneTwice, p99AtMost, recoversWithin, residentAtMost } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

/** The short form is ten minutes: enough to see what grows fast, and not what grows slowly. */
const actSeconds: Seconds = { full: 3_600, short: 600, brief: 3 };

const mebibyte = 1_024 ** 2;
/** Of the member: all of it, objects of JavaScript, buffers beside them, and history, which is among the buffers. */
const memoryKinds = {
  resident: 'process_resident_memory_bytes',
  heapUsed: 'nodejs_heap_size_used_bytes',
  heap: 'nodejs_heap_size_total_bytes',
  external: 'nodejs_external_memory_bytes',
  history: 'winnow_history_bytes',
} as const;

export const soak: Scenario = {
  name: 'soak',
  question: 'After an hour (in short: ten minutes), are memory, open files, lag and p99 what they were?',
  setup: {
    store: 'embedded',
    members: 1,
    partitions: 4,
    rate: { ofKnee: 0.2 },
    // A history that is full before the half that is judged begins takes no part in how memory grows.
    variables: { WINNOW_STATE_MEMORY_BYTES_MAX: String(16 * mebibyte) },
  },
  limits: [
    noneTwice,
    noneDegraded,
    p99AtMost(10, 250),
    // Lines through points that scatter prove nothing: whoever falls behind for good is told by this.
    recoversWithin(120),
    // What garbage is among it goes up and down within minutes: ten of them do not tell small growth.
    flat('inUse', 50, 'full'),
    flat('inUse', 1_000, 'short'),
    // Of a backlog of 700,000 events it was 527 at most.
    residentAtMost(640),
    flat('openFiles', 1),
    flat('lag', 50),
    flat('p99', 50),
  ],
  boundBy: 'nothing that grows',
  actSeconds,
  act: async (stage, form) => {
    const figures: Record<string, number | null> = {};
    const tell = async (when: string): Promise<void> => {
      const member = stage.members[0]!;
      for (const [name, metric] of Object.entries(memoryKinds)) {
        const bytes = await member.metric(metric);
        figures[`${name}MiB${when}`] = bytes === null ? null : Math.round(bytes / mebibyte);
      }
    };
    await tell('First');
    await stage.play(actSeconds[form] / 2);
    await tell('Middle');
    await stage.play(actSeconds[form] / 2);
    await tell('Last');
    return () => figures;
  },
};
