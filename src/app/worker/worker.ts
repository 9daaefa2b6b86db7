import { KafkaSource } from '../../adapters/kafka/consumer.ts';
import { KafkaOutput } from '../../adapters/kafka/producer.ts';
import { ShadowOutput } from '../../adapters/kafka/shadow-output.ts';
import type { KafkaLogger } from '../../adapters/kafka/settings.ts';
import type { Logger } from '../../adapters/log/logger.ts';
import type { Config } from '../../config/schema.ts';
import { inputsOf } from '../../domain/topics.ts';
import { actions } from '../../domain/decision.ts';
import { EntityKeyHasher } from '../../features/entity-key.ts';
import { defaultBudget } from '../../features/norms/block-budget.ts';
import type { Reference } from '../../features/reference.ts';
import type { FoundVerdict, GroupAction } from '../../domain/group-verdict.ts';
import { GroupFormer, type OnFound } from '../../groups/former.ts';
import type { Program } from '../../lifecycle.ts';
import { OwnVerdicts, type KeptVerdicts } from '../../own-verdicts.ts';
import { createPipeline, type PipelineParts } from '../../pipeline.ts';
import type { Clock, Holds } from '../../ports.ts';
import type { Policy } from '../../policy/policy.ts';
import type { GroupFinder } from '../../group-ports.ts';
import type { KeptBlockCounts } from '../../steps/block-counts.ts';
import { ClockWatch } from '../../steps/clock-watch.ts';
import { DriftWatch } from '../../scoring/drift.ts';
import { OwnNorms } from '../../scoring/own-norms.ts';
import { clockBounds } from '../../steps/time-bounds.ts';
import { StoreGuard } from '../../store-guard.ts';
import { AccountTurns } from '../../steps/account-turns.ts';
import { UnsettledOutcomes } from '../../unsettled-outcomes.ts';
import { combineTelemetry, silentTelemetry, type HistoryReading, type Telemetry } from '../../telemetry.ts';
import type { Farewell } from '../farewell.ts';
import { pastOf } from '../past-of.ts';
import { orThrow } from '../versions.ts';
import { dividedHistoryTelemetry, openHistory, type History } from './history.ts';
import { controlInForce, type ControlInForce } from './control.ts';
import { blockCountsOf, shareOf, type GovernedGroup } from './governor.ts';
import { listsInForce, type ListsInForce } from './lists.ts';
import { HoldWatch } from './hold-watch.ts';
import { offerNorms } from './offer-norms.ts';
import { prepareTopics } from './topics.ts';
import { openVersions, type VersionsInForce } from './versions-in-force.ts';

/** What a worker is given by the machine that it works on. */
export interface Surroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly holds: Holds;
  readonly reference: Reference;
  readonly isReferencePartial: boolean;
  /** Called whenever its loop has turned. */
  readonly progress: () => void;
  /** Makes the topics that are missing: for development. */
  readonly createTopics: boolean;
  /** Is told how to let go of what was made, as soon as it is. */
  readonly farewell: Pick<Farewell, 'add'>;
}

/** A member of the group: a history, what it decides with, a source, the path, and an output. It starts and stops in an order. */
export interface Worker extends Required<Program> {
  /** Entities in history. */
  entities(): number;
  /** What history takes and forgets, where it is in this process. */
  historyReading(): HistoryReading | undefined;
  /** Sentences about what is not quite as it was meant to be. */
  notes(): readonly string[];
  readonly versions: VersionsInForce;
}

/** What is kept on disk with a history: counts of blocks, and what waits for accounts of groups, which an older snapshot has not. */
type Companions = KeptBlockCounts & { readonly verdicts?: KeptVerdicts };

