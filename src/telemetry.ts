import type { GroupMode } from './domain/group-terms.ts';
import type { GroupAction } from './domain/group-verdict.ts';
import type { Action, Degradation, Mode, ModelReference, ScoreHold } from './domain/decision.ts';
import type { EventType, Label, LabelSource, MalformedMember, UnreadableMember } from './domain/event.ts';
import type { Failure, FailureCode } from './domain/failure.ts';
import type { HeldStep, HoldPlace } from './domain/hold.ts';

/**
 * What the code tells of itself: events, in the words of the domain. One place turns each into metrics and, where a person
 * should know, into a log line (`adapters/prometheus`, `adapters/log`). Source of the idea: Vector's internal events.
 * Nothing here is called per event of the stream; a batch is the smallest thing that is reported.
 */
export interface Telemetry {
  batchDone(report: BatchReport): void;
  /** A rebalance is over: all partitions that this member owns now. Told before the lag of any of them. */
  partitionsAssigned(partitions: readonly { readonly topic: string; readonly partition: number }[]): void;
  /** This member has joined its group, at first or again. Milliseconds from when it heard that it must: meanwhile it decides nothing new. */
  rebalanced(tookMs: number): void;
  /** Members of the group, this one included, as the coordinator told after an assignment. */
  membersCounted(members: number): void;
  /**
   * Records between the position of this member and the end of the partition, and the time, in milliseconds since the epoch, from which on
   * something may be undecided: what was written before has its fate. Undefined where that is not known yet.
   */
  lagMeasured(topic: string, partition: number, lagRecords: number, decidedUpToMs: number | undefined): void;
  staleBatchDropped(topic: string, partition: number, records: number): void;
  /** Offsets were not committed. What they cover comes again if the process ends now. */
  commitFailed(failure: Failure): void;
  /** Milliseconds for which something has waited to be committed, told about once a second; 0 when nothing does. */
  commitWaited(waitingMs: number): void;
  /**
   * A step is being tried again and its partition held. `attempt` counts from 1; `waitMs` until the next try; `place` where one
   * partition alone waits.
   */
  held(step: HeldStep, failure: Failure, attempt: number, waitMs: number, place?: HoldPlace): void;
  /** What was held goes on; `place` as when it was held. */
  released(step: HeldStep, heldMs: number, place?: HoldPlace): void;
  /** Records were deleted before they were read: retention, or somebody, was faster. `next` is behind the last of them. */
  recordsLost(topic: string, partition: number, from: number, next: number): void;
  /** A partition goes on before where it was: its topic was made anew, or lost its end. */
  partitionRemade(topic: string, partition: number, expectedOffset: number, foundOffset: number): void;
  modelLoaded(name: string, version: string, sha256: string): void;
  modelRefused(failure: Failure): void;
  modelFailed(failure: Failure): void;
  /** Repeated failure: the slot serves the former bundle again. */
  modelFellBack(name: string, version: string, sha256: string): void;
  /** What a canary or a challenger said of a batch beside the champion. */
  modelsCompared(comparison: Comparison): void;
  /** A canary was taken off the panel: the champion speaks for its accounts again. */
  canaryWithdrawn(name: string, version: string, reason: string): void;
  /** The panel is another one, by role. */
  panelSeated(seats: readonly PanelMember[]): void;
  /** Challengers' decisions that were not sent: their topic did not take them in time, or too many waited. */
  shadowDropped(records: number): void;
  /** The registry of models was looked at; null where all that it names is here. */
  registryLooked(failure: Failure | null): void;
  policyLoaded(version: string, sha256: string, rules: number): void;
  policyRefused(failure: Failure): void;
  normsLoaded(version: string, sha256: string): void;
  normsRefused(failure: Failure): void;
  /** The lists cannot be read; those that are known hold on. */
  listsAway(failure: Failure): void;
  listsBack(): void;
  /** The topic of people's orders cannot be read; those that are known hold on. */
  ordersAway(failure: Failure): void;
  ordersBack(): void;
  /** A record of the lists was refused; what held under its key still holds. */
  listEntryRefused(failure: Failure): void;
  /** Entries by list, after a change. */
  listsChanged(entriesByList: ReadonlyMap<string, number>): void;
  /** Events of a batch that were found on each list. */
  listsHit(eventsByList: ReadonlyMap<string, number>): void;
  /** A window of events was held against the norms. */
  driftMeasured(report: DriftReport): void;
  /** So far has what is usual here been gathered. */
  normsGathered(report: GatheredReport): void;
  /** A cause blocked more than it may: its blocks are reviews there. */
  governorTripped(trip: GovernorTrip): void;
  /** What groups were found to say by a batch, whether they act or are only watched. */
  groupsFound(found: GroupsFound): void;
  /** How many causes are held now, each in each segment; and whether a person has ordered that nothing blocks. */
  governorMeasured(tripped: number, isKilled: boolean): void;
  stateChanged(from: string, to: string): void;
  /** History is back from its snapshot. */
  snapshotRestored(report: SnapshotReport): void;
  snapshotWritten(report: SnapshotReport): void;
  /** One that was found was refused and set aside, or one could not be written. */
  snapshotFailed(failure: Failure): void;
  /** Values of a shared history that Winnow cannot have written: their entities are new. Of a kind of entity, or `watermarks`. */
  historyDamaged(kind: string, values: number): void;
  /** Parts of a shared history that were there are gone: its server came back without them, or somebody emptied it. */
  historyEmptied(shards: number): void;
  /** The group has read a partition before, and history knows nothing of it. */
  historyUnknown(topic: string, partition: number): void;
}

