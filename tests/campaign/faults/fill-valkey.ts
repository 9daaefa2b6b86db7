import assert from 'node:assert/strict';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { portOf } from '../../integration/valkey/support.ts';
import type { Fault } from './fault.ts';
import { storeIsHeld } from './store-told.ts';

/** It takes nothing more, and evicts nothing. */
export const fillValkey: Fault = {
  name: 'fill-valkey',
  what: 'Valkey has no memory left (`maxmemory`, `noeviction`)',
  parts: ['store'],
  lastsMs: [2_000, 10_000],
  isPossible: ({ store }) => store === 'valkey',
  tells: storeIsHeld,
  begin: async ({ store }) => {
    assert(store.kind === 'valkey');
    const client = await connectTo(portOf(store.nodes[0]!));
    await client.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '1mb' });
    return async () => {
      await client.configSet('maxmemory', '0');
      client.destroy();
    };
  },
};
