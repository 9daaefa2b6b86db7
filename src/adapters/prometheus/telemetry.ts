import { Registry } from 'prom-client';
import { actions, scoreHolds } from '../../domain/decision.ts';
import { limits } from '../../domain/limits.ts';
import {
  steps,
  type BatchReport,
  type DriftReport,
  type GatheredReport,
  type SnapshotReport,
  type Telemetry,
  type Comparison,
  type PanelMember,
  type GovernorTrip,
  type GroupsFound,
} from '../../telemetry.ts';
import { BoundedValues } from './bounded-values.ts';
import { samplesOf, textOfRegistry, type MetricSamples } from './exposition.ts';
import { registerMetrics, type Metrics, type Readings } from './metrics.ts';
import type { HoldPlace } from '../../domain/hold.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { registerUndecidedAges, UndecidedAges } from './undecided-ages.ts';

type HoldingStep = Parameters<Telemetry['held']>[0];

/** Segments are countries, of which there are fewer, kinds of operators and kinds of mail providers. */
const segmentsMax = 256;

const secondsPerDay = 86_400;

/** Digits of a hash that a label shows: enough to tell bundles apart, as git does. */
const sha256ShownDigits = 12;

/** Turns telemetry into metrics, on a registry of its own, and renders them in Prometheus' text format. */
export class PrometheusTelemetry implements Telemetry {
  readonly #registry = new Registry();
  readonly #metrics: Metrics;
  readonly #ruleIds = new BoundedValues(limits.rulesMax);
  readonly #segments = new BoundedValues(segmentsMax);
  /** As of the last batch; undefined before the first. */
  #scoreHeldBy: BatchReport['scoreHeldBy'] | undefined;
  /** What is counted of segments, since the last look at the metrics. */
  readonly #untoldSegments = new Map<string, { events: number; blocks: number }>();
  /** Partitions that this member owns, by topic. */
  #owned = new Map<string, Set<number>>();
  readonly #undecided = new UndecidedAges();

