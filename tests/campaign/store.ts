import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../integration/processor/support/clean-up.ts';
import { startRoughProxy, type RoughProxy } from '../servers/rough-proxy.ts';
import { startValkey, type ValkeyControl } from '../servers/valkey.ts';
import { startValkeyWithReplicas, type ValkeyShard } from '../servers/valkey-cluster.ts';
import type { Topology } from './topology.ts';

/** Where members keep their history: begun anew for each round. */
export type Store =
  | {
      readonly kind: 'embedded';
      /** Where each member has its snapshot. */
      readonly folder: string;
    }
  | {
      readonly kind: 'valkey';
      readonly nodes: readonly string[];
      readonly control: ValkeyControl;
      /** Between members and server. */
      readonly proxy: RoughProxy;
    }
  | { readonly kind: 'shards'; readonly nodes: readonly string[]; readonly shards: readonly ValkeyShard[] };

/** What is acknowledged is on the disk, so a server that is killed and started again has all of it. */
const kept = ['appendonly yes', 'appendfsync always'];

/** Throws `ServerUnavailable`. */
export async function openStore(kind: Topology['store'], cleanUp: CleanUp): Promise<Store> {
  if (kind === 'embedded') {
    const folder = await mkdtemp(join(tmpdir(), 'winnow-campaign-'));
    cleanUp(() => rm(folder, { recursive: true, force: true }));
    return { kind, folder };
  }
  if (kind === 'shards') {
    const valkey = await startValkeyWithReplicas();
    cleanUp(() => valkey.stop());
    return { kind, nodes: valkey.nodes, shards: valkey.shards };
  }
  const server = await startValkey({ settings: kept });
  cleanUp(() => server.stop());
  const proxy = await startRoughProxy(server.nodes[0]!);
  cleanUp(() => proxy.close());
  return { kind, nodes: server.nodes, control: server.control!, proxy };
}

/**
 * What a member is told of its store.
 * @param member whose snapshot it is, where history lies in the process
 * @param isProxied whether it reaches one Valkey by the proxy, and not straight
 */
export function storeVariables(
  store: Store,
  member: string,
  keyPrefix: string,
  isProxied = true,
): Readonly<Record<string, string>> {
  if (store.kind === 'embedded') return { WINNOW_STATE_SNAPSHOT_FILE: join(store.folder, member) };
  const nodes = store.kind === 'valkey' && isProxied ? [store.proxy.address] : store.nodes;
  return {
    WINNOW_STATE_STORE: 'valkey',
    WINNOW_VALKEY_NODES: nodes.join(','),
    WINNOW_VALKEY_CLUSTER: String(store.kind === 'shards'),
    WINNOW_VALKEY_KEY_PREFIX: keyPrefix,
  };
}