/** Puts the parts together; nothing is consumed before `start`. Throws `FailureError` when one of them refuses. */
export async function openWorker(around: Surroundings): Promise<Worker> {
  const { config, logger, telemetry, clock, farewell } = around;
  const hasher = new EntityKeyHasher(Buffer.from(config.state.keySecret!.reveal(), 'hex'));
  const versions = await openVersions(config, telemetry, clock, logger, (withdrawal) =>
    control.tellWithdrawn(withdrawal),
  );
  farewell.add(() => versions.close());
  const group: GovernedGroup = { members: 1, share: undefined };
  const counts = blockCountsOf(config, group, (trip) => telemetry.governorTripped(trip));
  const ownVerdicts = new OwnVerdicts();
  const companion = {
    kept: (): Companions => ({ ...counts.kept(), verdicts: ownVerdicts.kept() }),
    restore: (kept: unknown): void => {
      const { verdicts, ...ofBlocks } = kept as Companions;
      counts.restore(ofBlocks);
      if (verdicts !== undefined) ownVerdicts.restore(verdicts);
    },
  };
  const history = orThrow(
    await openHistory(config, { hasher, logger, clock, telemetry, companion, progress: around.progress }),
  );
  farewell.add(() => history.store.close());
  group.share = history.memberLog && shareOf(counts, config, history.memberLog, logger);
  const counting = combineTelemetry(telemetry, {
    ...silentTelemetry,
    membersCounted: (members) => (group.members = Math.max(1, members)),
  });
  const log: KafkaLogger = (level, message, fields) => logger[level](message, fields);
  const lists = listsInForce(config, hasher, { settings: config.kafka, log, clock }, telemetry);
  farewell.add(() => lists.close());
  const control = controlInForce(config, { settings: config.kafka, log, clock }, logger, telemetry, versions);
  farewell.add(() => control.close());
  return {
    ...consuming(
      { ...around, telemetry: counting },
      hasher,
      history,
      versions,
      { governor: counts.governor, allowance: counts.allowance, governorShare: group.share },
      ownVerdicts,
      lists,
      control,
    ),
    entities: () => history.store.size(),
    historyReading: () => history.reading?.(),
    notes: () => [
      ...versions.notes(),
      ...lists.notes(versions.policy.current.lists),
      ...control.notes(),
      ...groupNotes(config, versions.policy.current),
    ],
    versions,
  };
}

