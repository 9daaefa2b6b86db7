import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orThrow } from '../../src/app/versions.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { Governor, type KeptGovernor } from '../../src/policy/governor/governor.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { sharingMember } from './sharing-member.ts';
import { keptGovernorContract, keptGovernorSettings, type KeptGovernorMember } from './kept-governor-contract.ts';
import { PlainMemberLog } from './plain-member-log.ts';

const folder = await mkdtemp(join(tmpdir(), 'winnow-governor-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let snapshots = 0;

/** Counts in the snapshot of the history. The one that dies lets go of its file, as the system does for it. */
async function inSnapshot(snapshotFile: string, settled = 0): Promise<KeptGovernorMember> {
  const governor = new Governor(keptGovernorSettings);
  const store = orThrow(
    await PersistentFeatureStore.open({
      memoryBytesMax: 64 * 1024 * 1024,
      snapshotFile,
      snapshotIntervalMs: 3_600_000,
      hasher: new EntityKeyHasher(new Uint8Array(16)),
      companion: { kept: () => governor.kept(), restore: (kept) => governor.restore(kept as KeptGovernor) },
      clock: systemClock,
      telemetry: silentTelemetry,
    }),
  );
  let offset = settled;
  return {
    governor,
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

keptGovernorContract('in the snapshot', () => inSnapshot(join(folder, String(snapshots++))));
keptGovernorContract('in the log of members', () => Promise.resolve(sharingMember(new PlainMemberLog())));
