import { causeKindsOfBlock, tripReasons } from '../../domain/governor.ts';
import { Counter, Gauge, type Registry } from 'prom-client';
import { actions, degradations, modes, scoreHolds } from '../../domain/decision.ts';
import {
  eventTypes,
  labels as labelValues,
  labelSources,
  lenientMembers,
  readableMembers,
} from '../../domain/event.ts';
import { failureCatalogue } from '../../domain/failure-catalogue.ts';
import { groupActions } from '../../domain/group-verdict.ts';
import { heldSteps } from '../../domain/hold.ts';
import { entityKinds } from '../../features/state.ts';
import { misplacements, steps, type HistoryReading } from '../../telemetry.ts';
import {
  batchRecordsBounds,
  endToEndSecondsBounds,
  rebalanceSecondsBounds,
  scoreBounds,
  stepSecondsBounds,
} from './bucket-bounds.ts';
import { registerHistogram, registerHistogramBy } from './histogram-family.ts';
import { registerHistory } from './history-metrics.ts';

/** What is asked when Prometheus asks, and not told by events. */
export interface Readings {
  /** Of Winnow, as in package.json. */
  readonly version: string;
  /** As `/readyz` says. */
  ready(): boolean;
  /** Entities that the store holds. */
  storeEntities(): number;
  /** What a history in this process takes and forgets; undefined where it is elsewhere. */
  history(): HistoryReading | undefined;
  /** Of each rule of the policy in force, how often it could not be answered since it was loaded. */
  unansweredRules(): readonly UnansweredRule[];
}

export interface UnansweredRule {
  readonly rule: string;
  /** A member that the condition reads was not there, or the condition itself failed. */
  readonly cause: 'absent' | 'error';
  readonly count: number;
}

export type Metrics = ReturnType<typeof registerMetrics>;

/** Codes that a dead letter can carry: those of the wire. */
const deadLetterCodes = Object.keys(failureCatalogue).filter((code) => code.startsWith('EVENT_'));
const panelRoles = ['canary', 'challenger'] as const;
const notKnownBeforehand: readonly string[] = [];

/**
 * Declares every metric on `registry`. Names are `winnow_<name>_<unit>[_total]` in base units; every label is a bounded set,
 * and counters whose labels are known beforehand start at 0, so that alerts see the first increase. No counter repeats the
 * `_count` of a histogram: batches, records (by `winnow_batch_records_sum`) and scores are counted by theirs.
 */
