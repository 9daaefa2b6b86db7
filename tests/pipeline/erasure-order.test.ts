import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { EmbeddedLegalHolds } from '../../src/adapters/embedded/legal-holds.ts';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orThrow } from '../../src/app/versions.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { erasureStory, type Place } from './erasure-story.ts';

const folder = await mkdtemp(join(tmpdir(), 'winnow-erasures-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;

/** A history with a snapshot, which is all that a killed process leaves, and nobody who holds its lock. */
async function openPlace(former?: string): Promise<Place> {
  const snapshotFile = join(folder, String(files++));
  if (former !== undefined) await copyFile(former, snapshotFile).catch(() => undefined);
  const legalHolds = new EmbeddedLegalHolds();
  const store = orThrow(
    await PersistentFeatureStore.open({
      memoryBytesMax: 32 * 1024 * 1024,
      snapshotFile,
      snapshotIntervalMs: 3_600_000,
      hasher: new EntityKeyHasher(Buffer.from('0123456789abcdef')),
      clock: systemClock,
      telemetry: silentTelemetry,
      companion: { kept: () => null, restore: () => undefined, pieces: legalHolds },
    }),
  );
  const covered = new Map(store.coveredOffsets().map(({ topic, offset }) => [topic, offset]));
  return {
    store,
    legalHolds,
    handle: (work) => store.handle(work),
    save: () => store.save(),
    // A snapshot that is not there covers nothing.
    covered: () => new Map([['account-labels', covered.get('account-labels') ?? -1]]),
    killed: () => openPlace(snapshotFile),
    close: () => store.close(),
  };
}

erasureStory('a snapshot', { open: () => openPlace(), runs: 60 });
