import type { HoldPlace } from '../../domain/hold.ts';
import { failureCatalogue } from '../../domain/failure-catalogue.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import type { BatchReport, GovernorTrip, SnapshotReport, Telemetry, PanelMember } from '../../telemetry.ts';
import type { LogFields, Logger } from './logger.ts';
import { ThrottledCounts } from './throttled-counts.ts';

type HoldingStep = Parameters<Telemetry['held']>[0];

/** What can come with every batch is told this often at most. */
const repeatedMsMin = 10_000;
/** A hold is told again after twice as long each time, up to this. */
const holdRepeatedMsMax = 5 * 60_000;

const holdSentences: Readonly<Record<HoldingStep, string>> = {
  consume: 'Kafka is away; the consumer joins anew.',
  read: 'A batch of records cannot be read; its partition waits, the others go on.',
  clock: "What comes was written ahead of this machine's clock, which is slow; its partition waits.",
  store: 'The feature store does not answer; batches wait for it.',
  send: 'Decisions are not taken; their partition waits.',
  deadLetter: 'Dead letters are not taken; their partition waits.',
};

const scoreHoldSentences: Readonly<Record<NonNullable<BatchReport['scoreHeldBy']>, string>> = {
  uncalibrated:
    'This platform is not calibrated for this model: its score alone asks for review at most. Make norms of a week of events: winnow calibrate; name them in norms.file.',
  drift:
    'What comes is far from the norms: the score alone asks for review at most. Look at winnow_drift, and calibrate again if this is how it stays.',
};

/**
 * Turns telemetry into log lines for what a person should know. Numbers that only have a course over time are metrics and
 * not here. No line holds anything of an event.
 */