export function registerMetrics(registry: Registry, readings: Readings) {
  const registers = [registry];
  const counter = <L extends string = never>(name: string, help: string, labels?: Record<L, readonly string[]>) => {
    const labelNames = Object.keys(labels ?? {}) as L[];
    const metric = new Counter<L>({ name, help, labelNames, registers });
    for (const each of combinations<L>(labels ?? {})) metric.inc(each, 0);
    return metric;
  };
  const gauge = <L extends string = never>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });

  registerReadings(registry, readings);
  const holding = gauge(
    'winnow_holding',
    'Partitions that wait now, for the store or at an output; for the source 1 while it has no group, else 0.',
    'step',
  );
  for (const step of heldSteps) holding.set({ step }, 0);

  return {
    events: counter('winnow_events_total', 'Events decoded.', { type: eventTypes }),
    decisions: counter('winnow_decisions_total', 'Decisions delivered.', { action: actions, mode: modes }),
    silent: counter('winnow_silent_total', 'Events after which there was nothing to say.'),
    alreadyDelivered: counter(
      'winnow_records_already_delivered_total',
      'Records that had been delivered before and came again: nothing was sent for them.',
    ),
    deadLetters: counter('winnow_dead_letters_total', 'Dead letters delivered: records that are no valid event.', {
      code: deadLetterCodes,
    }),
    membersMalformed: counter(
      'winnow_members_malformed_total',
      'Events of which a member was cut to its bound, or taken as missing since it is not as the contract says.',
      { member: lenientMembers },
    ),
    membersUnreadable: counter(
      'winnow_members_unreadable_total',
      'Events of which a member is as the contract says and could not be read, such as an address that is none.',
      { member: readableMembers },
    ),
    recordsMisplaced: counter(
      'winnow_records_misplaced_total',
      'Events whose record has no key, or another key than their account: decided, but out of their order.',
      { reason: misplacements },
    ),
    observationsSkipped: counter(
      'winnow_observations_skipped_total',
      'Observations read but not added to history: they had been before, or are outside the times that it still takes.',
      { reason: ['replayed', 'duplicate', 'outside'] },
    ),
    pastEvents: counter(
      'winnow_past_events_total',
      'Events of before events.decideFrom: they fill history and are not decided.',
    ),
    standingsExpired: counter(
      'winnow_standings_expired_total',
      'Standing actions that a weaker one replaced because their time was over, and that no person had looked at.',
      { action: actions.slice(1) },
    ),
    standingsOverturned: counter(
      'winnow_standings_overturned_total',
      'Standing actions of machines that people weakened, by action.',
      { action: actions.slice(1) },
    ),
    labels: counter('winnow_labels_total', 'Labels decoded, by who gave them and what they say.', {
      by: labelSources,
      label: labelValues,
    }),
    segmentEvents: counter(
      'winnow_segment_events_total',
      'Events by segment of the platform; an event is in several.',
      {
        segment: notKnownBeforehand,
      },
    ),
    segmentBlocks: counter('winnow_segment_blocks_total', 'Blocks delivered, by the segments of their events.', {
      segment: notKnownBeforehand,
    }),
    ruleFired: counter('winnow_rule_fired_total', 'Times that a rule of the policy in force fired.', {
      rule: notKnownBeforehand,
      mode: modes,
    }),
    governorTrips: counter('winnow_governor_trips_total', 'Times that a cause blocked more than it may.', {
      kind: causeKindsOfBlock,
      reason: tripReasons,
    }),
    staleRecords: counter('winnow_stale_records_total', 'Records fetched and dropped: their partition had moved on.'),
    commitFailures: counter('winnow_commit_failures_total', 'Commits of offsets that failed.'),
    commitAge: gauge(
      'winnow_commit_age_seconds',
      'For how long something has waited to be committed; 0 when nothing does.',
    ),
    holds: counter('winnow_holds_total', 'Times that a hold began.', { step: heldSteps }),
    holding,
    partitionHeld: gauge(
      'winnow_partition_held',
      '1 for a partition that waits by itself, and for what; else there is no series.',
      'topic',
      'partition',
      'step',
    ),
    recordsLost: counter('winnow_lost_records_total', 'Records that were deleted before they were read.', {
      topic: notKnownBeforehand,
    }),
    partitionsRemade: counter(
      'winnow_partitions_remade_total',
      'Times that a partition went on before where it was: its topic was made anew, or lost its end.',
      { topic: notKnownBeforehand },
    ),
    degradedBatches: counter('winnow_degraded_batches_total', 'Batches decided while a part was missing.', {
      part: degradations,
    }),
    modelLoads: counter(
      'winnow_model_loads_total',
      'Bundles tried: loaded, refused by their checks, or fallen back to after failures.',
      { result: ['loaded', 'refused', 'fell_back'] },
    ),
    modelFailures: counter(
      'winnow_model_failures_total',
      'Calls of the model that threw, timed out or gave no number.',
    ),
    registryLooks: counter('winnow_registry_looks_total', 'Times the registry of models was looked at.', {
      result: ['ok', 'failed'],
    }),
    normsLoads: counter('winnow_norms_loads_total', 'Files of norms tried.', { result: ['loaded', 'refused'] }),
    listEntriesRefused: counter('winnow_list_entries_refused_total', 'Records of the lists that were refused.'),
    listHits: counter('winnow_list_hits_total', 'Events that were found on a list.', { list: notKnownBeforehand }),
    groupVerdicts: counter(
      'winnow_group_verdicts_total',
      'Accounts that their group was found to say something of, by what it asks for.',
      { action: groupActions, mode: modes },
    ),
    groupsFormed: counter(
      'winnow_groups_formed_total',
      'Groups of accounts that asked for something for the first time.',
      {
        mode: modes,
      },
    ),
    restrained: counter('winnow_decisions_restrained_total', 'Decisions that something held back, by what.', {
      by: [
        ...scoreHolds,
        'degraded',
        'one-group',
        'group',
        'protection',
        'kill-switch',
        'governor',
        'hold-out',
        'list',
      ],
    }),
    panelMembers: gauge(
      'winnow_panel_share',
      'Share of accounts of each model that sits beside the champion; 0 for one that is only watched.',
      'role',
      'name',
      'version',
    ),
    panelEvents: counter(
      'winnow_panel_events_total',
      'Events that a model beside the champion scored too, by what the score of the champion asks for and what its own does.',
      { role: panelRoles, champion: actions, own: actions },
    ),
    panelSkipped: counter(
      'winnow_panel_skipped_total',
      'Events that a challenger was not asked about, since its time for the batch was over.',
    ),
    panelShift: counter(
      'winnow_panel_score_shift_total',
      'Sum of what its score is above the champion’s, and below it, on the same events.',
      { role: panelRoles, direction: ['above', 'below'] },
    ),
    panelSeconds: counter('winnow_panel_seconds_total', 'Time that models beside the champion took.', {
      role: panelRoles,
    }),
    panelFailures: counter('winnow_panel_failures_total', 'Batches in which a model beside the champion failed.', {
      role: panelRoles,
    }),
    canaryWithdrawals: counter('winnow_canary_withdrawals_total', 'Canaries that were withdrawn by a rule.'),
    shadowDropped: counter(
      'winnow_shadow_dropped_total',
      'Decisions of challengers that were not sent: their topic did not take them in time.',
    ),
    policyLoads: counter('winnow_policy_loads_total', 'Policy documents tried.', { result: ['loaded', 'refused'] }),

    snapshots: counter(
      'winnow_snapshots_total',
      'Snapshots of the history: restored at the start, written, or failed (refused, or not to be written).',
      { result: ['restored', 'written', 'failed'] },
    ),
    snapshotTime: gauge('winnow_snapshot_timestamp_seconds', 'When the last snapshot was written; 0 before the first.'),
    snapshotBytes: gauge('winnow_snapshot_bytes', 'Size of the last snapshot that was written.'),
    snapshotDuration: gauge('winnow_snapshot_duration_seconds', 'What the last snapshot took that was written.'),

    historyDamaged: counter(
      'winnow_history_damaged_total',
      'Values of a history in Valkey that Winnow cannot have written: read as new, and replaced.',
      { kind: [...entityKinds, 'watermarks'] },
    ),
    historyLost: counter(
      'winnow_history_lost_total',
      'Times that history turned out to be gone: emptied under way, or a partition that the group has read is unknown to it.',
      { found: ['emptied', 'unknown_partition'] },
    ),

    lag: gauge(
      'winnow_consumer_lag_records',
      'Records between this member and the end of a partition that it owns.',
      'topic',
      'partition',
    ),
    members: gauge('winnow_group_members', 'Members of the group, as this one saw it at its last assignment.'),
    modelInfo: gauge('winnow_model_info', 'Always 1; the labels name the champion.', 'name', 'version', 'sha256'),
    normsInfo: gauge('winnow_norms_info', 'Always 1; the label names the norms of this platform.', 'version'),
    listEntries: gauge('winnow_list_entries', 'Entries of each list, expired ones too.', 'list'),
    ordersAway: gauge('winnow_orders_away', "1 while people's orders cannot be read; those that are known hold on."),
    listsAway: gauge('winnow_lists_away', '1 while the lists cannot be read; those that are known hold on.'),
    drift: gauge(
      'winnow_drift',
      'Population stability index of a feature, or of the score, against the norms, in the last window.',
      'feature',
    ),
    driftFar: gauge('winnow_drift_far_share', 'Share of the features that are far from the norms, 0 to 1.'),
    normsGatheredEvents: gauge(
      'winnow_norms_gathered_events',
      'Events of which this member has gathered what is usual here, since it began anew.',
    ),
    normsGatheredSpan: gauge('winnow_norms_gathered_seconds', 'Time from the first of these events to the last.'),
    normsOffered: gauge('winnow_norms_offered', '1 once it was enough to be adopted as norms.'),
    scoreHeld: gauge('winnow_score_held', 'Whether the score alone may not block at all, by why.', 'by'),
    governorTripped: gauge(
      'winnow_governor_tripped',
      'Causes that this member holds since they blocked too many, each in each segment.',
    ),
    killSwitch: gauge('winnow_kill_switch', 'Whether a person has ordered that nothing blocks by itself.'),
    policyInfo: gauge('winnow_policy_info', 'Always 1; the label names the policy in force.', 'version'),
    state: gauge('winnow_state', 'Always 1; the label names the state of the lifecycle.', 'state'),

    endToEnd: registerHistogram(registry, {
      name: 'winnow_end_to_end_latency_seconds',
      help: "From a record's timestamp to the acknowledgement of what became of it.",
      bounds: endToEndSecondsBounds,
    }),
    rebalanceDuration: registerHistogram(registry, {
      name: 'winnow_rebalance_duration_seconds',
      help: 'From when this member heard that it must join its group, to its partitions.',
      bounds: rebalanceSecondsBounds,
    }),
    batchRecords: registerHistogram(registry, {
      name: 'winnow_batch_records',
      help: 'Records of a batch.',
      bounds: batchRecordsBounds,
    }),
    scores: registerHistogram(registry, {
      name: 'winnow_score',
      help: 'Scores that the model gave, 0 (genuine) to 1 (fake).',
      bounds: scoreBounds,
    }),
    stepDuration: registerHistogramBy(
      registry,
      { name: 'winnow_step_duration_seconds', help: 'One step of one batch.', bounds: stepSecondsBounds },
      'step',
      steps,
    ),
  };
}