  constructor(readings: Readings) {
    registerProcessMetrics(this.#registry);
    this.#metrics = registerMetrics(this.#registry, readings);
    registerUndecidedAges(this.#registry, this.#undecided);
  }

  /** All metrics in the text format. */
  text(): Promise<string> {
    this.#tellSegments();
    return textOfRegistry(this.#registry);
  }

  /** The same, to be merged with those of other workers. */
  samples(): Promise<readonly MetricSamples[]> {
    this.#tellSegments();
    return samplesOf(this.#registry);
  }

  batchDone(report: BatchReport): void {
    const metrics = this.#metrics;
    metrics.batchRecords.observe(report.records);
    metrics.endToEnd.observeAll(report.endToEndMs, 1_000);
    metrics.scores.observeAll(report.scores, 1);
    for (const [index, step] of steps.entries()) {
      const durationMs = report.stepMs[index];
      if (durationMs !== undefined) metrics.stepDuration.get(step)?.observe(durationMs / 1_000);
    }
    for (const [type, count] of Object.entries(report.eventsByType)) metrics.events.inc({ type }, count);
    for (const { action, mode, count } of report.decisions) metrics.decisions.inc({ action, mode }, count);
    for (const [code, count] of Object.entries(report.deadLetters)) metrics.deadLetters.inc({ code }, count);
    for (const [member, count] of Object.entries(report.malformedMembers))
      metrics.membersMalformed.inc({ member }, count);
    for (const [member, count] of Object.entries(report.unreadableMembers)) {
      metrics.membersUnreadable.inc({ member }, count);
    }
    for (const [reason, count] of Object.entries(report.misplaced)) metrics.recordsMisplaced.inc({ reason }, count);
    for (const { id, mode, count } of report.rules)
      metrics.ruleFired.inc({ rule: this.#ruleIds.labelOf(id), mode }, count);
    for (const [action, count] of Object.entries(report.expired)) metrics.standingsExpired.inc({ action }, count);
    for (const [action, count] of Object.entries(report.overturned)) metrics.standingsOverturned.inc({ action }, count);
    for (const { by, label, count } of report.labels) metrics.labels.inc({ by, label }, count);
    this.#countSegments(report.segments);
    this.#scoreHeld(report.scoreHeldBy);
    for (const [action, count] of Object.entries(report.verdicts))
      metrics.groupVerdicts.inc({ action, mode: 'enforce' }, count);
    for (const [by, count] of Object.entries(report.restrained)) metrics.restrained.inc({ by }, count ?? 0);
    for (const part of report.degraded) metrics.degradedBatches.inc({ part });
    if (report.silent > 0) metrics.silent.inc(report.silent);
    if (report.alreadyDelivered > 0) metrics.alreadyDelivered.inc(report.alreadyDelivered);
    if (report.replayed > 0) metrics.observationsSkipped.inc({ reason: 'replayed' }, report.replayed);
    if (report.duplicates > 0) metrics.observationsSkipped.inc({ reason: 'duplicate' }, report.duplicates);
    if (report.outside > 0) metrics.observationsSkipped.inc({ reason: 'outside' }, report.outside);
    if (report.past > 0) metrics.pastEvents.inc(report.past);
  }

  #scoreHeld(by: BatchReport['scoreHeldBy']): void {
    if (by === this.#scoreHeldBy) return;
    this.#scoreHeldBy = by;
    for (const hold of scoreHolds) this.#metrics.scoreHeld.set({ by: hold }, hold === by ? 1 : 0);
  }

  #countSegments(segments: BatchReport['segments']): void {
    for (const { segment, events, blocks } of segments) {
      const label = this.#segments.labelOf(segment);
      const untold = this.#untoldSegments.get(label);
      if (untold === undefined) this.#untoldSegments.set(label, { events, blocks });
      else {
        untold.events += events;
        untold.blocks += blocks;
      }
    }
  }

  /** An event is in several segments, and prom-client hashes and checks labels each time: it is told of them at each look, not at each batch. */
  #tellSegments(): void {
    for (const [segment, { events, blocks }] of this.#untoldSegments) {
      this.#metrics.segmentEvents.inc({ segment }, events);
      this.#metrics.segmentBlocks.inc({ segment }, blocks); // also by 0: a share needs both
    }
    this.#untoldSegments.clear();
  }

  /** Lag of a partition that went elsewhere is another member's to tell: its series ends here. */
  partitionsAssigned(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    const former = this.#owned;
    this.#owned = new Map();
    for (const { topic, partition } of partitions) {
      this.#owned.set(topic, (this.#owned.get(topic) ?? new Set<number>()).add(partition));
    }
    for (const topic of this.#owned.keys()) {
      this.#metrics.recordsLost.inc({ topic }, 0);
      this.#metrics.partitionsRemade.inc({ topic }, 0);
    }
    for (const [topic, numbers] of former) {
      for (const partition of numbers) {
        if (this.#owns(topic, partition)) continue;
        this.#metrics.lag.remove({ topic, partition: String(partition) });
        this.#undecided.forget(topic, partition);
      }
    }
  }

  rebalanced(tookMs: number): void {
    this.#metrics.rebalanceDuration.observe(tookMs / 1_000);
  }

  membersCounted(members: number): void {
    this.#metrics.members.set(members);
  }

  /** A partition that is not owned (a measurement that came after a rebalance) is left out. */
  lagMeasured(topic: string, partition: number, lagRecords: number, decidedUpToMs?: number): void {
    if (!this.#owns(topic, partition)) return;
    this.#undecided.measured(topic, partition, lagRecords, decidedUpToMs, Date.now());
    this.#metrics.lag.set({ topic, partition: String(partition) }, lagRecords);
  }

  staleBatchDropped(_topic: string, _partition: number, records: number): void {
    this.#metrics.staleRecords.inc(records);
  }

  commitFailed(): void {
    this.#metrics.commitFailures.inc();
  }

  commitWaited(waitingMs: number): void {
    this.#metrics.commitAge.set(waitingMs / 1_000);
  }

  /** Attempt 1 begins a hold; later attempts are the same one. Each partition holds for itself. */
  held(step: HoldingStep, _failure: unknown, attempt: number, _waitMs?: number, place?: HoldPlace): void {
    if (attempt !== 1) return;
    this.#metrics.holds.inc({ step });
    this.#metrics.holding.inc({ step });
    const labels = partitionOf(place);
    if (labels !== undefined) this.#metrics.partitionHeld.set(labels, 1);
  }

  released(step: HoldingStep, _heldMs?: number, place?: HoldPlace): void {
    this.#metrics.holding.dec({ step });
    const labels = partitionOf(place);
    if (labels !== undefined) this.#metrics.partitionHeld.remove(labels);
  }

  recordsLost(topic: string, _partition: number, from: number, next: number): void {
    this.#metrics.recordsLost.inc({ topic }, next - from);
  }

  partitionRemade(topic: string): void {
    this.#metrics.partitionsRemade.inc({ topic });
  }

  modelLoaded(name: string, version: string, sha256: string): void {
    this.#metrics.modelLoads.inc({ result: 'loaded' });
    this.#nameModel(name, version, sha256);
  }

  modelRefused(): void {
    this.#metrics.modelLoads.inc({ result: 'refused' });
  }

  modelFailed(): void {
    this.#metrics.modelFailures.inc();
  }

  modelFellBack(name: string, version: string, sha256 = ''): void {
    this.#metrics.modelLoads.inc({ result: 'fell_back' });
    this.#nameModel(name, version, sha256);
  }

  /** A model's mean shift in a batch goes to one direction: sums tell whether it leans. */
  modelsCompared({ role, agreement, skipped, failed, tookMs, shiftSum }: Comparison): void {
    for (const [first, champion] of actions.entries()) {
      for (const [second, own] of actions.entries()) {
        const events = agreement[first * actions.length + second]!;
        if (events > 0) this.#metrics.panelEvents.inc({ role, champion, own }, events);
      }
    }
    if (skipped > 0) this.#metrics.panelSkipped.inc(skipped);
    if (failed) this.#metrics.panelFailures.inc({ role });
    this.#metrics.panelSeconds.inc({ role }, tookMs / 1_000);
    this.#metrics.panelShift.inc({ role, direction: shiftSum > 0 ? 'above' : 'below' }, Math.abs(shiftSum));
  }

  canaryWithdrawn(): void {
    this.#metrics.canaryWithdrawals.inc();
  }

  panelSeated(seats: readonly PanelMember[]): void {
    this.#metrics.panelMembers.reset();
    for (const { role, name, version, share } of seats) this.#metrics.panelMembers.set({ role, name, version }, share);
  }

  shadowDropped(records: number): void {
    this.#metrics.shadowDropped.inc(records);
  }

  registryLooked(failure: unknown): void {
    this.#metrics.registryLooks.inc({ result: failure === null ? 'ok' : 'failed' });
  }

  /** A new policy has other rules: their counters begin again, which Prometheus takes for the reset that it is. */
  policyLoaded(version: string): void {
    this.#metrics.policyLoads.inc({ result: 'loaded' });
    this.#metrics.policyInfo.reset();
    this.#metrics.policyInfo.set({ version }, 1);
    this.#metrics.ruleFired.reset();
    this.#ruleIds.clear();
  }

  policyRefused(): void {
    this.#metrics.policyLoads.inc({ result: 'refused' });
  }

  normsLoaded(version: string): void {
    this.#metrics.normsLoads.inc({ result: 'loaded' });
    this.#metrics.normsInfo.reset();
    this.#metrics.normsInfo.set({ version }, 1);
  }

  normsRefused(): void {
    this.#metrics.normsLoads.inc({ result: 'refused' });
  }

  governorTripped({ cause, reason }: GovernorTrip): void {
    this.#metrics.governorTrips.inc({ kind: cause.name.split(':', 1)[0]!, reason });
  }

  /** Those that act are counted once they are on their way, with the report of their batch. */
  groupsFound({ mode, formed, accounts }: GroupsFound): void {
    if (mode === 'off') return;
    this.#metrics.groupsFormed.inc({ mode }, formed);
    if (mode === 'enforce') return;
    for (const [action, count] of Object.entries(accounts)) this.#metrics.groupVerdicts.inc({ action, mode }, count);
  }

  governorMeasured(tripped: number, isKilled: boolean): void {
    this.#metrics.governorTripped.set(tripped);
    this.#metrics.killSwitch.set(isKilled ? 1 : 0);
  }

  listsAway(): void {
    this.#metrics.listsAway.set(1);
  }

  listsBack(): void {
    this.#metrics.listsAway.set(0);
  }

  ordersAway(): void {
    this.#metrics.ordersAway.set(1);
  }

  ordersBack(): void {
    this.#metrics.ordersAway.set(0);
  }

  listEntryRefused(): void {
    this.#metrics.listEntriesRefused.inc();
  }

  listsChanged(entriesByList: ReadonlyMap<string, number>): void {
    this.#metrics.listEntries.reset();
    for (const [list, entries] of entriesByList) this.#metrics.listEntries.set({ list }, entries);
  }

  listsHit(eventsByList: ReadonlyMap<string, number>): void {
    for (const [list, events] of eventsByList) this.#metrics.listHits.inc({ list }, events);
  }

  driftMeasured({ features, far, compared }: DriftReport): void {
    this.#metrics.drift.reset();
    for (const { name, index } of features) this.#metrics.drift.set({ feature: name }, index);
    this.#metrics.driftFar.set(compared === 0 ? 0 : far / compared);
  }

  normsGathered({ events, days, isOffered }: GatheredReport): void {
    this.#metrics.normsGatheredEvents.set(events);
    this.#metrics.normsGatheredSpan.set(days * secondsPerDay);
    this.#metrics.normsOffered.set(Number(isOffered));
  }

  stateChanged(_from: string, to: string): void {
    this.#metrics.state.reset();
    this.#metrics.state.set({ state: to }, 1);
  }

  snapshotRestored(): void {
    this.#metrics.snapshots.inc({ result: 'restored' });
  }

  snapshotWritten({ bytes, tookMs }: SnapshotReport): void {
    this.#metrics.snapshots.inc({ result: 'written' });
    this.#metrics.snapshotTime.setToCurrentTime();
    this.#metrics.snapshotBytes.set(bytes);
    this.#metrics.snapshotDuration.set(tookMs / 1_000);
  }

  snapshotFailed(): void {
    this.#metrics.snapshots.inc({ result: 'failed' });
  }

  historyDamaged(kind: string, values: number): void {
    this.#metrics.historyDamaged.inc({ kind }, values);
  }

  historyEmptied(): void {
    this.#metrics.historyLost.inc({ found: 'emptied' });
  }

  historyUnknown(): void {
    this.#metrics.historyLost.inc({ found: 'unknown_partition' });
  }

  #owns(topic: string, partition: number): boolean {
    return this.#owned.get(topic)?.has(partition) ?? false;
  }

  #nameModel(name: string, version: string, sha256: string): void {
    this.#metrics.modelInfo.reset();
    this.#metrics.modelInfo.set({ name, version, sha256: sha256.slice(0, sha256ShownDigits) }, 1);
  }
}

/** Labels of a hold that is of one partition; undefined where it is of more. */
function partitionOf(place: HoldPlace | undefined) {
  if (place?.topic === undefined || place.partition === undefined) return undefined;
  return { topic: place.topic, partition: String(place.partition), step: place.step };
}
