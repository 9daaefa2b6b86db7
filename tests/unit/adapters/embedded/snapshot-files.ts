import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SnapshotIdentity } from '../../../../src/adapters/embedded/snapshot-format.ts';
import type { SnapshotOwner } from '../../../../src/adapters/embedded/snapshot-writer.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import { observationsOf, startMs } from '../../../contract/feature-store-contract.ts';

/** What tests of snapshot files share. */

export const identity: SnapshotIdentity = { layout: 'layout-0', keyCheck: 'key-0' };

/** Has nothing against a snapshot. */
export const owner: SnapshotOwner = {
  beforeBeginning: () => Promise.resolve(),
  whenBegun: () => undefined,
  mayGoOn: () => true,
  beforeReplacing: () => Promise.resolve(),
};

export function emptyStore(): EmbeddedFeatureStore {
  return new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
}

/** A path in a folder of the test's own, in which there is nothing. */
export async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-snapshot-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'state');
}

/** Tells a store of as many accounts, and of a device and an address for every four. `round`: so that events are new ones. */
export async function observeAccounts(
  store: Pick<EmbeddedFeatureStore, 'observe' | 'settle'>,
  accounts: number,
  round = 0,
): Promise<void> {
  const events = Array.from({ length: accounts }, (_, index) => ({
    offset: round * accounts + index,
    id: round * accounts + index + 1,
    timeMs: startMs + (round * accounts + index) * 1000,
    account: index + 1,
    device: Math.floor(index / 4) + 1,
    ip: Math.floor(index / 4) + 1,
    element: 0x0100_0001 * (index + 1),
    joins: true,
  }));
  await store.observe(observationsOf(events));
  await store.settle({ topic: 'account-events', partition: 0, offset: events.at(-1)!.offset }, []);
}
