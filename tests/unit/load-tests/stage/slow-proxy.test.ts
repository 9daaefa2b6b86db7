import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startSlowProxy } from '../../../../load-tests/stage/slow-proxy.ts';

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A client of a server that repeats what it hears, with the proxy between. */
async function throughProxy() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(
    () => server.close(),
    () => sockets.forEach((socket) => socket.destroy()),
  );
  const proxy = await startSlowProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push(() => proxy.close());
  const client = connect(Number(proxy.address.split(':')[1]), '127.0.0.1');
  await once(client, 'connect');
  open.push(() => client.destroy());
  return { proxy, client, sockets };
}

async function heard(client: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) text += String((await once(client, 'data'))[0]);
  return text;
}

describe('the slow proxy', () => {
  it('holds back each direction, and keeps the order also where the delay ends', async () => {
    const { proxy, client } = await throughProxy();
    proxy.delayMs = 40;
    const startMs = performance.now();
    client.write('one ');
    await new Promise((resolve) => setTimeout(resolve, 10));
    proxy.delayMs = 0;
    client.write('two');
    expect(await heard(client, 7)).toBe('one two');
    // At least: how much later is the machine's affair. A timer may fire a millisecond early.
    expect(performance.now() - startMs).toBeGreaterThan(38);
  });

  it('ends a connection on one side when the other side ends', async () => {
    const { client, sockets } = await throughProxy();
    client.write('x');
    await heard(client, 1);
    for (const socket of sockets) socket.destroy();
    await once(client, 'close');
    expect(client.destroyed).toBe(true);
  });
});
