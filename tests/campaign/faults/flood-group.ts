import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaSettings, openSource } from '../../integration/kafka/support.ts';
import { anywhere, type Fault } from './fault.ts';

const joinersMin = 3;
const joinersMax = 8;
const stayMsMax = 1_500;

/** They read with the product's own consumer, decide nothing, and are gone before they could. */
export const floodGroup: Fault = {
  name: 'flood-group',
  what: '3 to 8 members join the group, hold their partitions for a moment, and leave',
  parts: ['group'],
  lastsMs: [0, 1_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_rebalance_duration_seconds_count' }], [{ log: 'This member owns' }]],
  begin: async ({ brokers, scene }, random) => {
    const settings = kafkaSettings(brokers.addresses, scene.names);
    const leaving: Promise<void>[] = [];
    for (let left = random.integer(joinersMin, joinersMax); left > 0; left -= 1) {
      const { source } = openSource({ settings, handler: (_batch, signal) => sleep(600_000, undefined, { signal }) });
      await sleep(random.integer(100, stayMsMax));
      leaving.push(source.close());
    }
    return async () => void (await Promise.all(leaving));
  },
};
