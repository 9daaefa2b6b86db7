import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { misspoken } from '../../../../src/adapters/kafka/listener-kind.ts';
import { kafkaSettings } from '../../../integration/kafka/support.ts';

const clientHello = 0x16;

// A broker that was busy did not shake hands in time, and its alert to a plain greeting passed for an answer: a login was said to be missing.
it('a listener that speaks TLS, and shakes no hands, is known by its alert', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', ([first]) => {
      if (first === clientHello) socket.destroy();
      else socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 10]));
    });
  });
  expect(await misspokenTo(server)).toEqual({
    code: 'BROKER_AUTHENTICATION',
    reason: 'Its listener speaks TLS, and kafka.tls.enabled is false.',
  });
});

// A page of the Kafka REST proxy, a metrics port or a Valkey: it answers and closes, which passed for a listener that wants a login.
it.each([
  ['an HTTP server', () => createHttpServer()],
  ['a Valkey', () => createServer((socket) => void socket.once('data', () => socket.end('-ERR unknown command\r\n')))],
])('%s is no Kafka, and wants no login', async (_, serve) => {
  expect(await misspokenTo(serve())).toEqual({
    code: 'BROKER_UNREACHABLE',
    reason: 'What listens there is no Kafka.',
  });
});

// A network that breaks connections broke one between two answers, and a start ended that had to wait.
it('a broker whose connection breaks once between two answers wants no login', async () => {
  let questions = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (asked) => {
      if (asked.length === 14) socket.write(Buffer.from('0000000600000001000000000000', 'hex'));
      else if (questions++ === 0) socket.destroy();
      else socket.write(Buffer.from('0000000600000002000000000000', 'hex'));
    });
  });
  expect(await misspokenTo(server)).toBeUndefined();
});

async function misspokenTo(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return misspoken({ ...kafkaSettings([`127.0.0.1:${port}`]), connectionTimeoutMs: 60_000 });
}
