import { EmbeddedGroupStore } from '../../adapters/embedded/group-store.ts';
import { EmbeddedLegalHolds } from '../../adapters/embedded/legal-holds.ts';
import { PersistentFeatureStore } from '../../adapters/embedded/persistent-store.ts';
import { joined } from '../../adapters/embedded/pieces.ts';
import type { Companion } from '../../adapters/embedded/snapshot-format.ts';
import { EmbeddedFeatureStore } from '../../adapters/embedded/store.ts';
import type { KafkaLogger } from '../../adapters/kafka/settings.ts';
import type { Position, SourceHistory } from '../../adapters/kafka/start-positions.ts';
import type { Logger } from '../../adapters/log/logger.ts';
import type { ValkeyLogger, ValkeySettings } from '../../adapters/valkey/settings.ts';
import type { Config } from '../../config/schema.ts';
import { FailureError, success, type Result } from '../../domain/failure.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import { secretCheckOf } from '../../features/secret-check.ts';
import type { GroupStore } from '../../group-ports.ts';
import type { MemberLog } from '../../domain/member-log.ts';
import type { Clock, FeatureStore, LegalHolds } from '../../ports.ts';
import { combineTelemetry, silentTelemetry, type HistoryReading, type Telemetry } from '../../telemetry.ts';
import { readPastHolds } from './past-holds.ts';

/** The history of a processor: its store and, where that outlives the process by itself, what it knows of the stream. */
export interface History {
  readonly store: FeatureStore;
  /** What it takes and forgets, where it is in this process. */
  readonly reading: (() => HistoryReading) | undefined;
  /** Whether all members of the group see it. */
  readonly isShared: boolean;
  /** What accounts have in common; lies where the history does, and is closed with it. */
  readonly groups: GroupStore;
  /** What outranks a request to be forgotten; lies where the history does, and lasts as long. */
  readonly legalHolds: LegalHolds;
  /** What members tell each other, where they share the history. */
  readonly memberLog?: MemberLog;
  /** Does the work of a batch, after which all of its records have their fate. */
  readonly handle: <T>(work: () => Promise<T>) => Promise<T>;
  /** Where the source has to begin so that history has no gap; undefined where the committed offsets say it. */
  readonly source: SourceHistory | undefined;
}

