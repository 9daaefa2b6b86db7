import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/domain/failure.ts';
import { snapshotColumn } from '../../../src/features/state.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { handle, openStore, portOf, streamOf, undisturbedState, uniquePrefix, wholeState } from './support.ts';

const signups = snapshotColumn('device', 'signups', '1h');
const ipAccounts = snapshotColumn('ip', 'accounts', '24h');

describe.each(['one server', 'a cluster'] as const)('members of a group on %s', (kind) => {
  const offer = valkeyOffer({ cluster: kind === 'a cluster' });
  beforeAll(offer.start);
  afterAll(offer.stop);

  it('that touch the same entities at the same time lose nothing', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const [batches, size] = [60, 10];
    const members = [0, 1, 2].map(() => openStore(nodes, { keyPrefix }));
    await Promise.all(
      members.map(async (store, partition) => {
        for (let batch = 0; batch < batches; batch++) {
          const events = Array.from({ length: size }, (_, index) => {
            const offset = batch * size + index;
            // Everyone's device and address, and accounts of the partition alone.
            const account = 1 + partition * 1_000 + (offset % 7);
            return { offset, timeMs: startMs + offset, id: 1 + offset, account, device: 5, ip: 5, element: account };
          });
          await store.observe(observationsOf(events, partition));
        }
      }),
    );
    const event = { offset: 0, timeMs: startMs + 60_000, id: 1, account: 9_999, device: 5, ip: 5, element: 9_999 };
    const { values } = await members[0]!.observe(observationsOf([event], 3));
    expect(values[signups]).toBe(batches * size * members.length + 1);
    expect(values[ipAccounts]).toBe(7 * members.length + 1);
    await Promise.all(members.map((store) => store.close()));
  });
});

describe('a cluster', () => {
  const offer = valkeyOffer({ cluster: true });
  beforeAll(offer.start);
  afterAll(offer.stop);

  it('whose shard moves to another node meanwhile keeps all of its history', async (context) => {
    const { nodes } = offer.require(context);
    const events = streamOf(21, 1_200);
    const keyPrefix = uniquePrefix();
    const store = openStore(nodes, { keyPrefix });
    let moves = Promise.resolve(0);
    for (let from = 0; from < events.length;) {
      // One after the other, while the stream goes on.
      if (from === 300 || from === 600) moves = moveAfter(moves, nodes, `${keyPrefix}1.4{s00}:watermarks`);
      try {
        await handle(store, events.slice(from, from + 20));
        from += 20;
      } catch (error) {
        // As the guard would: the same batch again.
        if (!(error instanceof FailureError)) throw error;
      }
    }
    expect(await moves).toBe(2);
    await store.close();
    const newestMs = events.at(-1)!.timeMs;
    expect(await wholeState(nodes, keyPrefix, newestMs)).toEqual(await undisturbedState(nodes, events));
  });
});

/** Another move once the others are over; answers how many there were. */
function moveAfter(others: Promise<number>, nodes: readonly string[], key: string): Promise<number> {
  const moves = others.then(async (count) => {
    await moveShard(nodes, key);
    return count + 1;
  });
  // It is awaited at the end; until then, nobody looks.
  moves.catch(() => undefined);
  return moves;
}

/** Moves the slot of a key from its node to the next one, all at once, as Valkey 9 can. Resolves when it is there. */
async function moveShard(nodes: readonly string[], key: string): Promise<void> {
  const clients = await Promise.all(nodes.map((node) => connectTo(portOf(node))));
  const slot = String(await clients[0]!.sendCommand<number>(['CLUSTER', 'KEYSLOT', key]));
  const owns = async (index: number): Promise<boolean> =>
    Number(await clients[index]!.sendCommand(['CLUSTER', 'COUNTKEYSINSLOT', slot])) > 0;
  const held = await Promise.all(nodes.map((_, index) => owns(index)));
  const source = held.indexOf(true);
  const target = (source + 1) % nodes.length;
  const id = await clients[target]!.sendCommand<string>(['CLUSTER', 'MYID']);
  await clients[source]!.sendCommand(['CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', slot, slot, 'NODE', id]);
  await expect.poll(async () => (await owns(target)) && !(await owns(source))).toBe(true);
  for (const client of clients) client.destroy();
}

it('an empty batch is answered', async (context) => {
  const offer = valkeyOffer();
  await offer.start();
  const store = openStore(offer.require(context).nodes);
  expect((await store.observe(observationsOf([]))).values).toHaveLength(0);
  await store.close();
  await offer.stop();
});
