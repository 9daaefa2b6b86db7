import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import { startRoughProxy } from '../../servers/rough-proxy.ts';

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
  const proxy = await startRoughProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push(() => proxy.close());
  const joined = async (): Promise<Socket> => {
    const client = connect(Number(proxy.address.split(':')[1]), '127.0.0.1').on('error', () => undefined);
    open.push(() => client.destroy());
    await once(client, 'connect');
    return client;
  };
  return { proxy, sockets, joined };
}

async function heard(client: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) text += String((await once(client, 'data'))[0]);
  return text;
}

/** Always true. */
const chance = { chance: 1, random: new Random(1, 1) };

describe('a rough proxy', () => {
  it('that was slow lets nothing overtake what it holds back, in either direction', async () => {
    const { proxy, joined, sockets } = await throughProxy();
    const client = await joined();
    client.write('0');
    await heard(client, 1);
    const [atServer] = sockets;
    for (const isOnItsWayBack of [false, true]) {
      proxy.set({ kind: 'slow', delayMs: 150 });
      client.write('one ');
      if (isOnItsWayBack) await once(atServer!, 'data');
      await sleep(30); // the proxy has it by then
      proxy.set({ kind: 'open' });
      client.write('two');
      expect(await heard(client, 7)).toBe('one two');
    }
  });

  it('that is silent leaves connections half open for good, and takes new ones when it is open again', async () => {
    const { proxy, joined, sockets } = await throughProxy();
    const client = await joined();
    client.write('1');
    await heard(client, 1);
    proxy.set({ kind: 'silent' });
    let said = '';
    client.on('data', (data) => (said += String(data)));
    client.write('lost');
    for (const socket of sockets) socket.destroy();
    proxy.set({ kind: 'open' });
    const later = await joined();
    later.write('2');
    expect(await heard(later, 1)).toBe('2');
    expect([said, client.destroyed]).toEqual(['', false]);
  });

  it('breaks before the server has what a client sends, or before its answer is through', async () => {
    const { proxy, joined, sockets } = await throughProxy();
    for (const [kind, reaches] of [
      ['cutting', false],
      ['deaf', true],
    ] as const) {
      const client = await joined();
      client.write('1');
      await heard(client, 1);
      let got = '';
      for (const socket of sockets) socket.on('data', (data) => (got += String(data)));
      proxy.set({ kind, ...chance });
      client.write('lost');
      await once(client, 'close');
      expect(got).toBe(reaches ? 'lost' : '');
      proxy.set({ kind: 'open' });
    }
  });

  it('ends a connection on one side when the other side ends', async () => {
    const { joined, sockets } = await throughProxy();
    const client = await joined();
    client.write('x');
    await heard(client, 1);
    for (const socket of sockets) socket.destroy();
    await once(client, 'close');
    expect(client.destroyed).toBe(true);
  });
});
