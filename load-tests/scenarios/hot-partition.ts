import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import { nowMs } from '../load/time.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

const partitions = 8;
/** Of ten accounts, so many are in the first partition. */
const hotOfTen = 7;
const actSeconds: Seconds = { full: 120, short: 20, brief: 2 };

/** An account stays in one partition, as its order needs. */
function partitionOf(key: Buffer): number {
  const hash = key.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
  return hash % 10 < hotOfTen ? 0 : 1 + (hash % (partitions - 1));
}

export const hotPartition: Scenario = {
  name: 'hot-partition',
  question: 'Seven tenths of all events are in one of eight partitions: do the others wait for it?',
  setup: {
    store: 'embedded',
    members: 1,
    partitions,
    rate: { ofKnee: 0.3 },
    shape: (event) => ({ ...event, partition: partitionOf(event.key) }),
  },
  limits: [noneTwice, noneDegraded, p99AtMost(10, 250)],
  boundBy: 'the one partition, whose batches follow each other',
  actSeconds,
  act: async (stage, form) => {
    const fromMs = nowMs();
    await stage.play(actSeconds[form]);
    const toMs = nowMs();
    const p99Of = (isHot: boolean): number | null =>
      stage.winnow.delaysMs(fromMs, toMs, (index) => (stage.events[index]!.partition === 0) === isHot)?.p99 ?? null;
    return () => ({ hotP99Ms: p99Of(true), othersP99Ms: p99Of(false) });
  },
};
