import { fileURLToPath } from 'node:url';
import { rankedInputs } from '../../src/evaluation/matrix.ts';
import { offlineHasher, offlineStore } from '../../src/evaluation/offline.ts';
import { loadPolicyFile, orThrow } from '../../src/app/versions.ts';
import { extractFeatures, featureCount } from '../../src/features/extract.ts';
import { readFacts } from '../../src/features/facts.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { Observer } from '../../src/features/observe.ts';
import { evaluateRules } from '../../src/policy/evaluate.ts';
import { rankable } from '../../src/features/norms/forms.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { championForAll } from '../../src/scoring/ballot.ts';
import { DriftWatch, defaultDriftOptions } from '../../src/scoring/drift.ts';
import { decideBatch } from '../../src/steps/decide-batch.ts';
import { decodeEvent } from '../../src/wire/decode-event.ts';
import { eventSchema } from '../../src/wire/event-schema.ts';
import { benchPipeline, loadShippedParts, type ShippedParts } from './bench-pipeline.ts';
import type { EventSource } from './event-source.ts';
import { cpuNs, measure, median, type Measured } from './measure.ts';
import { sampleBatches, topic, type SampleBatch } from './sample.ts';

export interface StagesReport {
  readonly events: number;
  readonly rounds: number;
  readonly stages: readonly Measured[];
  readonly whole: { readonly eventsPerCpuSecond: number; readonly decisions: number };
}

/** What the path costs, step by step and in all, without a transport: CPU time of this process over simulated events. */
export async function measureStages(count: number, source: EventSource, rounds: number): Promise<StagesReport> {
  const path = await pathOf(count, source, rounds);
  return { events: path.events, rounds, stages: await measureSteps(path), whole: await measureWhole(path) };
}

/** What ships, and a sample of events to measure it with. */
export async function pathOf(count: number, source: EventSource, rounds: number): Promise<Path> {
  const shipped = await loadShippedParts();
  const sample = await sampleBatches(count, source, shipped.reference);
  return {
    ...shipped,
    rounds,
    sample,
    events: sample.reduce((sum, { records }) => sum + records.length, 0),
    tenRules: orThrow(await loadPolicyFile(fileURLToPath(new URL('ten-rules.yaml', import.meta.url)))),
  };
}

export interface Path extends ShippedParts {
  readonly rounds: number;
  readonly events: number;
  readonly sample: readonly SampleBatch[];
  readonly tenRules: Policy;
}

async function measureSteps(path: Path): Promise<readonly Measured[]> {
  const { sample, reference, policy, norms, tenRules, model } = path;
  const { sha256 } = model.reference;
  const decoder = new TextDecoder();
  const observer = new Observer(offlineHasher());
  // All features that have a rank: a model has some of them.
  const ranked = rankedInputs(norms, new Set(rankable));
  const each = (work: (batch: SampleBatch) => number) => () => sample.reduce((sum, batch) => sum + work(batch), 0);
  return [
    await measure(
      'parse (JSON.parse alone)',
      path,
      nothing,
      each(({ records }) =>
        records.reduce(
          (sum, { value }) => sum + Object.keys(JSON.parse(decoder.decode(value ?? undefined)) as object).length,
          0,
        ),
      ),
    ),
    await measure(
      'decode',
      path,
      nothing,
      each(({ records }) => records.reduce((sum, record) => sum + (decodeEvent(record).ok ? 1 : 0), 0)),
    ),
    await measure(
      'decode by the zod schema',
      path,
      nothing,
      each(({ records }) =>
        records.reduce(
          (sum, { value }) =>
            sum + (eventSchema.safeParse(JSON.parse(decoder.decode(value ?? undefined))).success ? 1 : 0),
          0,
        ),
      ),
    ),
    await measure(
      'observe: facts and keyed hashes',
      path,
      nothing,
      each(({ events: ones }) => {
        const observations = emptyObservations(topic, 0, ones.length);
        for (const [row, event] of ones.entries())
          observer.observe(readFacts(event, reference), row, observations, row);
        return observations.keys[0]!;
      }),
    ),
    await measure('observe: embedded store', path, offlineStore, async (store) => {
      let sum = 0;
      for (const { observations } of sample) {
        const snapshots = await store.observe(observations);
        sum += snapshots.fates.length;
        snapshots.release();
      }
      return sum;
    }),
    await measure(
      'extract',
      path,
      () => sample.map(({ facts }) => new Float32Array(facts.length * featureCount)),
      (matrices) => {
        for (const [index, { facts, snapshots }] of sample.entries())
          extractFeatures(facts, snapshots.values, matrices[index]!);
        return matrices[0]![0]!;
      },
    ),
    await measure('score', path, nothing, async () => {
      let sum = 0;
      for (const { features, facts } of sample) sum += (await model.score(features, facts.length))[0]!;
      return Math.round(sum * 1e6);
    }),
    await measure(
      `ranks (${rankable.length} features)`,
      path,
      nothing,
      each(({ features, facts }) => ranked.pick(features, 0, facts.length).length),
    ),
    await measure(
      'drift',
      path,
      () => new DriftWatch(defaultDriftOptions),
      (drift) => sample.filter((batch) => drift.take(norms, sha256, batch.observations, batch.features, null)).length,
    ),
    await measure('rules (ten, on every event)', path, nothing, each(evaluate(tenRules))),
    await measure(`rules (default policy, ${policy.rules.length})`, path, nothing, each(evaluate(policy))),
    await measure(
      'decide, rules among it',
      path,
      nothing,
      each(
        (batch) =>
          decideBatch({
            ...batch,
            pastOffsets: new Set(),
            scores: new Float32Array(batch.facts.length),
            fates: null,
            settledOffset: -1,
            known: new Map(),
            standings: null,
            policy,
            ballot: championForAll(model.reference),
            degraded: [],
            emit: new Set(['block', 'review', 'challenge']),
          }).emitted.length,
      ),
    ),
  ];
}

function nothing(): undefined {
  return undefined;
}

function evaluate(rules: Policy): (batch: SampleBatch) => number {
  return ({ facts, features }) =>
    facts.reduce((sum, { event }, row) => sum + evaluateRules(rules, event, features, row * featureCount).length, 0);
}

/** The whole path as a consumer drives it, metrics among it; results go nowhere. */
async function measureWhole(path: Path): Promise<StagesReport['whole']> {
  const figures: number[] = [];
  let decisions = 0;
  for (let round = 0; round <= path.rounds; round++) {
    const whole = await runWhole(path);
    ({ decisions } = whole);
    if (round > 0) figures.push(whole.nsPerEvent);
  }
  return { eventsPerCpuSecond: Math.round(1e9 / median(figures)), decisions };
}

/** All events once through a new path. */
async function runWhole(path: Path): Promise<{ readonly nsPerEvent: number; readonly decisions: number }> {
  const pipeline = benchPipeline(path);
  const { signal } = new AbortController();
  let decisions = 0;
  const startNs = cpuNs();
  for (const { records } of path.sample) {
    const report = await pipeline({ topic, partition: 0, records }, signal);
    decisions += report.decisions.reduce((sum, { count }) => sum + count, 0);
  }
  return { nsPerEvent: (cpuNs() - startNs) / path.events, decisions };
}
