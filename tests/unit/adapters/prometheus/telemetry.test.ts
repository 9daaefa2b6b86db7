import { describe, expect, it } from 'vitest';
import type { UnansweredRule } from '../../../../src/adapters/prometheus/metrics.ts';
import { PrometheusTelemetry } from '../../../../src/adapters/prometheus/telemetry.ts';
import { eventTypes } from '../../../../src/domain/event.ts';
import type { Failure } from '../../../../src/domain/failure.ts';
import { limits } from '../../../../src/domain/limits.ts';
import { batchReport } from './batch-report.ts';
import { samplesOf } from './samples.ts';

const failure: Failure = { code: 'STORE_UNAVAILABLE', message: 'No answer.' };
const sha256 = '0123456789abcdef'.repeat(4);

/** Samples after `tell` was told. */
async function samplesAfter(tell: (telemetry: PrometheusTelemetry) => void): Promise<Map<string, number>> {
  const telemetry = newTelemetry();
  tell(telemetry);
  return samplesOf(await telemetry.text());
}

function newTelemetry(): PrometheusTelemetry {
  return new PrometheusTelemetry({
    version: '1.2.3',
    ready: () => true,
    storeEntities: () => 42,
    history: () => undefined,
    unansweredRules: () => [],
  });
}

const snapshot = { entities: 7, bytes: 5_000, tookMs: 1_500 };
const snapshots = (result: string): string => `winnow_snapshots_total{result="${result}"}`;

const seriesOf = (samples: Map<string, number>, name: string): string[] =>
  [...samples.keys()].filter((series) => series.startsWith(`${name}{`));

