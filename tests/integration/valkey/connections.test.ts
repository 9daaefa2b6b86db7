import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { requireOwnValkey } from '../../servers/valkey.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { observationsOf } from '../../contract/feature-store-contract.ts';
import { openStore, portOf, streamOf } from './support.ts';

const batch = observationsOf(streamOf(1, 10));

/** Connections of stores at each node. */
async function connectionsAt(nodes: readonly string[]): Promise<number[]> {
  return Promise.all(
    nodes.map(async (node) => {
      const client = await connectTo(portOf(node));
      const list = await client.clientList();
      client.destroy();
      return list.filter(({ name }) => name === 'winnow').length;
    }),
  );
}

it.for([
  ['one server', false],
  ['a cluster', true],
] as const)('leaves no connection behind that began while %s stood still', async ([, cluster], context) => {
  const { nodes, control, ...server } = await requireOwnValkey(context, { cluster });
  const store = openStore(nodes, { cluster, timeoutMs: 1_000 });
  await store.observe(batch);
  await control.pause();
  for (let attempt = 0; attempt < 6; attempt++) await expect(store.observe(batch)).rejects.toThrow('STORE_UNAVAILABLE');
  await control.resume();
  await expect.poll(() => store.observe(batch).catch(() => null)).not.toBeNull();
  await expect.poll(() => connectionsAt(nodes)).toEqual(nodes.map(() => 1));
  await store.close();
  await expect.poll(() => connectionsAt(nodes)).toEqual(nodes.map(() => 0));
  await server.stop();
});

it('goes on with the second server when the first takes connections and does not answer', async (context) => {
  const { nodes, ...server } = await requireOwnValkey(context);
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const store = openStore([`127.0.0.1:${port}`, ...nodes], { cluster: false, timeoutMs: 1_000 });
  await expect(store.observe(batch)).rejects.toThrow('no answer');
  await store.observe(batch);
  expect(await connectionsAt(nodes)).toEqual([1]);
  await store.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await server.stop();
});

it('goes on with the second server when the first is a replica by now', async (context) => {
  const [primary, replica] = [await requireOwnValkey(context), await requireOwnValkey(context)] as const;
  const client = await connectTo(portOf(replica.nodes[0]!));
  await client.sendCommand(['REPLICAOF', '127.0.0.1', String(portOf(primary.nodes[0]!))]);
  await expect.poll(async () => (await client.info('replication')).includes('status:up')).toBe(true);
  client.destroy();
  const store = openStore([...replica.nodes, ...primary.nodes], { cluster: false });
  await expect(store.observe(batch)).rejects.toThrow('replica');
  await store.observe(batch);
  await store.close();
  await Promise.all([primary.stop(), replica.stop()]);
});
