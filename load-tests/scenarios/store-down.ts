import { noneDegraded, noneTwice, recoversWithin } from '../judge/limits.ts';
import type { Scenario, Seconds } from '../stage/scenario.ts';

/** Below `store.holdMs`, 30 s: until then events wait, and none is decided without history. */
const downSeconds: Seconds = { full: 15, short: 15, brief: 2 };

export const storeDown: Scenario = {
  name: 'store-down',
  question:
    'Valkey is away for 15 s and comes back with its data: do events wait, and are all then decided with history?',
  setup: {
    store: 'valkey',
    valkey: ['appendonly yes'],
    members: 1,
    partitions: 4,
    rate: { ofKnee: 0.1 },
  },
  limits: [noneTwice, noneDegraded, recoversWithin(60)],
  boundBy: 'how soon the store is tried again, and how fast a backlog is worked off',
  actSeconds: { full: 30, short: 30, brief: 10 },
  act: async (stage, form) => {
    await stage.store.stop();
    await stage.play(downSeconds[form]);
    await stage.store.restart();
    return () => ({});
  },
};