/** Gauges that are read when they are asked for. */
function registerReadings(registry: Registry, readings: Readings): void {
  const registers = [registry];
  const read = (name: string, help: string, reading: () => number): void => {
    const metric: Gauge = new Gauge({ name, help, registers, collect: () => metric.set(reading()) });
  };
  read('winnow_ready', '1 when this member takes events, 0 when not, as /readyz says.', () => Number(readings.ready()));
  read('winnow_store_entities', 'Entities that the feature store holds.', () => readings.storeEntities());
  registerHistory(registry, () => readings.history());
  const unanswered: Counter<'rule' | 'cause'> = new Counter({
    name: 'winnow_rule_unanswered_total',
    help: 'Times that a rule of the policy in force could not be answered, and so did not fire.',
    labelNames: ['rule', 'cause'],
    registers,
    collect: () => {
      unanswered.reset();
      for (const { rule, cause, count } of readings.unansweredRules()) unanswered.inc({ rule, cause }, count);
    },
  });
  new Gauge({
    name: 'winnow_build_info',
    help: 'Always 1; the labels say what is running.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: readings.version, node: process.versions.node }, 1);
}

/** Every choice of one value per label: `{a: [1, 2], b: [3]}` gives a=1 b=3 and a=2 b=3. */
function combinations<L extends string>(labels: Partial<Record<L, readonly string[]>>): Partial<Record<L, string>>[] {
  const entries = Object.entries(labels) as [L, readonly string[]][];
  return entries.reduce<Partial<Record<L, string>>[]>(
    (chosen, [label, values]) => chosen.flatMap((each) => values.map((value) => ({ ...each, [label]: value }))),
    [{}],
  );
}
