import { nothingOrdered } from '../../src/domain/control.ts';
import { governorDefaults } from '../../src/domain/governor.ts';
import type { GroupMode } from '../../src/domain/group-terms.ts';
import { offlineGroups, offlineHasher } from '../../src/evaluation/offline.ts';
import { GroupFormer } from '../../src/groups/former.ts';
import type { Pipeline, PipelineParts } from '../../src/pipeline.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import { benchPipeline } from './bench-pipeline.ts';
import type { EventSource } from './event-source.ts';
import { cpuNs, median } from './measure.ts';
import { topic, type SampleBatch } from './sample.ts';
import { pathOf, type Path } from './stages.ts';

/** What a whole path costs that lets people decide, while nobody does: each variant beside the bare one, which knows of nothing. */
export interface PeopleReport {
  readonly events: number;
  readonly pairs: number;
  readonly bareNsPerEvent: number;
  readonly variants: readonly PairedCost[];
}

/** What a variant costs more than the bare path on the same events, as a share: 0.05 for five hundredths. */
export interface PairedCost {
  readonly name: string;
  /** Whether nothing of it is in play, so that it is to cost nearly nothing; not the bare path once more, nor what watches. */
  readonly isIdle: boolean;
  /** Of all pairs the median. */
  readonly more: number;
  /** In which the median lies with 95 % confidence. */
  readonly moreMin: number;
  readonly moreMax: number;
}

/** Batches that a path handles before the next one has its turn: some ten milliseconds, within which the machine stays as it is. */
const batchesPerTurn = 4;

/**
 * The paths take turns of a few batches in one process, in an order that moves on with each turn: each share of events is handled by all of
 * them within some hundredths of a second, with histories that hold the same. So what else the machine does meets both sides of a pair, and
 * what meets one side alone, such as a collection of garbage, falls on few of many. The first round warms the compiler up.
 */
export async function measurePeople(count: number, source: EventSource, rounds: number): Promise<PeopleReport> {
  const path = await pathOf(count, source, rounds);
  const variants = variantsOf(path);
  const costs: number[][] = [[], ...variants.map(() => [])];
  let turn = 0;
  for (let round = 0; round <= rounds; round++) {
    const pipelines = [{}, ...variants.map(({ parts }) => parts())].map((parts) => benchPipeline(path, parts));
    for (let start = 0; start < path.sample.length; start += batchesPerTurn) {
      const batches = path.sample.slice(start, start + batchesPerTurn);
      const first = turn++;
      for (let place = 0; place < pipelines.length; place++) {
        const index = (first + place) % pipelines.length;
        const cost = await costOf(pipelines[index]!, batches);
        if (round > 0) costs[index]!.push(cost);
      }
    }
  }
  const [bare, ...others] = costs;
  return {
    events: path.events,
    pairs: bare!.length,
    bareNsPerEvent: median(bare!),
    variants: others.map((ones, index) => ({
      name: variants[index]!.name,
      isIdle: variants[index]!.isIdle,
      ...medianOf(ones.map((cost, pair) => cost / bare![pair]! - 1)),
    })),
  };
}

function withPeople(): Partial<PipelineParts> {
  return { governor: new Governor(governorDefaults), control: () => nothingOrdered, lists: () => null };
}

function variantsOf({
  policy,
}: Path): readonly (Pick<PairedCost, 'name' | 'isIdle'> & { readonly parts: () => Partial<PipelineParts> })[] {
  const hasher = offlineHasher();
  const withGroups = (mode: GroupMode): Partial<PipelineParts> => ({
    ...withPeople(),
    groups: new GroupFormer(offlineGroups(), hasher, () => ({ ...policy.groups, mode })),
    ownVerdicts: { add: () => undefined },
  });
  return [
    // Against itself: how far from nothing the method is.
    { name: 'the bare path once more', isIdle: false, parts: () => ({}) },
    { name: 'with governor, orders and lists, none in play', isIdle: true, parts: withPeople },
    { name: 'and groups off', isIdle: true, parts: () => withGroups('off') },
    // Work that was asked for, of every event: what it costs is told, and is no cost of standing by.
    { name: 'and groups watched (mode: shadow)', isIdle: false, parts: () => withGroups('shadow') },
  ];
}

/** CPU nanoseconds an event. */
async function costOf(pipeline: Pipeline, batches: readonly SampleBatch[]): Promise<number> {
  const { signal } = new AbortController();
  const startNs = cpuNs();
  for (const { records } of batches) await pipeline({ topic, partition: 0, records }, signal);
  return (cpuNs() - startNs) / batches.reduce((sum, { records }) => sum + records.length, 0);
}

/** The median, and the order statistics between which that of all possible pairs lies 19 times in 20. */
function medianOf(figures: readonly number[]): Omit<PairedCost, 'name' | 'isIdle'> {
  const sorted = figures.toSorted((a, b) => a - b);
  const apart = 0.98 * Math.sqrt(sorted.length);
  const at = (place: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(place)))]!;
  const middle = (sorted.length - 1) / 2;
  return { more: median(sorted), moreMin: at(middle - apart), moreMax: at(middle + apart) };
}