/** A model that sits on the panel beside the champion. */
export interface PanelMember {
  readonly role: 'canary' | 'challenger';
  readonly name: string;
  readonly version: string;
  /** Of accounts, 0 to 1. */
  readonly share: number;
}

/** What a model said of the same events as the champion. */
export interface Comparison {
  readonly role: 'canary' | 'challenger';
  readonly model: ModelReference;
  /** Events that both scored. */
  readonly rows: number;
  /** Events that it was not asked about, since its time for the batch was over. */
  readonly skipped: number;
  /** Whether it failed: then there are no rows. */
  readonly failed: boolean;
  /** Milliseconds that it took for the rows. */
  readonly tookMs: number;
  /** Milliseconds that the champion takes for as many. */
  readonly championMs: number;
  /** [4 × 4] events by the champion's action, then its own, in the order of `actions`. */
  readonly agreement: Uint32Array;
  /** Sum over events of its score less the champion's. */
  readonly shiftSum: number;
}

/** How far what came in a window is from the norms. */
export interface DriftReport {
  /** By feature, and `score`: population stability index, 0.1 is some and 0.25 much; and whether it is more than chance. */
  readonly features: readonly { readonly name: string; readonly index: number; readonly isMoreThanChance: boolean }[];
  /** Features whose drift is much and more than chance, among those that were compared. */
  readonly far: number;
  readonly compared: number;
  /** Whether the score alone may not block for it. */
  readonly isDrifted: boolean;
}

/** What a process has gathered of what is usual on its platform, since it began anew. */
export interface GatheredReport {
  readonly events: number;
  readonly accounts: number;
  /** From the first event to the last. */
  readonly days: number;
  /** Whether it was enough once, and norms were offered. */
  readonly isOffered: boolean;
}

/** What groups were found to say by a batch. */
export interface GroupsFound {
  /** Whether they act, or are only watched. */
  readonly mode: GroupMode;
  /** Groups that said nothing before. */
  readonly formed: number;
  /** Accounts by what their groups ask for; `allow` takes back what was asked for before. */
  readonly accounts: Readonly<Partial<Record<GroupAction, number>>>;
}

/** That a cause blocked more in a segment than it may. */
export interface GovernorTrip {
  /** Such as `rule:bulk-signup-from-device`. */
  readonly cause: { readonly name: string };
  readonly segment: string;
  readonly reason: string;
  readonly count: number;
  readonly countMax: number;
  /** The cause is new, and went over what one on probation may block. */
  readonly isOnProbation?: true;
}

/** A snapshot of the history that was written or restored. */
export interface SnapshotReport {
  readonly entities: number;
  readonly bytes: number;
  readonly tookMs: number;
}

/** What a history in the process takes of the memory that it may take, and what it forgets for that. */
export interface HistoryReading {
  /** Bytes that are allocated for it. */
  readonly bytes: number;
  readonly bytesMax: number;
  /** What stands for accounts whose history had to go, where no time ends it; and how often there was no room for one. */
  readonly standings: { readonly kept: number; readonly dropped: number };
  readonly kinds: readonly {
    readonly kind: string;
    /** Bytes of the kind's entities. */
    readonly bytes: number;
    /** Entities that went since the start because there was no room, by rank (`adapters/embedded/retention.ts`). */
    readonly evictions: readonly { readonly rank: string; readonly count: number }[];
    /** Milliseconds of event time since the last touch of the entity that would go next; NaN when there is none. */
    readonly nextAgeMs: number;
  }[];
}