describe('PrometheusTelemetry before the first batch', () => {
  it.each([
    'winnow_events_total{type="account.signup"}',
    'winnow_decisions_total{action="block",mode="enforce"}',
    'winnow_silent_total',
    'winnow_dead_letters_total{code="EVENT_NOT_JSON"}',
    'winnow_observations_skipped_total{reason="replayed"}',
    'winnow_observations_skipped_total{reason="duplicate"}',
    'winnow_end_to_end_latency_seconds_count',
    'winnow_step_duration_seconds_count{step="score"}',
    'winnow_batch_records_sum',
    'winnow_score_count',
    'winnow_stale_records_total',
    'winnow_commit_failures_total',
    'winnow_commit_age_seconds',
    'winnow_holds_total{step="store"}',
    'winnow_holding{step="deadLetter"}',
    'winnow_degraded_batches_total{part="model"}',
    'winnow_model_loads_total{result="refused"}',
    'winnow_model_failures_total',
    'winnow_policy_loads_total{result="loaded"}',
  ])('has %s at 0', async (series) => {
    expect((await samplesAfter(() => {})).get(series)).toBe(0);
  });

  it('counts groups that form, and what those that are only watched would ask for', async () => {
    const samples = await samplesAfter((telemetry) => {
      telemetry.groupsFound({ mode: 'shadow', formed: 2, accounts: { block: 9, allow: 1 } });
      // What acts is counted with the report of its batch, once it is on its way.
      telemetry.groupsFound({ mode: 'enforce', formed: 1, accounts: { block: 9 } });
      telemetry.batchDone({ ...batchReport(), verdicts: { block: 8 } });
    });
    expect(samples.get('winnow_groups_formed_total{mode="shadow"}')).toBe(2);
    expect(samples.get('winnow_groups_formed_total{mode="enforce"}')).toBe(1);
    expect(samples.get('winnow_group_verdicts_total{action="block",mode="shadow"}')).toBe(9);
    expect(samples.get('winnow_group_verdicts_total{action="allow",mode="shadow"}')).toBe(1);
    expect(samples.get('winnow_group_verdicts_total{action="block",mode="enforce"}')).toBe(8);
  });

  it('names the partition that waits by itself, and for what, until it goes on', async () => {
    const places = [3, 5].map((partition) => ({ step: 'send' as const, topic: 't', partition }));
    const samples = await samplesAfter((telemetry) => {
      for (const place of places) telemetry.held('send', null, 1, 100, place);
      telemetry.released('send', 100, places[0]);
      telemetry.held('consume', null, 1, 100, { step: 'consume' });
    });
    expect(seriesOf(samples, 'winnow_partition_held')).toEqual([
      'winnow_partition_held{topic="t",partition="5",step="send"}',
    ]);
    expect(samples.get('winnow_holding{step="send"}')).toBe(1);
  });

  it('says at once of the topics that it reads that nothing was lost, so that an alert sees the first loss', async () => {
    const samples = await samplesAfter((telemetry) => telemetry.partitionsAssigned([{ topic: 't', partition: 0 }]));
    expect(samples.get('winnow_lost_records_total{topic="t"}')).toBe(0);
    expect(samples.get('winnow_partitions_remade_total{topic="t"}')).toBe(0);
  });

  it('counts rebalances by the time that they took', async () => {
    const samples = await samplesAfter((telemetry) => telemetry.rebalanced(2_500));
    expect(samples.get('winnow_rebalance_duration_seconds_bucket{le="1"}')).toBe(0);
    expect(samples.get('winnow_rebalance_duration_seconds_bucket{le="3"}')).toBe(1);
    expect(samples.get('winnow_rebalance_duration_seconds_sum')).toBe(2.5);
  });

  it('has a series for every event type', async () => {
    expect(seriesOf(await samplesAfter(() => {}), 'winnow_events_total')).toHaveLength(eventTypes.length);
  });

  it.each([
    ['winnow_ready', 1],
    ['winnow_store_entities', 42],
    [`winnow_build_info{version="1.2.3",node="${process.versions.node}"}`, 1],
  ])('reads %s when it is asked', async (series, value) => {
    expect((await samplesAfter(() => {})).get(series)).toBe(value);
  });

  it('reads how often rules could not be answered, and begins anew with another policy', async () => {
    let unanswered: readonly UnansweredRule[] = [
      { rule: 'bulk-signup', cause: 'absent', count: 3 },
      { rule: 'bulk-signup', cause: 'error', count: 0 },
    ];
    const telemetry = new PrometheusTelemetry({
      version: '1',
      ready: () => true,
      storeEntities: () => 0,
      history: () => undefined,
      unansweredRules: () => unanswered,
    });
    const read = async () =>
      seriesOf(samplesOf(await telemetry.text()), 'winnow_rule_unanswered_total').map((series) => series.slice(29));
    expect(await read()).toEqual(['rule="bulk-signup",cause="absent"}', 'rule="bulk-signup",cause="error"}']);
    unanswered = [{ rule: 'other', cause: 'error', count: 1 }];
    expect(await read()).toEqual(['rule="other",cause="error"}']);
    expect(samplesOf(await telemetry.text()).get('winnow_rule_unanswered_total{rule="other",cause="error"}')).toBe(1);
  });

  it('has process and event-loop metrics, and none that promtool refuses', async () => {
    const samples = await samplesAfter(() => {});
    expect(samples.has('process_cpu_seconds_total')).toBe(true);
    expect(samples.has('winnow_event_loop_delay_p99_seconds')).toBe(true);
    expect([...samples.keys()].filter((series) => series.includes('eventloop_lag'))).toEqual([]);
    expect(samples.has('nodejs_active_handles_total')).toBe(false);
  });

  it('keeps its registry to itself: a second one can stand beside it', async () => {
    const first = new PrometheusTelemetry({
      version: '1',
      ready: () => true,
      storeEntities: () => 0,
      history: () => undefined,
      unansweredRules: () => [],
    });
    first.batchDone(batchReport({ silent: 1 }));
    expect((await samplesAfter(() => {})).get('winnow_silent_total')).toBe(0);
  });
});

