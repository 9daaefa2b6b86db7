import assert from 'node:assert/strict';
import { pick, type Fault } from './fault.ts';
import { storeIsHeld } from './store-told.ts';

/** Its replica takes over after some seconds. */
export const failOverShard: Fault = {
  name: 'fail-over-shard',
  what: "`kill -9` of a shard's primary; its replica takes over, and it comes back as the replica",
  parts: ['store'],
  lastsMs: [1_000, 4_000],
  isPossible: ({ store }) => store === 'shards',
  tells: storeIsHeld,
  incomparable: 'a replica may lack what the primary had just answered for',
  begin: async ({ store }, random) => {
    assert(store.kind === 'shards');
    const shard = pick(random, store.shards);
    await shard.failOver();
    return () => shard.mend();
  },
};
