import { describe, expect, it } from 'vitest';
import type { MetricSamples } from '../../../../src/adapters/prometheus/exposition.ts';
import { gaugeMergings, MergedMetrics, mergingOf } from '../../../../src/adapters/prometheus/merging.ts';
import { supervisorMetrics } from '../../../../src/adapters/prometheus/supervisor-metrics.ts';
import { PrometheusTelemetry } from '../../../../src/adapters/prometheus/telemetry.ts';
import { batchReport } from './batch-report.ts';
import { samplesOf } from './samples.ts';

const readings = {
  version: '1.2.3',
  ready: () => true,
  storeEntities: () => 5,
  history: () => undefined,
  unansweredRules: () => [{ rule: 'a', cause: 'absent' as const, count: 2 }],
};

const worker = (): PrometheusTelemetry => new PrometheusTelemetry(readings);
const supervisor = supervisorMetrics({ workers: 2, running: () => 2, restarts: () => 1 });

/** The samples of workers 1, 2 and so on, merged. */
async function mergedOf(...workers: readonly PrometheusTelemetry[]): Promise<Map<string, number>> {
  const merged = new MergedMetrics();
  for (const [index, each] of workers.entries()) merged.take(index + 1, await each.samples());
  return samplesOf(merged.text(await supervisor()));
}

describe('the table of gauges', () => {
  it('says of each gauge what becomes of it among several workers', async () => {
    const all = [...(await worker().samples()), ...(await supervisor())];
    const gauges = all.filter(({ name, type }) => type === 'gauge' && !/^(process|nodejs)_/.test(name));
    // The supervisor has some of them too.
    const names = new Set(gauges.map(({ name }) => name));
    expect(Object.keys(gaugeMergings).toSorted()).toEqual([...names].toSorted());
  });
});

describe('metrics of several workers', () => {
  it('are of each kind merged as the kind demands', async () => {
    const [one, other] = [worker(), worker()];
    const partition = { topic: 'events', partition: 1 };
    for (const [member, lag, waitingMs] of [
      [one, 10, 1_000],
      [other, 4, 7_000],
    ] as const) {
      member.partitionsAssigned([partition]);
      member.lagMeasured('events', 1, lag);
      member.commitWaited(waitingMs);
      member.batchDone(batchReport({ records: 100, silent: 30, endToEndMs: Float64Array.of(5, 5) }));
    }
    one.stateChanged('starting', 'ready');
    other.stateChanged('ready', 'holding');
    const samples = await mergedOf(one, other);
    const value = (series: string): number | undefined => samples.get(series);

    expect(value('winnow_silent_total')).toBe(60);
    expect(value('winnow_batch_records_sum')).toBe(200);
    expect(value('winnow_batch_records_bucket{le="+Inf"}')).toBe(2);
    expect(value('winnow_end_to_end_latency_seconds_count')).toBe(4);
    expect(value('winnow_commit_age_seconds')).toBe(7);
    expect(value('winnow_consumer_lag_records{topic="events",partition="1"}')).toBe(10);
    expect(value('winnow_ready')).toBe(1);
    expect(value('winnow_state{state="ready",worker="1"}')).toBe(1);
    expect(value('winnow_state{state="holding",worker="2"}')).toBe(1);
    expect(value('winnow_rule_unanswered_total{rule="a",cause="absent",worker="2"}')).toBe(2);
    expect(value('winnow_workers')).toBe(2);
    expect(value('winnow_worker_restarts_total')).toBe(1);
    const memory = [...samples.keys()].filter((series) => series.startsWith('process_resident_memory_bytes'));
    expect(memory).toEqual(['1', '2', 'supervisor'].map((each) => `process_resident_memory_bytes{worker="${each}"}`));
  });

  it('are not ready when one is not', async () => {
    const samples = await mergedOf(worker(), new PrometheusTelemetry({ ...readings, ready: () => false }));
    expect(samples.get('winnow_ready')).toBe(0);
  });

  it('of which some are missing in one worker are those of the others', async () => {
    const [one, other] = [worker(), worker()];
    one.listsChanged(new Map([['blocked', 3]]));
    expect((await mergedOf(one, other)).get('winnow_list_entries{list="blocked"}')).toBe(3);
  });
});

const silent = (value: number): MetricSamples[] => [
  { name: 'winnow_silent_total', help: 'Silent.', type: 'counter', values: [{ value, labels: {} }] },
  { name: 'winnow_holding', help: 'Held.', type: 'gauge', values: [{ value: 1, labels: { step: 'send' } }] },
];

describe('a sum over workers', () => {
  const merged = new MergedMetrics();
  const total = async (): Promise<number> => samplesOf(merged.text([])).get('winnow_silent_total')!;

  it('never shrinks, though workers end and their successors begin at 0', async () => {
    const course = [];
    merged.take(1, silent(1_000));
    merged.take(2, silent(500));
    course.push(await total());
    merged.ended(1);
    course.push(await total());
    merged.take(1, silent(0));
    merged.take(2, silent(600));
    course.push(await total());
    merged.take(1, silent(70));
    merged.ended(1);
    merged.ended(2);
    course.push(await total());
    expect(course).toEqual([1_500, 1_500, 1_600, 1_670]);
  });

  it('has nothing of what an ended worker only measured', async () => {
    expect(samplesOf(merged.text([])).has('winnow_holding{step="send"}')).toBe(false);
  });
});

describe('counters that begin anew under way', () => {
  it('keep a series for each worker', () => {
    expect(mergingOf({ name: 'winnow_rule_fired_total', type: 'counter' })).toBe('each');
    expect(mergingOf({ name: 'winnow_decisions_total', type: 'counter' })).toBe('sum');
  });
});
