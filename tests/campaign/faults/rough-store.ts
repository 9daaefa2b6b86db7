import assert from 'node:assert/strict';
import type { Random } from '../../../src/simulation/random.ts';
import type { Condition } from '../../servers/rough-proxy.ts';
import type { Fault } from './fault.ts';
import { storeIsHeld } from './store-told.ts';

/** The way to Valkey is bad. */
function roughStore(name: string, what: string, condition: (random: Random) => Condition): Fault {
  return {
    name,
    what,
    parts: ['store'],
    lastsMs: [4_000, 12_000],
    isPossible: ({ store }) => store === 'valkey',
    tells: storeIsHeld,
    begin: async ({ store }, random) => {
      assert(store.kind === 'valkey');
      store.proxy.set(condition(random));
      return async () => store.proxy.set({ kind: 'open' });
    },
  };
}

/** Longer than a call may take. */
const delayMs = 3_000;

export const roughStores: readonly Fault[] = [
  roughStore('slow-store', 'answers of Valkey come later than a call may take', () => ({ kind: 'slow', delayMs })),
  roughStore('silent-store', 'connections to Valkey are half open', () => ({ kind: 'silent' })),
  roughStore('cut-store', 'connections to Valkey break before it has what is sent', (random) => ({
    kind: 'cutting',
    chance: 0.1,
    random,
  })),
  roughStore('deaf-store', 'Valkey does what it is asked, and the connection breaks before its answer', (random) => ({
    kind: 'deaf',
    chance: 0.1,
    random,
  })),
];
