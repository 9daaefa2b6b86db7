import { expect, it } from 'vitest';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { snapshotColumn, snapshotColumnCount } from '../../../src/features/state.ts';
import { observationFates } from '../../../src/ports.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { requireOwnValkey } from '../../servers/valkey.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { openStore, portOf, valkeySettings } from './support.ts';

/** More memory than this has a server at its start, and much less than the entities of these tests want. */
const maxMemory = 'maxmemory 6mb';
const accountEvents = snapshotColumn('account', 'events', '24h');

/** Events of as many accounts, each with a device of its own, at offsets from `from` on. */
function strangers(from: number, count: number) {
  return observationsOf(
    Array.from({ length: count }, (_, index) => {
      const entity = from + index + 1;
      const offset = from + index;
      return { offset, timeMs: startMs + offset, id: entity, account: entity, device: entity, element: entity };
    }),
  );
}

it('under volatile-lru, entities go, watermarks stay, and who went is new again', async (context) => {
  const server = await requireOwnValkey(context, { settings: [maxMemory, 'maxmemory-policy volatile-lru'] });
  const store = openStore(server.nodes);
  const [batchSize, count] = [500, 40_000];
  const first = strangers(0, batchSize);
  for (let from = 0; from < count; from += batchSize) await store.observe(strangers(from, batchSize));
  const client = await connectTo(portOf(server.nodes[0]!));
  expect(Number(/evicted_keys:(\d+)/.exec(await client.info('stats'))?.[1])).toBeGreaterThan(count / 10);
  client.destroy();

  // Long gone, and still not counted twice. Which ones go is chosen by samples, so that some old ones stay.
  const again = await store.observe(first);
  expect(new Set(Array.from(again.fates, (fate) => observationFates[fate]))).toEqual(new Set(['replayed']));
  const gone = Array.from(
    { length: batchSize },
    (_, row) => again.values[row * snapshotColumnCount + accountEvents],
  ).indexOf(0);
  expect(gone).toBeGreaterThanOrEqual(0);
  const event = { offset: count, timeMs: startMs + count, id: count, account: gone + 1 };
  expect((await store.observe(observationsOf([event]))).values[accountEvents]).toBe(1);
  await store.close();
  await server.stop();
});

it('under noeviction, a full Valkey says so, and has room again when it is given more', async (context) => {
  const server = await requireOwnValkey(context, { settings: [maxMemory, 'maxmemory-policy noeviction'] });
  const store = openStore(server.nodes);
  const fill = async (): Promise<void> => {
    for (let from = 0; from < 40_000; from += 500) await store.observe(strangers(from, 500));
  };
  await expect(fill()).rejects.toMatchObject({
    failure: { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Valkey is full') },
  });
  const client = await connectTo(portOf(server.nodes[0]!));
  await client.configSet('maxmemory', '100mb');
  client.destroy();
  await fill();
  await store.close();
  await server.stop();
});

it('warns of a policy that evicts watermarks', async (context) => {
  const server = await requireOwnValkey(context, { settings: [maxMemory, 'maxmemory-policy allkeys-lru'] });
  const warned: unknown[] = [];
  const store = new ValkeyFeatureStore(valkeySettings(server.nodes), (...words) => void warned.push(words));
  await store.observe(strangers(0, 1));
  expect(warned).toEqual([['warn', expect.stringContaining('may evict watermarks'), { policy: 'allkeys-lru' }]]);
  await store.close();
  await server.stop();
});
