import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Skip } from '../../servers/unavailable.ts';
import { outcomeOf, type Outcome } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import { malformed } from './support/malformed.ts';
import type { Metrics } from './support/metrics.ts';
import { Scene, type StoredRecord } from './support/scene.ts';
import { mixed, simulatedEvents } from './support/stream.ts';

const partitions = 4;
const valid = simulatedEvents(25, 3_000);
const cases = malformed(Date.now());
const invalid = cases.map(({ message }) => message);
const stream = mixed(valid, invalid, 50);

interface Run extends Outcome {
  readonly metrics: Metrics;
}
let running: Promise<Run> | undefined;

function handled(context: Skip): Promise<Run> {
  return (running ??= handle(context));
}

/** Configured by a file, and writing only what changes, as most installations do. */
async function handle(context: Skip): Promise<Run> {
  const scene = await Scene.create(context, { partitions: { events: partitions } });
  const file = join(await temporaryDirectory(), 'winnow.yaml');
  await writeFile(file, 'decisions:\n  emit: [challenge, review, block]\nbatch:\n  recordsMax: 64\n');
  await scene.write(stream);
  const processor = await scene.run({ WINNOW_DECISIONS_EMIT: '' }, ['--config', file]).ready();
  await scene.drained(processor);
  const lag = async (): Promise<number> => (await processor.metrics()).sum('winnow_consumer_lag_records');
  await processor.until(async () => (await lag()) === 0, 'the lag is gone');
  const metrics = await processor.metrics();
  await processor.end('SIGTERM');
  return { ...(await outcomeOf(scene)), metrics };
}

/** How many of them say what, by what they say. */
function counted<T>(all: readonly T[], said: (one: T) => string): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(all, said)].map(([name, own]) => [name, own.length]));
}

/** Series that are at 0 say the same as none. */
function positive(series: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(series).filter(([, value]) => value > 0));
}

const typeOf = ({ value }: StoredRecord): string => (JSON.parse(String(value)) as { type: string }).type;
const isValid = ({ headers }: StoredRecord): boolean => !('case' in headers);

describe('the metrics of a processor that has got through a stream', () => {
  it('count each event by its type', async (context) => {
    const { metrics, events } = await handled(context);
    expect(positive(metrics.by('winnow_events_total', 'type'))).toEqual(counted(events.filter(isValid), typeOf));
  });

  it('count each decision by its action, and the events after which there was nothing to say', async (context) => {
    const { metrics, decisions } = await handled(context);
    const enforced = Object.fromEntries(
      ['allow', 'challenge', 'review', 'block'].map((action) => [
        action,
        metrics.sum('winnow_decisions_total', { action, mode: 'enforce' }),
      ]),
    );
    expect(decisions.length).toBeGreaterThan(0);
    expect(positive(enforced)).toEqual(counted(decisions, ({ decision }) => decision.data.action));
    expect(metrics.sum('winnow_silent_total')).toBe(valid.length - decisions.length);
  });

  it('count each dead letter by its code', async (context) => {
    const { metrics, deadLetters } = await handled(context);
    expect(positive(metrics.by('winnow_dead_letters_total', 'code'))).toEqual(
      counted(deadLetters, ({ headers }) => String(headers['error-code'])),
    );
  });

  it('count each record once in batches, scores and latencies', async (context) => {
    const { metrics } = await handled(context);
    expect(metrics.sum('winnow_batch_records_sum')).toBe(stream.length);
    expect(metrics.sum('winnow_end_to_end_latency_seconds_count')).toBe(stream.length);
    expect(metrics.sum('winnow_score_count')).toBe(valid.length);
    const batches = metrics.sum('winnow_batch_records_count');
    for (const step of ['decode', 'enrich', 'observe', 'extract', 'score', 'decide', 'send', 'settle'])
      expect(metrics.sum('winnow_step_duration_seconds_count', { step })).toBe(batches);
  });

  it('show a lag of 0 for each partition', async (context) => {
    const { metrics } = await handled(context);
    expect(metrics.by('winnow_consumer_lag_records', 'partition')).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0 });
  });

  it('count the one time that it joined its group, and how long that took', async (context) => {
    const { metrics } = await handled(context);
    expect(metrics.sum('winnow_rebalance_duration_seconds_count')).toBe(1);
    expect(metrics.sum('winnow_rebalance_duration_seconds_sum')).toBeGreaterThan(0);
  });

  it('name the state, the model and the policy, and count what was skipped, held or refused as 0', async (context) => {
    const { metrics, decisions } = await handled(context);
    const { model, policy } = decisions[0]!.decision.data;
    expect(metrics.labels('winnow_state')).toEqual([{ state: 'ready' }]);
    expect(metrics.sum('winnow_ready')).toBe(1);
    expect(metrics.labels('winnow_model_info')).toMatchObject([{ name: model.name, version: model.version }]);
    expect(metrics.labels('winnow_policy_info')).toEqual([{ version: policy.version }]);
    expect(metrics.sum('winnow_store_entities')).toBeGreaterThan(0);
    for (const name of [
      'winnow_observations_skipped_total',
      'winnow_stale_records_total',
      'winnow_holds_total',
      'winnow_holding',
      'winnow_degraded_batches_total',
      'winnow_model_failures_total',
    ])
      expect({ name, value: metrics.sum(name) }).toEqual({ name, value: 0 });
  });
});
