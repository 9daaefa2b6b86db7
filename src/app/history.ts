import { PersistentFeatureStore } from '../adapters/embedded/persistent-store.ts';
import { EmbeddedFeatureStore } from '../adapters/embedded/store.ts';
import type { History as SourceHistory } from '../adapters/kafka/start-positions.ts';
import type { Logger } from '../adapters/log/logger.ts';
import { ValkeyFeatureStore } from '../adapters/valkey/store.ts';
import type { Config } from '../config/schema.ts';
import { FailureError, success, type Result } from '../domain/failure.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import type { Clock, FeatureStore, RecordBatch } from '../ports.ts';
import type { Telemetry } from '../telemetry.ts';

/** The history of a processor: its store and, where that outlives the process by itself, what it knows of the stream. */
export interface History {
  readonly store: FeatureStore;
  /** To be told of each batch all of whose records have their fate. */
  readonly complete: (batch: RecordBatch) => void;
  /** Where the source has to begin so that history has no gap; undefined where the committed offsets say it. */
  readonly source: SourceHistory | undefined;
}

interface Surroundings {
  readonly hasher: EntityKeyHasher;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** The history that the settings ask for: shared in Valkey, or in this process and, where they name a file, kept on disk. */
export async function openHistory(config: Config, { logger, ...around }: Surroundings): Promise<Result<History>> {
  const { store, entitiesMax, snapshotFile, snapshotIntervalMs } = config.state;
  if (store === 'valkey') return openValkey(config.valkey, logger);
  if (snapshotFile === undefined) return success(withoutMemory(new EmbeddedFeatureStore({ entitiesMax })));
  const opened = await PersistentFeatureStore.open({ entitiesMax, snapshotFile, snapshotIntervalMs, ...around });
  return opened.ok ? success(withMemory(opened.value)) : opened;
}

function openValkey(settings: Config['valkey'], logger: Logger): Result<History> {
  try {
    return success(
      withoutMemory(new ValkeyFeatureStore(settings, (level, message, fields) => logger[level](message, fields))),
    );
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}

function withoutMemory(store: FeatureStore): History {
  return { store, complete: () => undefined, source: undefined };
}

function withMemory(store: PersistentFeatureStore): History {
  return {
    store,
    complete: ({ topic, partition, records }) => store.complete(topic, partition, records.at(-1)!.offset),
    source: {
      next: () => store.coveredOffsets().map((covered) => ({ ...covered, offset: covered.offset + 1 })),
      forget: (topic, partition) => store.forget(topic, partition),
      begin: async (positions) => {
        for (const { topic, partition, offset } of positions) store.complete(topic, partition, offset - 1);
        await store.save();
      },
    },
  };
}
