import assert from 'node:assert/strict';
import type { Fault } from './fault.ts';
import { storeIsHeld } from './store-told.ts';

/** With its log written at once, it comes back with all that it answered for. */
export const killValkey: Fault = {
  name: 'kill-valkey',
  what: '`kill -9` of Valkey, which keeps a log; it is started again later',
  parts: ['store'],
  lastsMs: [1_000, 12_000],
  isPossible: ({ store }) => store === 'valkey',
  tells: storeIsHeld,
  begin: async ({ store }) => {
    assert(store.kind === 'valkey');
    await store.control.kill();
    return () => store.control.restart();
  },
};
