import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orThrow } from '../../src/app/versions.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import { BlockAllowance } from '../../src/scoring/block-allowance.ts';
import { BlockCounts, type KeptBlockCounts } from '../../src/steps/block-counts.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { sharingMember } from './sharing-member.ts';
import { keptBlocksContract, keptGovernorSettings, type KeptBlocksMember } from './kept-blocks-contract.ts';
import { PlainMemberLog } from './plain-member-log.ts';

const folder = await mkdtemp(join(tmpdir(), 'winnow-governor-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let snapshots = 0;

/** Counts in the snapshot of the history. The one that dies lets go of its file, as the system does for it. */
async function inSnapshot(snapshotFile: string, settled = 0): Promise<KeptBlocksMember> {
  const counts = new BlockCounts(new Governor(keptGovernorSettings), new BlockAllowance());
  const store = orThrow(
    await PersistentFeatureStore.open({
      memoryBytesMax: 64 * 1024 * 1024,
      snapshotFile,
      snapshotIntervalMs: 3_600_000,
      hasher: new EntityKeyHasher(new Uint8Array(16)),
      companion: { kept: () => counts.kept(), restore: (kept) => counts.restore(kept as KeptBlockCounts) },
      clock: systemClock,
      telemetry: silentTelemetry,
    }),
  );
  let offset = settled;
  return {
    governor: counts.governor,
    allowance: counts.allowance,
    keep: async () => {
      await store.settle({ topic: 'events', partition: 0, offset: ++offset }, []);
      await store.save();
    },
    restart: async () => {
      await store.close();
      return inSnapshot(snapshotFile, offset);
    },
  };
}

keptBlocksContract('in the snapshot', () => inSnapshot(join(folder, String(snapshots++))));
keptBlocksContract('in the log of members', () => Promise.resolve(sharingMember(new PlainMemberLog())));