/** Steps of the path, in order; labels of the per-step latency. */
export const steps = ['decode', 'enrich', 'observe', 'extract', 'score', 'decide', 'send', 'settle'] as const;
export type Step = (typeof steps)[number];

/**
 * How the key of an event's record fails to be its account. Such events are decided all the same, but one account's events are then
 * on several partitions: their order, and what stands for the account, is left to chance.
 */
export const misplacements = ['no_key', 'other_key'] as const;
export type Misplacement = (typeof misplacements)[number];

/** What one call of the pipeline did. Every record of the batch is in exactly one of decisions, silent, dead letters and delivered. */
export interface BatchReport {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  /** Events decoded, by type. */
  readonly eventsByType: Readonly<Partial<Record<EventType, number>>>;
  /** Events of the batch in which a member was cut or taken as missing, by member. */
  readonly malformedMembers: Readonly<Partial<Record<MalformedMember, number>>>;
  /** Events of the batch in which a member was well formed and could not be read, by member. */
  readonly unreadableMembers: Readonly<Partial<Record<UnreadableMember, number>>>;
  /** Events of the batch whose record is not keyed by their account, by how. */
  readonly misplaced: Readonly<Partial<Record<Misplacement, number>>>;
  /** Emitted decisions, by mode and action. */
  readonly decisions: readonly { readonly mode: Mode; readonly action: Action; readonly count: number }[];
  /** Events after which there was nothing to say. */
  readonly silent: number;
  /** Records that had been delivered before and came again: nothing was sent for them. */
  readonly alreadyDelivered: number;
  readonly deadLetters: Readonly<Partial<Record<FailureCode, number>>>;
  /** Observations that were read but not added, because they had been before. */
  readonly replayed: number;
  readonly duplicates: number;
  /** Observations that were read but not added, because history had come further than their time allows. */
  readonly outside: number;
  /** Events that fill history and are not decided (`events.decideFrom`). */
  readonly past: number;
  /** Standing actions that a weaker one replaced once their time was over, and that no person had looked at, by action. */
  readonly expired: Readonly<Partial<Record<Action, number>>>;
  /** Standing actions of machines that people weakened, by action. */
  readonly overturned: Readonly<Partial<Record<Action, number>>>;
  /** Labels decoded, by who gave them and what they say; no entry for what nobody said. */
  readonly labels: readonly { readonly by: LabelSource; readonly label: Label; readonly count: number }[];
  /** Events and blocks by segment of the platform, as the governor names them; an event is in several. */
  readonly segments: readonly { readonly segment: string; readonly events: number; readonly blocks: number }[];
  /** Accounts of groups that something was found to say of, by what their group asks for. */
  readonly verdicts: Readonly<Partial<Record<GroupAction, number>>>;
  /** How often each rule fired, by mode. */
  readonly rules: readonly { readonly id: string; readonly mode: Mode; readonly count: number }[];
  /** Scores of the batch, 0 to 1; empty when no model spoke. */
  readonly scores: Float32Array;
  readonly degraded: readonly Degradation[];
  /** Why the score alone may not block, on this platform, at this time; null where it may. */
  readonly scoreHeldBy: Exclude<ScoreHold, 'block-budget'> | null;
  /** Emitted decisions that were held back, by what held them. */
  readonly restrained: Readonly<Partial<Record<string, number>>>;
  /** Milliseconds each step took, in the order of `steps`. */
  readonly stepMs: readonly number[];
  /** Milliseconds from each record's timestamp to the end of the batch; NaN where the record has none. [records] */
  readonly endToEndMs: Float64Array;
}

