import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { once, type Fault } from './fault.ts';
import { storeIsHeld } from './store-told.ts';

/** For so long a shard is without its second server, milliseconds. */
const aloneMsMin = 1_000;
const aloneMsMax = 4_000;

/** Its replica takes over after some seconds. */
export const failOverShard: Fault = {
  name: 'fail-over-shard',
  what: "`kill -9` of each shard's primary, one shard after the other; its replica takes over, and it comes back as the replica",
  parts: ['store'],
  lastsMs: [0, 1_000],
  isPossible: ({ store }) => store === 'shards',
  tells: storeIsHeld,
  incomparable: 'a replica may lack what the primary had just answered for',
  begin: async ({ store }, random) => {
    assert(store.kind === 'shards');
    for (const shard of store.shards) {
      await shard.failOver();
      await sleep(random.integer(aloneMsMin, aloneMsMax));
      await shard.mend();
    }
    return once;
  },
};