export class LogTelemetry implements Telemetry {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** Holds that were told: when last, and how long to be silent since. */
  readonly #holds = new Map<HoldingStep, { readonly atMs: number; readonly intervalMs: number }>();
  /** Why the score alone may not block, as told last. */
  #scoreHeldBy: BatchReport['scoreHeldBy'] = null;
  #isKilled = false;
  /** What is wrong with the registry of models, as told last. */
  #registryTold: string | null = null;
  readonly #deadLetters = new ThrottledCounts(repeatedMsMin);
  readonly #misplaced = new ThrottledCounts(repeatedMsMin);
  readonly #degraded = new ThrottledCounts(repeatedMsMin);
  readonly #modelFailures = new ThrottledCounts(repeatedMsMin);
  readonly #shadowDropped = new ThrottledCounts(repeatedMsMin);
  readonly #damaged = new ThrottledCounts(repeatedMsMin);

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  batchDone(report: BatchReport): void {
    for (const [code, count] of Object.entries(report.deadLetters)) this.#deadLetters.add(code, count);
    for (const [reason, count] of Object.entries(report.misplaced)) this.#misplaced.add(reason, count);
    this.#tellScoreHold(report.scoreHeldBy);
    for (const part of report.degraded) this.#degraded.add(part, 1);
    this.#tellCounts(this.#clock.monotonicMs());
    if (this.#logger.debugs()) this.#logger.debug('A batch is done.', summaryOf(report));
  }

  /** Told once, and again when it is another: it holds for days. */
  #tellScoreHold(by: BatchReport['scoreHeldBy']): void {
    if (by === this.#scoreHeldBy) return;
    if (by === null) this.#logger.info('The score alone may block: the norms describe it and what comes.');
    else this.#logger.warn(scoreHoldSentences[by], { restraint: by });
    this.#scoreHeldBy = by;
  }

  partitionsAssigned(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    const byTopic: Record<string, number[]> = {};
    for (const { topic, partition } of partitions) (byTopic[topic] ??= []).push(partition);
    this.#logger.info(`This member owns ${counted(partitions.length, 'partition')}.`, { partitions: byTopic });
  }

  membersCounted(): void {}

  lagMeasured(): void {}

  staleBatchDropped(topic: string, partition: number, records: number): void {
    this.#logger.info('A fetched batch was dropped: its partition has moved on.', { topic, partition, records });
  }

  commitFailed(): void {}

  commitWaited(): void {}

  /** However many partitions wait and try: a line when a step begins to hold, and then ever more rarely. */
  held(step: HoldingStep, failure: Failure, attempt: number, waitMs: number, place?: HoldPlace): void {
    const nowMs = this.#clock.monotonicMs();
    const told = this.#holds.get(step);
    if (told !== undefined && nowMs - told.atMs < told.intervalMs) return;
    const intervalMs = Math.min(holdRepeatedMsMax, told === undefined ? repeatedMsMin : told.intervalMs * 2);
    this.#holds.set(step, { atMs: nowMs, intervalMs });
    this.#logger.warn(holdSentences[step], {
      step,
      ...place,
      ...fieldsOf(failure),
      attempt,
      waitMs: Math.round(waitMs),
    });
  }

  /** Of several partitions that waited for one thing, the first to go on tells. */
  released(step: HoldingStep, heldMs: number): void {
    if (this.#holds.delete(step)) this.#logger.info('What was held goes on.', { step, heldMs: Math.round(heldMs) });
  }

  rebalanced(): void {}

  recordsLost(topic: string, partition: number, from: number, next: number): void {
    this.#logger.error('Records were deleted before they were read: retention is shorter than the lag was.', {
      topic,
      partition,
      from,
      next,
      records: next - from,
    });
  }

  partitionRemade(topic: string, partition: number, expectedOffset: number, foundOffset: number): void {
    this.#logger.error('A partition goes on before where it was: it is taken for a new one.', {
      topic,
      partition,
      expectedOffset,
      foundOffset,
    });
  }

  modelLoaded(name: string, version: string, sha256: string): void {
    this.#logger.info(`Model ${name} ${version} is in use.`, { model: name, version, sha256 });
  }

  modelRefused(failure: Failure): void {
    this.#logger.error('A model bundle was refused; the champion stays.', fieldsOf(failure));
  }

  modelFailed(failure: Failure): void {
    this.#modelFailures.add(failure.code, 1);
    const told = this.#modelFailures.take(this.#clock.monotonicMs());
    if (told === undefined) return;
    this.#logger.error('The model failed; its batch is decided by rules alone.', {
      ...fieldsOf(failure),
      failures: told.total,
    });
  }

  modelFellBack(name: string, version: string, sha256: string): void {
    this.#logger.error(`The model failed repeatedly: model ${name} ${version}, the one before it, is in use again.`, {
      model: name,
      version,
      sha256,
    });
  }

  /** What follows from it is told with the batches. */
  driftMeasured(): void {}

  /** When it is enough, who writes it down says so. */
  normsGathered(): void {}

  governorTripped({ cause, segment, reason, count, countMax, isOnProbation }: GovernorTrip): void {
    this.#logger.warn('A cause blocked more than it may: its blocks are reviews there, until it is tried again.', {
      cause: cause.name,
      segment,
      reason,
      count,
      countMax,
      isOnProbation: isOnProbation === true,
      remedy: 'Look at those accounts; winnow governor override lets a real campaign be blocked.',
    });
  }

  /** Each is told by the decisions of its accounts. */
  groupsFound(): void {}

  governorMeasured(_tripped: number, isKilled: boolean): void {
    if (isKilled === this.#isKilled) return;
    this.#isKilled = isKilled;
    if (isKilled) this.#logger.warn('The kill switch is on: nothing blocks by itself.');
    else this.#logger.info('The kill switch is off.');
  }

  normsLoaded(version: string, sha256: string): void {
    this.#logger.info('Norms are in force.', { version, sha256 });
  }

  registryLooked(failure: Failure | null): void {
    const told = failure === null ? null : `${failure.code} ${failure.message}`;
    if (told === this.#registryTold) return;
    if (failure !== null)
      this.#logger.error('The registry of models is of no use now; what it said before holds on.', fieldsOf(failure));
    else this.#logger.info('The registry of models is of use again.', {});
    this.#registryTold = told;
  }

  normsRefused(failure: Failure): void {
    this.#logger.error('Norms were refused; those in force stay.', fieldsOf(failure));
  }

  listsAway(failure: Failure): void {
    this.#logger.error('The lists cannot be read; those that are known hold on.', fieldsOf(failure));
  }

  listsBack(): void {
    this.#logger.info('The lists can be read again.', {});
  }

  ordersAway(failure: Failure): void {
    this.#logger.error('Orders cannot be read; those that are known hold on.', fieldsOf(failure));
  }

  ordersBack(): void {
    this.#logger.info('Orders can be read again.', {});
  }

  listEntryRefused(failure: Failure): void {
    this.#logger.error('A record of the lists was refused; what held under its key still holds.', fieldsOf(failure));
  }

  listsChanged(entriesByList: ReadonlyMap<string, number>): void {
    this.#logger.info('Lists are in force.', { entries: Object.fromEntries(entriesByList) });
  }

  /** Metrics have it, and decisions. */
  listsHit(): void {}

  /** Metrics have it; a line a batch would be too many. */
  modelsCompared(): void {}

  canaryWithdrawn(name: string, version: string, reason: string): void {
    this.#logger.error(`Canary ${name} ${version} is withdrawn: ${reason}. The champion decides about its accounts.`, {
      model: name,
      version,
      reason,
    });
  }

  panelSeated(seats: readonly PanelMember[]): void {
    if (seats.length === 0) return;
    this.#logger.info('Models are seated beside the champion.', { seats });
  }

  shadowDropped(records: number): void {
    this.#shadowDropped.add('records', records);
    const told = this.#shadowDropped.take(this.#clock.monotonicMs());
    if (told === undefined) return;
    this.#logger.warn('Decisions of challengers were not sent: their topic did not take them.', {
      records: told.total,
    });
  }

  policyLoaded(version: string, sha256: string, rules: number): void {
    this.#logger.info(`Policy ${version} with ${counted(rules, 'rule')} is in force.`, {
      policy: version,
      sha256,
      rules,
    });
  }

  policyRefused(failure: Failure): void {
    this.#logger.error('A policy document was refused; the former one stays in force.', fieldsOf(failure));
  }

  stateChanged(from: string, to: string): void {
    this.#logger.info(`Winnow went from ${from} to ${to}.`, { from, to });
  }

  snapshotRestored({ entities, bytes, tookMs }: SnapshotReport): void {
    this.#logger.info('History is back from its snapshot.', { entities, bytes, durationMs: Math.round(tookMs) });
  }

  snapshotWritten({ entities, bytes, tookMs }: SnapshotReport): void {
    this.#logger.info('A snapshot of the history is written.', { entities, bytes, durationMs: Math.round(tookMs) });
  }

  snapshotFailed(failure: Failure): void {
    this.#logger.error('A snapshot of the history could not be restored or written.', fieldsOf(failure));
  }

  historyDamaged(kind: string, values: number): void {
    this.#damaged.add(kind, values);
    this.#tellDamaged(this.#clock.monotonicMs());
  }

  historyEmptied(shards: number): void {
    this.#logger.error('The store lost what it held: history begins anew, and what was known before looks new.', {
      shards,
      remedy: 'See WinnowHistoryLost in grafana/README.md.',
    });
  }

  historyUnknown(topic: string, partition: number): void {
    this.#logger.warn('The group has read this partition before, and history knows nothing of it.', {
      topic,
      partition,
      remedy: 'See WinnowHistoryLost in grafana/README.md.',
    });
  }

  /** Tells the counts that still wait for their interval. To be called once, after the last event. */
  close(): void {
    this.#tellCounts(Infinity);
  }

  #tellDamaged(nowMs: number): void {
    const damaged = this.#damaged.take(nowMs);
    if (damaged === undefined) return;
    this.#logger.warn('Values of the history are not what Winnow writes: what they were of counts as new.', {
      values: damaged.total,
      kinds: damaged.byKey,
    });
  }

  #tellCounts(nowMs: number): void {
    this.#tellDamaged(nowMs);
    const deadLetters = this.#deadLetters.take(nowMs);
    if (deadLetters !== undefined) {
      this.#logger.warn('Records that are no valid events became dead letters.', {
        deadLetters: deadLetters.total,
        codes: deadLetters.byKey,
      });
    }
    const misplaced = this.#misplaced.take(nowMs);
    if (misplaced !== undefined) {
      this.#logger.warn('Records are not keyed by the account of their event: its events have no order.', {
        records: misplaced.total,
        reasons: misplaced.byKey,
      });
    }
    const degraded = this.#degraded.take(nowMs);
    if (degraded !== undefined) {
      this.#logger.warn(`Batches were decided without: ${Object.keys(degraded.byKey).join(', ')}.`, {
        batches: degraded.byKey,
      });
    }
  }
}

/** What is wrong, and what its reader does next. */
function fieldsOf(failure: Failure): LogFields {
  const fields = { code: failure.code, problem: failure.message, remedy: failureCatalogue[failure.code].remedy };
  return failure.path === undefined ? fields : { ...fields, path: failure.path };
}

function summaryOf(report: BatchReport): LogFields {
  const { topic, partition, records, silent, alreadyDelivered, replayed, duplicates } = report;
  const decisions = report.decisions.reduce((sum, { count }) => sum + count, 0);
  const durationMs = report.stepMs.reduce((sum, stepMs) => sum + stepMs, 0);
  return {
    topic,
    partition,
    records,
    decisions,
    silent,
    alreadyDelivered,
    replayed,
    duplicates,
    durationMs: Number(durationMs.toFixed(3)),
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
