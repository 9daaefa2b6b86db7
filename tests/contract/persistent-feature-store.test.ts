import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orThrow } from '../../src/app/versions.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import type { FeatureStore } from '../../src/ports.ts';
import { featureStoreContract } from './feature-store-contract.ts';

const folder = await mkdtemp(join(tmpdir(), 'winnow-contract-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let stores = 0;

// A snapshot begins all the time: what callers may rely on holds while it is written.
featureStoreContract('the embedded store that writes snapshots', async (): Promise<FeatureStore> => {
  return orThrow(
    await PersistentFeatureStore.open({
      memoryBytesMax: 64 * 1024 * 1024,
      snapshotFile: join(folder, `${stores++}`),
      snapshotIntervalMs: 1,
      hasher: new EntityKeyHasher(new Uint8Array(16)),
      clock: systemClock,
      telemetry: {
        snapshotRestored: () => undefined,
        snapshotWritten: () => undefined,
        snapshotFailed: ({ message }) => {
          throw new Error(message);
        },
      },
    }),
  );
});
