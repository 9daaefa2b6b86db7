import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { offlineHasher, offlineReference, offlineStore } from '../../src/app/offline.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadChampion,
  loadPolicyFile,
  orThrow,
} from '../../src/app/versions.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { PrometheusTelemetry } from '../../src/adapters/prometheus/telemetry.ts';
import { extractFeatures, featureCount } from '../../src/features/extract.ts';
import { readFacts } from '../../src/features/facts.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { Observer } from '../../src/features/observe.ts';
import { createPipeline } from '../../src/pipeline.ts';
import { evaluateRules } from '../../src/policy/evaluate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import type { ServedModel } from '../../src/scoring/served-model.ts';
import { decideBatch } from '../../src/steps/decide-batch.ts';
import { StoreGuard } from '../../src/store-guard.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { decodeEvent } from '../../src/wire/decode-event.ts';
import { eventSchema } from '../../src/wire/event-schema.ts';
import { cpuNs, measure, median, type Measured } from './measure.ts';
import { sampleBatches, topic, type SampleBatch } from './sample.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '20000' },
    accounts: { type: 'string', default: '8000' },
  },
});
const rounds = Number(flags.rounds);

const policy = orThrow(await loadPolicyFile(defaultPolicyFile));
const tenRules = orThrow(await loadPolicyFile(fileURLToPath(new URL('ten-rules.yaml', import.meta.url))));
const served = orThrow(await loadChampion(defaultModelFolder, defaultDeploymentFile));
const { reference } = await offlineReference();
const batches = await sampleBatches(Number(flags.events), Number(flags.accounts), reference);
const events = batches.reduce((sum, { records }) => sum + records.length, 0);

const stages = await measureStages(batches, policy, served);
const whole = await measureWhole(batches, policy, served);
print();

async function measureStages(
  sample: readonly SampleBatch[],
  rules: Policy,
  model: ServedModel,
): Promise<readonly Measured[]> {
  const options = { rounds, events };
  const decoder = new TextDecoder();
  const observer = new Observer(offlineHasher());
  const each = (work: (batch: SampleBatch) => number) => () => sample.reduce((sum, batch) => sum + work(batch), 0);
  return [
    await measure(
      'parse (JSON.parse alone)',
      options,
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
      options,
      nothing,
      each(({ records }) => records.reduce((sum, record) => sum + (decodeEvent(record, Infinity).ok ? 1 : 0), 0)),
    ),
    await measure(
      'decode by the zod schema',
      options,
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
      options,
      nothing,
      each(({ events: ones }) => {
        const observations = emptyObservations(topic, 0, ones.length);
        for (const [row, event] of ones.entries())
          observer.observe(readFacts(event, reference), row, observations, row);
        return observations.keys[0]!;
      }),
    ),
    await measure('observe: embedded store', options, offlineStore, async (store) => {
      let sum = 0;
      for (const { observations } of sample) sum += (await store.observe(observations)).fates.length;
      return sum;
    }),
    await measure(
      'extract',
      options,
      () => sample.map(({ facts }) => new Float32Array(facts.length * featureCount)),
      (matrices) => {
        for (const [index, { facts, snapshots }] of sample.entries())
          extractFeatures(facts, snapshots.values, matrices[index]!);
        return matrices[0]![0]!;
      },
    ),
    await measure('score', options, nothing, async () => {
      let sum = 0;
      for (const { features, facts } of sample) sum += (await model.score(features, facts.length))[0]!;
      return Math.round(sum * 1e6);
    }),
    await measure('rules (ten, on every event)', options, nothing, each(evaluate(tenRules))),
    await measure(`rules (default policy, ${rules.rules.length})`, options, nothing, each(evaluate(rules))),
    await measure(
      'decide, rules among it',
      options,
      nothing,
      each(
        (batch) =>
          decideBatch({
            ...batch,
            scores: new Float32Array(batch.facts.length),
            standings: null,
            policy: rules,
            model: model.reference,
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
async function measureWhole(
  sample: readonly SampleBatch[],
  rules: Policy,
  model: ServedModel,
): Promise<{ eventsPerCpuSecond: number; decisions: number }> {
  const figures: number[] = [];
  let decisions = 0;
  const { signal } = new AbortController();
  for (let round = 0; round <= rounds; round++) {
    const slot = new ModelSlot(model, {
      timeoutMs: 60_000,
      failuresMax: 1,
      clock: systemClock,
      telemetry: silentTelemetry,
    });
    const telemetry = new PrometheusTelemetry({ version: 'bench', ready: () => true, storeEntities: () => 0 });
    const pipeline = createPipeline({
      hasher: offlineHasher(),
      reference,
      isReferencePartial: false,
      store: new StoreGuard(offlineStore(), {
        holdMs: 0,
        retryInitialMs: 1,
        retryMaxMs: 1,
        clock: systemClock,
        telemetry,
      }),
      model: slot,
      policy: () => rules,
      output: { send: () => Promise.resolve(), close: () => Promise.resolve() },
      emit: new Set(['challenge', 'review', 'block']),
      dating: 'event',
      clock: systemClock,
      telemetry,
    });
    decisions = 0;
    const startNs = cpuNs();
    for (const { records } of sample) {
      const report = await pipeline({ topic, partition: 0, records }, signal);
      decisions += report.decisions.reduce((sum, { count }) => sum + count, 0);
    }
    if (round > 0) figures.push((cpuNs() - startNs) / events);
  }
  return { eventsPerCpuSecond: Math.round(1e9 / median(figures)), decisions };
}

function print(): void {
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ events, rounds, node: process.version, stages, whole }, null, 2)}\n`);
    return;
  }
  const width = Math.max(...stages.map(({ name }) => name.length));
  process.stdout.write(`${events} simulated events, median of ${rounds} rounds, CPU time of one process\n\n`);
  for (const { name, nsPerEvent } of stages)
    process.stdout.write(`  ${name.padEnd(width)}  ${nsPerEvent.toFixed(0).padStart(7)} ns per event\n`);
  process.stdout.write(
    `\n  ${'whole path'.padEnd(width)}  ${(1e9 / whole.eventsPerCpuSecond).toFixed(0).padStart(7)} ns per event\n`,
  );
  process.stdout.write(
    `  ${whole.eventsPerCpuSecond.toLocaleString('en-US')} events per CPU-second, ${whole.decisions} decisions\n`,
  );
}