interface Surroundings {
  /** What is kept on disk with a history that is. */
  readonly companion?: Companion;
  readonly hasher: EntityKeyHasher;
  /** Whether another history is built beside the one that serves: one that is shared, and is not known to be of this secret, is refused. */
  readonly isNext?: boolean;
  /** Called while what was before is read. */
  readonly progress?: () => void;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** The history that the settings ask for: shared in Valkey, or in this process and, where they name a file, kept on disk. */
export async function openHistory(config: Config, { logger, ...around }: Surroundings): Promise<Result<History>> {
  const { store, memoryBytesMax, snapshotFile, snapshotIntervalMs, groupAccountsMax } = config.state;
  if (store === 'valkey') {
    const settings = { ...sharedSettings(config, around.hasher), refusesUnstamped: around.isNext === true };
    return openValkey(settings, logger, around.telemetry);
  }
  const groups = new EmbeddedGroupStore({ membersMax: groupAccountsMax });
  const legalHolds = new EmbeddedLegalHolds();
  const { labels } = config.kafka.topics;
  const beside: Beside = { groups, legalHolds, begins: holdsOfLabels(config, legalHolds, { logger, ...around }) };
  if (snapshotFile === undefined) {
    if (labels === undefined)
      logger.warn(
        'Legal holds end with this process: after a restart, a request to be forgotten is carried out all the same.',
        {
          remedy: 'Name kafka.topics.labels or state.snapshotFile, or let history lie in Valkey (state.store).',
        },
      );
    const embedded = new EmbeddedFeatureStore({ memoryBytesMax });
    return success(inProcess(embedded, beside, { handle: (work) => work(), keep: () => Promise.resolve() }));
  }
  const companion = { ...(around.companion ?? keepsNothing), pieces: joined(legalHolds, groups) };
  const settings = { memoryBytesMax, snapshotFile, snapshotIntervalMs };
  let isOpen = false;
  const telemetry = combineTelemetry(around.telemetry, {
    ...silentTelemetry,
    snapshotFailed: () => {
      if (!isOpen && labels === undefined) tellHoldsLost(logger);
    },
  });
  const opened = await PersistentFeatureStore.open({ ...around, ...settings, telemetry, companion });
  isOpen = true;
  if (!opened.ok) return opened;
  const { value: kept } = opened;
  return success(inProcess(kept, beside, { handle: (work) => kept.handle(work), keep: () => kept.save() }));
}

/** A snapshot that was there is not used: holds were in it. */
function tellHoldsLost(logger: Pick<Logger, 'warn'>): void {
  logger.warn(
    'Legal holds that were in the snapshot are not known: a request to be forgotten is carried out all the same.',
    {
      remedy: 'End the process, import the labels topic from an export (winnow import), and start it again.',
    },
  );
}

/**
 * History begins with partitions that it does not know: of those by which labels come, what was said of holds before is read first. Not where labels
 * come among the events: nobody reads all events for that.
 */
function holdsOfLabels(
  config: Config,
  legalHolds: LegalHolds,
  { logger, clock, hasher, progress = () => undefined }: Surroundings,
): Beside['begins'] {
  const log: KafkaLogger = (level, message, fields) => logger[level](message, fields);
  const kafka = { settings: config.kafka, clock, log };
  return async (positions) => {
    const { labels } = config.kafka.topics;
    const ofLabels = positions.filter(({ topic, offset }) => topic === labels && offset > 0);
    if (ofLabels.length === 0) return;
    await readPastHolds(ofLabels, { kafka, events: config.events, legalHolds, hasher, progress });
    const accounts = (await legalHolds.accounts()).length;
    if (accounts > 0) logger.info('Legal holds that history did not know were read in the labels topic.', { accounts });
  };
}

const keepsNothing: Companion = { kept: () => undefined, restore: () => undefined };

/** Where a shared history lies, and under which secret. */
export function sharedSettings({ valkey }: Config, hasher: EntityKeyHasher): ValkeySettings {
  return { ...valkey, secretCheck: secretCheckOf(hasher) };
}

async function openValkey(settings: ValkeySettings, logger: Logger, telemetry: Telemetry): Promise<Result<History>> {
  // Its client is large: a history in this process starts without.
  const { ValkeyFeatureStore } = await import('../../adapters/valkey/store.ts');
  try {
    const log: ValkeyLogger = (level, message, fields) => logger[level](message, fields);
    const store = new ValkeyFeatureStore(settings, log, telemetry);
    const { groups, legalHolds, memberLog } = store;
    // The committed offsets say where reading goes on.
    const source = undefined;
    return success({
      store,
      groups,
      legalHolds,
      memberLog,
      isShared: true,
      reading: undefined,
      handle: (work) => work(),
      source,
    });
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** What lies beside a history in this process. */
interface Beside extends Pick<History, 'groups' | 'legalHolds'> {
  /** History begins at these positions of partitions that it does not know. */
  readonly begins: (positions: readonly Position[]) => Promise<void>;
}

/**
 * A history of what this process has read, whether or not it is kept: also one that is not has a gap where another member had a
 * partition meanwhile.
 */
function inProcess(
  store: EmbeddedFeatureStore,
  { begins, ...beside }: Beside,
  { handle, keep }: Pick<History, 'handle'> & { readonly keep: () => Promise<void> },
): History {
  return {
    store,
    ...beside,
    isShared: false,
    reading: () => store.reading(),
    handle,
    source: {
      next: () => store.coveredOffsets().map((covered) => ({ ...covered, offset: covered.offset + 1 })),
      forget: (...what) => void store.forgetOffsets(...what),
      begin: async (positions) => {
        const known = new Set(store.coveredOffsets().map(({ topic, partition }) => `${topic} ${partition}`));
        await begins(positions.filter(({ topic, partition }) => !known.has(`${topic} ${partition}`)));
        for (const position of positions) store.beginAfter({ ...position, offset: position.offset - 1 });
        await keep();
      },
    },
  };
}

/**
 * Tells when members of a group have each their own history. It is told and not refused: while a new process takes over from an
 * old one there are two, and a group that stops deciding is worse than one whose members each see a part.
 */
export function dividedHistoryTelemetry(logger: Pick<Logger, 'error'>): Telemetry {
  return {
    ...silentTelemetry,
    membersCounted(members) {
      if (members < 2) return;
      logger.error('Each member of the group has a history of its own, and sees only what its own partitions bring.', {
        members,
        remedy: 'Run one process, or let all share a history: state.store valkey.',
      });
    },
  };
}