describe('PrometheusTelemetry.batchDone', () => {
  const report = batchReport({
    records: 5,
    eventsByType: { 'account.signup': 3, 'account.login': 1 },
    decisions: [{ action: 'block', mode: 'enforce', count: 2 }],
    silent: 2,
    deadLetters: { EVENT_NOT_JSON: 1 },
    malformedMembers: { 'context.user_agent': 2 },
    unreadableMembers: { phone: 1 },
    misplaced: { no_key: 3 },
    overturned: { block: 2 },
    labels: [{ by: 'appeal', label: 'genuine', count: 3 }],
    segments: [{ segment: 'KZ', events: 4, blocks: 0 }],
    replayed: 4,
    duplicates: 6,
    outside: 2,
    past: 3,
    rules: [{ id: 'bulk-signup', mode: 'shadow', count: 2 }],
    scores: Float32Array.of(0.2, 0.5),
    degraded: ['store'],
    stepMs: [1, 1, 2, 3, 40, 5, 6, 7],
    endToEndMs: Float64Array.of(3, 30, 300),
  });

  it.each([
    ['winnow_events_total{type="account.signup"}', 6],
    ['winnow_observations_skipped_total{reason="outside"}', 4],
    ['winnow_past_events_total', 6],
    ['winnow_decisions_total{action="block",mode="enforce"}', 4],
    ['winnow_members_malformed_total{member="context.user_agent"}', 4],
    ['winnow_members_malformed_total{member="context.ip"}', 0],
    ['winnow_members_unreadable_total{member="phone"}', 2],
    ['winnow_records_misplaced_total{reason="no_key"}', 6],
    ['winnow_records_misplaced_total{reason="other_key"}', 0],
    ['winnow_standings_overturned_total{action="block"}', 4],
    ['winnow_labels_total{by="appeal",label="genuine"}', 6],
    ['winnow_labels_total{by="review",label="fake"}', 0],
    ['winnow_segment_events_total{segment="KZ"}', 8],
    ['winnow_segment_blocks_total{segment="KZ"}', 0],
    ['winnow_silent_total', 4],
    ['winnow_dead_letters_total{code="EVENT_NOT_JSON"}', 2],
    ['winnow_observations_skipped_total{reason="replayed"}', 8],
    ['winnow_observations_skipped_total{reason="duplicate"}', 12],
    ['winnow_rule_fired_total{rule="bulk-signup",mode="shadow"}', 4],
    ['winnow_degraded_batches_total{part="store"}', 2],
    ['winnow_batch_records_sum', 10],
    ['winnow_batch_records_count', 2],
    ['winnow_batch_records_bucket{le="4"}', 0],
    ['winnow_batch_records_bucket{le="8"}', 2],
    ['winnow_score_count', 4],
    ['winnow_score_bucket{le="0.15"}', 0],
    ['winnow_score_bucket{le="0.25"}', 2],
    ['winnow_end_to_end_latency_seconds_bucket{le="0.004"}', 2],
    ['winnow_end_to_end_latency_seconds_bucket{le="0.03"}', 4],
    ['winnow_end_to_end_latency_seconds_count', 6],
    ['winnow_step_duration_seconds_sum{step="score"}', 0.08],
    ['winnow_step_duration_seconds_count{step="settle"}', 2],
  ])('adds up to %s after two batches', async (series, value) => {
    const samples = await samplesAfter((telemetry) => {
      telemetry.batchDone(report);
      telemetry.batchDone(report);
    });
    expect(samples.get(series)).toBeCloseTo(value);
  });

  it('adds up over looks at it, and tells of a segment without blocks', async () => {
    const telemetry = newTelemetry();
    telemetry.batchDone(report);
    await telemetry.text();
    telemetry.batchDone(report);
    await telemetry.samples();
    const samples = samplesOf(await telemetry.text());
    expect(samples.get('winnow_segment_events_total{segment="KZ"}')).toBe(8);
    expect(samples.get('winnow_segment_blocks_total{segment="KZ"}')).toBe(0);
  });

  it('says why the score is held now', async () => {
    const telemetry = newTelemetry();
    for (const scoreHeldBy of ['drift', 'drift', 'uncalibrated', null, 'drift'] as const) {
      telemetry.batchDone(batchReport({ scoreHeldBy }));
      const samples = samplesOf(await telemetry.text());
      for (const by of ['drift', 'uncalibrated'])
        expect(samples.get(`winnow_score_held{by="${by}"}`)).toBe(by === scoreHeldBy ? 1 : 0);
    }
  });

  it('has at most rulesMax rules and one name for the rest', async () => {
    const rules = Array.from({ length: limits.rulesMax + 10 }, (_, index) => ({
      id: `rule-${index}`,
      mode: 'enforce' as const,
      count: 1,
    }));
    const samples = await samplesAfter((telemetry) => telemetry.batchDone(batchReport({ rules })));
    expect(seriesOf(samples, 'winnow_rule_fired_total')).toHaveLength(limits.rulesMax + 1);
    expect(samples.get('winnow_rule_fired_total{rule="other",mode="enforce"}')).toBe(10);
  });

  it('forgets the rules of a policy that is no longer in force', async () => {
    const samples = await samplesAfter((telemetry) => {
      telemetry.batchDone(batchReport({ rules: [{ id: 'former', mode: 'enforce', count: 1 }] }));
      telemetry.policyLoaded('8');
      telemetry.batchDone(batchReport({ rules: [{ id: 'present', mode: 'enforce', count: 1 }] }));
    });
    expect(seriesOf(samples, 'winnow_rule_fired_total')).toEqual([
      'winnow_rule_fired_total{rule="present",mode="enforce"}',
    ]);
  });
});

