import { topics } from '../domain/topics.ts';
import { loadReference, type LoadedReference, type ReferenceOptions } from '../adapters/reference/load.ts';
import { EmbeddedGroupStore } from '../adapters/embedded/group-store.ts';
import { EmbeddedFeatureStore } from '../adapters/embedded/store.ts';
import { EntityKeyHasher } from '../features/entity-key.ts';
import { HoldBoard } from '../holds.ts';
import type { Clock } from '../ports.ts';
import { StoreGuard } from '../store-guard.ts';
import { silentTelemetry } from '../telemetry.ts';

/** What commands over files share: they keep no state beyond their run, so that a fixed key is no risk and repeats results. */

/** The topic that a file's lines stand for. */
export const offlineTopic = topics.events.name;

const memoryBytesMax = 1280 * 1024 * 1024;
const offlineKey = new TextEncoder().encode('winnow-offline-0');

export function offlineHasher(): EntityKeyHasher {
  return new EntityKeyHasher(offlineKey);
}

export function offlineStore(): EmbeddedFeatureStore {
  return new EmbeddedFeatureStore({ memoryBytesMax });
}

/** What accounts have in common; of more accounts than this the first are forgotten, as everywhere. */
export function offlineGroups(): EmbeddedGroupStore {
  return new EmbeddedGroupStore({ membersMax: 500_000 });
}

/** A history behind the guard that a pipeline asks for. The embedded store does not fail: there is nothing to wait for. */
export function offlineGuard(clock: Clock, store = offlineStore()): StoreGuard {
  const holds = new HoldBoard(clock, silentTelemetry);
  return new StoreGuard(store, { holdMs: 0, retryInitialMs: 1, retryMaxMs: 1, clock, holds });
}

/** Reference data for commands over files, loaded once; what could not be loaded is told on standard error. */
export async function offlineReference(options: ReferenceOptions = {}): Promise<LoadedReference> {
  const loaded = await loadReference(options);
  for (const { part, cause } of loaded.missing) process.stderr.write(`Reference data missing: ${part} (${cause}).\n`);
  return loaded;
}