/** Tells every one of `many`, in order. */
export function combineTelemetry(...many: readonly Telemetry[]): Telemetry {
  const each = (tell: (one: Telemetry) => void): void => many.forEach(tell);
  return {
    batchDone: (...told) => each((one) => one.batchDone(...told)),
    partitionsAssigned: (...told) => each((one) => one.partitionsAssigned(...told)),
    rebalanced: (...told) => each((one) => one.rebalanced(...told)),
    membersCounted: (...told) => each((one) => one.membersCounted(...told)),
    lagMeasured: (...told) => each((one) => one.lagMeasured(...told)),
    staleBatchDropped: (...told) => each((one) => one.staleBatchDropped(...told)),
    commitFailed: (...told) => each((one) => one.commitFailed(...told)),
    commitWaited: (...told) => each((one) => one.commitWaited(...told)),
    held: (...told) => each((one) => one.held(...told)),
    released: (...told) => each((one) => one.released(...told)),
    recordsLost: (...told) => each((one) => one.recordsLost(...told)),
    partitionRemade: (...told) => each((one) => one.partitionRemade(...told)),
    modelLoaded: (...told) => each((one) => one.modelLoaded(...told)),
    modelRefused: (...told) => each((one) => one.modelRefused(...told)),
    modelFailed: (...told) => each((one) => one.modelFailed(...told)),
    modelFellBack: (...told) => each((one) => one.modelFellBack(...told)),
    modelsCompared: (...told) => each((one) => one.modelsCompared(...told)),
    canaryWithdrawn: (...told) => each((one) => one.canaryWithdrawn(...told)),
    panelSeated: (...told) => each((one) => one.panelSeated(...told)),
    shadowDropped: (...told) => each((one) => one.shadowDropped(...told)),
    registryLooked: (...told) => each((one) => one.registryLooked(...told)),
    policyLoaded: (...told) => each((one) => one.policyLoaded(...told)),
    policyRefused: (...told) => each((one) => one.policyRefused(...told)),
    normsLoaded: (...told) => each((one) => one.normsLoaded(...told)),
    normsRefused: (...told) => each((one) => one.normsRefused(...told)),
    listsAway: (...told) => each((one) => one.listsAway(...told)),
    listsBack: (...told) => each((one) => one.listsBack(...told)),
    ordersAway: (...told) => each((one) => one.ordersAway(...told)),
    ordersBack: (...told) => each((one) => one.ordersBack(...told)),
    listEntryRefused: (...told) => each((one) => one.listEntryRefused(...told)),
    listsChanged: (...told) => each((one) => one.listsChanged(...told)),
    listsHit: (...told) => each((one) => one.listsHit(...told)),
    driftMeasured: (...told) => each((one) => one.driftMeasured(...told)),
    normsGathered: (...told) => each((one) => one.normsGathered(...told)),
    governorTripped: (...told) => each((one) => one.governorTripped(...told)),
    groupsFound: (...told) => each((one) => one.groupsFound(...told)),
    governorMeasured: (...told) => each((one) => one.governorMeasured(...told)),
    stateChanged: (...told) => each((one) => one.stateChanged(...told)),
    snapshotRestored: (...told) => each((one) => one.snapshotRestored(...told)),
    snapshotWritten: (...told) => each((one) => one.snapshotWritten(...told)),
    snapshotFailed: (...told) => each((one) => one.snapshotFailed(...told)),
    historyDamaged: (...told) => each((one) => one.historyDamaged(...told)),
    historyEmptied: (...told) => each((one) => one.historyEmptied(...told)),
    historyUnknown: (...told) => each((one) => one.historyUnknown(...told)),
  };
}

/** Tells nobody: for tests and for commands that report in another way. */
export const silentTelemetry: Telemetry = {
  batchDone() {},
  partitionsAssigned() {},
  rebalanced() {},
  membersCounted() {},
  lagMeasured() {},
  staleBatchDropped() {},
  commitFailed() {},
  commitWaited() {},
  held() {},
  released() {},
  recordsLost() {},
  partitionRemade() {},
  modelLoaded() {},
  modelRefused() {},
  modelFailed() {},
  modelFellBack() {},
  modelsCompared() {},
  canaryWithdrawn() {},
  panelSeated() {},
  shadowDropped() {},
  registryLooked() {},
  policyLoaded() {},
  policyRefused() {},
  normsLoaded() {},
  normsRefused() {},
  listsAway() {},
  listsBack() {},
  ordersAway() {},
  ordersBack() {},
  listEntryRefused() {},
  listsChanged() {},
  listsHit() {},
  driftMeasured() {},
  normsGathered() {},
  governorTripped() {},
  groupsFound() {},
  governorMeasured() {},
  stateChanged() {},
  snapshotRestored() {},
  snapshotWritten() {},
  snapshotFailed() {},
  historyDamaged() {},
  historyEmptied() {},
  historyUnknown() {},
};