/** The parts that start and stop in an order: output, source. */
function consuming(
  around: Surroundings,
  hasher: EntityKeyHasher,
  history: History,
  versions: VersionsInForce,
  governing: Pick<PipelineParts, 'governor' | 'allowance' | 'governorShare'>,
  ownVerdicts: OwnVerdicts,
  lists: ListsInForce,
  control: ControlInForce,
): Required<Program> {
  const { config, logger, holds, clock, progress } = around;
  const { panel, policy, norms } = versions;
  const { kafka } = config;
  const order = { turns: new AccountTurns(), unsettled: new UnsettledOutcomes() };
  const { governor } = governing;
  const holdWatch = new HoldWatch({ history, hasher, clock, logger, ...order, ...(governor && { governor }) });
  const telemetry = combineTelemetry(
    around.telemetry,
    holdWatch.telemetry,
    ...(history.isShared ? [] : [dividedHistoryTelemetry(logger)]),
  );
  const log: KafkaLogger = (level, message, fields) => logger[level](message, fields);
  const shared = { settings: kafka, log, clock, telemetry, holds, progress };
  const output = new KafkaOutput(shared);
  const shadowTopic = kafka.topics.shadowDecisions;
  const onDropped = (records: number): void => telemetry.shadowDropped(records);
  const shadowOutput =
    shadowTopic === undefined ? null : new ShadowOutput({ ...shared, topic: shadowTopic, onDropped });
  const guard = new StoreGuard(history.store, { ...config.store, clock, holds });
  const { verdicts: verdictsTopic } = kafka.topics;
  const path = createPipeline({
    reference: around.reference,
    isReferencePartial: around.isReferencePartial,
    hasher,
    labelsTopic: kafka.topics.labels,
    groups: groupsOf(config, history, hasher, () => policy.current, telemetry),
    ...(verdictsTopic === undefined ? { ownVerdicts } : { verdictsTopic }),
    store: guard,
    legalHolds: history.legalHolds,
    ...order,
    panel,
    shadow: {
      share: config.model.challengers.sharePercent / 100,
      batchMsMax: config.model.challengers.batchMsMax,
      clock,
    },
    onShadow: (decisions) => shadowOutput?.send(decisions),
    norms: () => norms.current,
    drift: new DriftWatch(config.norms.drift),
    ownNorms: new OwnNorms(defaultBudget, offerNorms(config.norms.gatheredFile, logger)),
    policy: () => policy.current,
    ...governing,
    lists: () => lists.lease(),
    control: () => control.lease(),
    output,
    emit: config.decisions.emit.length === actions.length ? 'all' : new Set(config.decisions.emit),
    timeBounds: clockBounds(() => clock.nowMs(), config.events.behindMsMax, pastOf(config.events)),
    clockWatch: new ClockWatch(),
    dating: 'clock',
    clock,
    telemetry,
  });
  const pipeline = verdictsTopic === undefined ? ownVerdicts.around(path) : path;
  const assigned = Promise.withResolvers<void>();
  const source = new KafkaSource({
    ...shared,
    topics: inputsOf(kafka.topics),
    recordsMax: config.batch.recordsMax,
    handler: async (...handed) => void (await history.handle(() => pipeline(...handed))),
    ...(history.source === undefined ? {} : { history: history.source }),
    forgetOffsets: (...what) => guard.forgetOffsets(...what),
    onAssigned: () => {
      guard.reassigned();
      assigned.resolve();
    },
  });

  return {
    start: async () => {
      await prepareTopics({ settings: kafka, log, clock }, { create: around.createTopics, progress });
      await Promise.all([output.open(), shadowOutput?.open(), lists.open(), control.open()]);
      await versions.obey();
      source.open();
      await Promise.race([assigned.promise, source.finished]);
      holdWatch.start();
    },
    finished: () => source.finished,
    drain: async () => {
      await source.drain();
      await output.flush();
      await source.close();
      telemetry.partitionsAssigned([]);
    },
    stop: [
      { name: 'end the watch over legal holds', run: () => holdWatch.stop() },
      { name: 'finish and commit what is in flight', run: () => source.drain() },
      { name: 'flush', run: () => output.flush() },
      { name: 'leave the group', run: () => source.close() },
      { name: 'disconnect', run: async () => void (await Promise.all([output.close(), shadowOutput?.close()])) },
      { name: 'close lists and orders', run: async () => void (await Promise.all([lists.close(), control.close()])) },
      { name: 'close the history', run: () => history.store.close() },
    ],
  };
}

/** A policy may want groups to act where nobody can look for them. */
function groupNotes({ state, kafka }: Config, { groups }: Policy): readonly string[] {
  if (state.store !== 'valkey' || kafka.topics.verdicts !== undefined || groups.mode !== 'enforce') return [];
  return [
    'Nobody looks for groups, which the policy wants to act: members that share a history need kafka.topics.verdicts.',
  ];
}

/** Who looks for groups; nobody where members share a history and have no topic by which they could tell each other. */
function groupsOf(
  { kafka }: Config,
  { groups, isShared }: History,
  hasher: EntityKeyHasher,
  policy: () => Policy,
  telemetry: Pick<Telemetry, 'groupsFound'>,
): GroupFinder | undefined {
  if (isShared && kafka.topics.verdicts === undefined) return undefined;
  const onFound: OnFound = (verdicts, mode, formed) => {
    if (verdicts.length > 0) telemetry.groupsFound({ mode, formed, accounts: countByAction(verdicts) });
  };
  return new GroupFormer(groups, hasher, () => policy().groups, onFound);
}

function countByAction(verdicts: readonly FoundVerdict[]): Partial<Record<GroupAction, number>> {
  const accounts: Partial<Record<GroupAction, number>> = {};
  for (const { verdict } of verdicts) accounts[verdict.action] = (accounts[verdict.action] ?? 0) + 1;
  return accounts;
}