describe('PrometheusTelemetry lag', () => {
  const topic = 'account-events';

  it('is known per owned partition', async () => {
    const samples = await samplesAfter((telemetry) => {
      telemetry.partitionsAssigned([{ topic, partition: 3 }]);
      telemetry.lagMeasured(topic, 3, 17);
    });
    expect(samples.get(`winnow_consumer_lag_records{topic="${topic}",partition="3"}`)).toBe(17);
  });

  it('ends with the ownership and stays for what is kept', async () => {
    const samples = await samplesAfter((telemetry) => {
      telemetry.partitionsAssigned([
        { topic, partition: 0 },
        { topic, partition: 1 },
      ]);
      telemetry.lagMeasured(topic, 0, 5);
      telemetry.lagMeasured(topic, 1, 6);
      telemetry.partitionsAssigned([{ topic, partition: 1 }]);
    });
    expect(seriesOf(samples, 'winnow_consumer_lag_records')).toEqual([
      `winnow_consumer_lag_records{topic="${topic}",partition="1"}`,
    ]);
  });

  it('is not taken for a partition that is not owned', async () => {
    const samples = await samplesAfter((telemetry) => telemetry.lagMeasured(topic, 0, 5));
    expect(seriesOf(samples, 'winnow_consumer_lag_records')).toEqual([]);
  });
});

