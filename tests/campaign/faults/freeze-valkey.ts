import assert from 'node:assert/strict';
import type { Fault } from './fault.ts';
import { storeIsHeld } from './store-told.ts';

/** Connections stay open, and what was sent is done later. */
export const freezeValkey: Fault = {
  name: 'freeze-valkey',
  what: '`SIGSTOP` of Valkey for longer than a call may take',
  parts: ['store'],
  lastsMs: [4_000, 12_000],
  isPossible: ({ store }) => store === 'valkey',
  tells: storeIsHeld,
  begin: async ({ store }) => {
    assert(store.kind === 'valkey');
    await store.control.pause();
    return () => store.control.resume();
  },
};
