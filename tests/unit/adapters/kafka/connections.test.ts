import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/adapters/kafka/client.ts';
import { Connections } from '../../../../src/adapters/kafka/connections.ts';
import { closeDeadConnections } from '../../../../src/adapters/kafka/dead-connections.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that takes whatever comes and answers nothing, and the connections that it has had. */
async function mute(): Promise<{ readonly address: string; readonly sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

describe('a connection over which nothing comes back', () => {
  it('is closed when a request has run out of its time, and not used for the next', async () => {
    const { address, sockets } = await mute();
    const settings = { ...kafkaSettings([address]), connectionTimeoutMs: 2_000 };
    const admin = createClient({ settings, log: () => undefined, clock, requestTimeoutMs: 200 }).admin({
      retry: { retries: 0 },
    });
    await expect(admin.connect()).rejects.toThrow('timed out');
    expect(sockets.length).toBeGreaterThan(0);
    while (sockets.some(({ closed }) => !closed)) await sleep(5);
  });

  it.each<[string, Error, number[], number]>([
    ['closed, where what was asked after it waits for it too', late(7), [8, 9], 1],
    ['left alone, where something was asked before that may take longer, such as to join a group', late(7), [3, 8], 0],
    ['left alone by what fails for another reason', new kafkajs.KafkaJSError('no'), [], 0],
  ])('is %s', async (_what, error, inflight, times) => {
    const destroyed: Error[] = [];
    const asked = {
      socket: { destroy: (cause: Error) => destroyed.push(cause) },
      requestQueue: { inflight: new Map(inflight.map((each) => [each, {}])) },
      isAuthenticated: () => true,
      failIfNotConnected: () => {
        throw error;
      },
    };
    const { send } = closeDeadConnections();
    await expect(send.call(asked as never, { request: {}, response: {} })).rejects.toBe(error);
    expect(destroyed).toHaveLength(times);
  });
});

/** What kafkajs says of the request with this number. */
function late(correlationId: number): Error {
  return new kafkajs.KafkaJSRequestTimeoutError('late', { correlationId } as never);
}

describe('the connections of a client', () => {
  it('are cut all at once, and no other is opened then', async () => {
    const { address, sockets } = await mute();
    const [host, port] = address.split(':') as [string, string];
    const connections = new Connections();
    const failures: string[] = [];
    const open = (): Socket =>
      connections
        .open({ host, port: Number(port), ssl: null as never, onConnect: () => undefined })
        .on('error', ({ message }) => failures.push(message));
    const early = [open(), open()];
    await Promise.all(early.map((socket) => once(socket, 'connect')));
    connections.cut();
    open();
    while (failures.length < 3) await sleep(5);
    expect(failures).toEqual(Array.from({ length: 3 }, () => 'the client was given up'));
    while (sockets.some(({ closed }) => !closed)) await sleep(5);
  });

  it('are cut without a word, where they were closed in order: each farewell was told as an error of the connection', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).resume());
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connections = new Connections();
    const failures: string[] = [];
    const socket = connections
      .open({ host: '127.0.0.1', port, ssl: null as never, onConnect: () => undefined })
      .on('error', ({ message }) => failures.push(message));
    await once(socket, 'connect');
    socket.end();
    connections.cut();
    await once(socket, 'close');
    expect(failures).toEqual([]);
  });
});