describe('PrometheusTelemetry events', () => {
  it.each<[string, (telemetry: PrometheusTelemetry) => void, string, number]>([
    ['a hold once, however often it is tried', holdThrice, 'winnow_holds_total{step="store"}', 1],
    ['a partition that is held', holdThrice, 'winnow_holding{step="store"}', 1],
    [
      'a partition that goes on',
      (telemetry) => {
        holdThrice(telemetry);
        telemetry.released('store');
      },
      'winnow_holding{step="store"}',
      0,
    ],
    [
      'each partition that is held at an output',
      (telemetry) => {
        for (let partition = 0; partition < 3; partition++) telemetry.held('send', failure, 1);
        telemetry.released('send');
      },
      'winnow_holding{step="send"}',
      2,
    ],
    [
      'each partition that waits for the store, however often it is tried anew',
      (telemetry) => {
        for (let partition = 0; partition < 3; partition++) telemetry.held('store', failure, 1);
        telemetry.held('store', failure, 2);
        telemetry.released('store');
      },
      'winnow_holding{step="store"}',
      2,
    ],
    [
      'what had been delivered before',
      (telemetry) => telemetry.batchDone(batchReport({ alreadyDelivered: 7 })),
      'winnow_records_already_delivered_total',
      7,
    ],
    ['members of the group', (telemetry) => telemetry.membersCounted(3), 'winnow_group_members', 3],
    ['a restored snapshot', (telemetry) => telemetry.snapshotRestored(), snapshots('restored'), 1],
    ['a written snapshot', (telemetry) => telemetry.snapshotWritten(snapshot), snapshots('written'), 1],
    ['a failed snapshot', (telemetry) => telemetry.snapshotFailed(), snapshots('failed'), 1],
    ['the bytes of a snapshot', (telemetry) => telemetry.snapshotWritten(snapshot), 'winnow_snapshot_bytes', 5_000],
    [
      'how long a snapshot took',
      (telemetry) => telemetry.snapshotWritten(snapshot),
      'winnow_snapshot_duration_seconds',
      1.5,
    ],
    [
      'damaged values',
      (telemetry) => telemetry.historyDamaged('platform', 2),
      'winnow_history_damaged_total{kind="platform"}',
      2,
    ],
    ['an emptied history', (telemetry) => telemetry.historyEmptied(), 'winnow_history_lost_total{found="emptied"}', 1],
    [
      'a partition that history does not know',
      (telemetry) => telemetry.historyUnknown(),
      'winnow_history_lost_total{found="unknown_partition"}',
      1,
    ],
    ['failed commits', (telemetry) => telemetry.commitFailed(), 'winnow_commit_failures_total', 1],
    ['the wait for a commit', (telemetry) => telemetry.commitWaited(2_500), 'winnow_commit_age_seconds', 2.5],
    [
      'a partition that stands',
      (telemetry) => telemetry.held('read', null, 1, 100, { step: 'read', topic: 't', partition: 3 }),
      'winnow_partition_held{topic="t",partition="3",step="read"}',
      1,
    ],
    [
      'records that are gone',
      (telemetry) => telemetry.recordsLost('t', 0, 5, 9),
      'winnow_lost_records_total{topic="t"}',
      4,
    ],
    [
      'a partition made anew',
      (telemetry) => telemetry.partitionRemade('t'),
      'winnow_partitions_remade_total{topic="t"}',
      1,
    ],
    ['stale records', (telemetry) => telemetry.staleBatchDropped('t', 0, 9), 'winnow_stale_records_total', 9],
    ['a refused bundle', (telemetry) => telemetry.modelRefused(), 'winnow_model_loads_total{result="refused"}', 1],
    ['a failed model', (telemetry) => telemetry.modelFailed(), 'winnow_model_failures_total', 1],
    [
      'a fall back',
      (telemetry) => telemetry.modelFellBack('starter', '1', 'ab12'.repeat(16)),
      'winnow_model_loads_total{result="fell_back"}',
      1,
    ],
    ['a refused policy', (telemetry) => telemetry.policyRefused(), 'winnow_policy_loads_total{result="refused"}', 1],
    [
      'a model by a short hash',
      (telemetry) => telemetry.modelLoaded('starter', '1', sha256),
      'winnow_model_info{name="starter",version="1",sha256="0123456789ab"}',
      1,
    ],
  ])('count %s', async (_case, tell, series, value) => {
    expect((await samplesAfter(tell)).get(series)).toBe(value);
  });

  it('say when the last snapshot was written', async () => {
    const before = Date.now() / 1_000;
    const samples = await samplesAfter((telemetry) => telemetry.snapshotWritten(snapshot));
    expect(samples.get('winnow_snapshot_timestamp_seconds')).toBeGreaterThanOrEqual(before);
    expect((await samplesAfter(() => {})).get('winnow_snapshot_timestamp_seconds')).toBe(0);
  });

  it.each<[string, (telemetry: PrometheusTelemetry) => void]>([
    ['winnow_model_info', (telemetry) => ['1', '2'].forEach((each) => telemetry.modelLoaded('starter', each, sha256))],
    ['winnow_policy_info', (telemetry) => ['1', '2'].forEach((each) => telemetry.policyLoaded(each))],
    ['winnow_state', (telemetry) => ['running', 'draining'].forEach((each) => telemetry.stateChanged('', each))],
  ])('leave one series of %s, the last', async (name, tell) => {
    const series = seriesOf(await samplesAfter(tell), name);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatch(/"2"|"draining"/);
  });
});

function holdThrice(telemetry: PrometheusTelemetry): void {
  for (const attempt of [1, 2, 3]) telemetry.held('store', failure, attempt);
}

it('what history forgets is told by kind and rank, with the age of what goes next, read anew each time', async () => {
  let count = 3;
  const telemetry = new PrometheusTelemetry({
    version: '1.2.3',
    ready: () => true,
    storeEntities: () => 0,
    unansweredRules: () => [],
    history: () => ({
      bytes: 900,
      bytesMax: 1_000,
      standings: { kept: 0, dropped: 0 },
      kinds: [
        { kind: 'ip', bytes: 700, evictions: [{ rank: 'once', count }], nextAgeMs: 90_000 },
        { kind: 'text', bytes: 0, evictions: [{ rank: 'once', count: 0 }], nextAgeMs: NaN },
      ],
    }),
  });
  await telemetry.text();
  count = 5;
  const samples = samplesOf(await telemetry.text());
  expect(samples.get('winnow_history_evictions_total{kind="ip",rank="once"}')).toBe(5);
  expect(samples.get('winnow_history_evictions_total{kind="text",rank="once"}')).toBe(0);
  expect(samples.get('winnow_history_next_eviction_age_seconds{kind="ip"}')).toBe(90);
  expect(samples.has('winnow_history_next_eviction_age_seconds{kind="text"}')).toBe(false);
  expect(samples.get('winnow_history_kind_bytes{kind="ip"}')).toBe(700);
  expect(samples.get('winnow_history_bytes')).toBe(900);
  expect(samples.get('winnow_history_bytes_max')).toBe(1_000);
});
