import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { observationFates } from '../../../src/ports.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { openStore, portOf, uniquePrefix } from './support.ts';

/** History in Valkey outlives processes and topics: it says itself of which topic its offsets are. */

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const accounts = [1, 2, 3, 4, 5, 6, 7, 8];

/** Takes one event of each account, so that every shard has some; what became of them, and what was known of the partition. */
async function take(store: ValkeyFeatureStore, first: number, topicId?: string) {
  const events = accounts.map((account, index) => ({
    offset: first + index,
    timeMs: startMs,
    id: 1 + first + index,
    account,
  }));
  const answer = await store.observe(observationsOf(events, 0, { topicId }));
  await store.settle({ topic: 'account-events', partition: 0, offset: first + accounts.length - 1 }, []);
  const fates = new Set(Array.from(answer.fates, (fate) => observationFates[fate]!));
  return { fates: [...fates], settled: answer.settledOffset, former: answer.formerOffset };
}

describe('a topic that was made anew while no process ran', () => {
  it('is told from the former one by the next process, whichever that is, and by all of them alike', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const [former, next, other] = [1, 2, 3].map(() => openStore(nodes, { keyPrefix }));
    await take(former!, 100, 'former');
    await former!.close();
    expect(await take(next!, 50, 'new')).toEqual({ fates: ['applied'], settled: -1, former: 107 });
    expect(await take(other!, 50, 'new')).toEqual({ fates: ['replayed'], settled: 57, former: undefined });
    expect(await take(next!, 58, 'new')).toEqual({ fates: ['applied'], settled: 57, former: undefined });
    await Promise.all([next!.close(), other!.close()]);
  });

  it('is told also from one of which a version without ids wrote the offsets, once it was named', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const [former, next] = [openStore(nodes, { keyPrefix }), openStore(nodes, { keyPrefix })];
    await take(former, 100);
    expect(await take(former, 108, 'former')).toEqual({ fates: ['applied'], settled: 107, former: undefined });
    await former.close();
    expect(await take(next, 0, 'new')).toEqual({ fates: ['applied'], settled: -1, former: 115 });
    await next.close();
  });

  it('is told where Valkey lost, under way, of which topic its offsets were', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const [former, next] = [openStore(nodes, { keyPrefix }), openStore(nodes, { keyPrefix })];
    await take(former, 100, 'former');
    const client = await connectTo(portOf(nodes[0]!));
    await client.flushAll();
    client.destroy();
    await take(former, 200, 'former');
    await take(former, 208, 'former');
    await former.close();
    expect(await take(next, 0, 'new')).toEqual({ fates: ['applied'], settled: -1, former: 215 });
    await next.close();
  });
});
