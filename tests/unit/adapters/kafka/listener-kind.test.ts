import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { misspoken } from '../../../../src/adapters/kafka/listener-kind.ts';
import { kafkaSettings } from '../../../integration/kafka/support.ts';
import { requireTlsFront } from '../../../servers/valkey/tls-front.ts';

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
    reason: expect.stringMatching(/^The listener at \S+ speaks TLS, and kafka\.tls\.enabled is false\.$/),
  });
});

// A page of the Kafka REST proxy, a metrics port or a Valkey: it answers and closes, which passed for a listener that wants a login.
it.each([
  ['an HTTP server', () => createHttpServer()],
  ['a Valkey', () => answering('-ERR unknown command\r\n')],
  ['a memcached, whose answer is shorter than any of Kafka', () => answering('ERROR\r\n')],
])('%s is no Kafka, and wants no login', async (_, serve) => {
  expect(await misspokenTo(serve())).toEqual({
    code: 'BROKER_UNREACHABLE',
    reason: expect.stringMatching(/^What listens at \S+ is no Kafka\.$/),
  });
});

// It shakes hands as a listener of Kafka's would, and it was said to turn TLS on: which would have changed nothing.
it('an HTTPS server is no Kafka, whether or not it is spoken to by TLS', async (context) => {
  const front = await requireTlsFront(context, await portOf(createHttpServer()));
  onTestFinished(() => front.close());
  for (const enabled of [false, true]) {
    expect(await misspokenAt(front.address, enabled)).toEqual({
      code: 'BROKER_UNREACHABLE',
      reason: expect.stringMatching(/^What listens at \S+ is no Kafka\.$/),
    });
  }
});

/** What a listener says that it knows: with an error of none, of each request its number, first and last version. */
function knowing(requests: readonly number[]): Server {
  const answer = Buffer.alloc(14 + 6 * requests.length);
  answer.writeInt32BE(answer.length - 4, 0);
  answer.writeInt32BE(1, 4);
  answer.writeInt32BE(requests.length, 10);
  for (const [index, request] of requests.entries()) answer.writeInt16BE(request, 14 + 6 * index);
  // It has no answer to what it does not know.
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(answer)).once('data', () => socket.once('data', () => socket.destroy()));
  });
}

// It answers the greeting and closes at the question, which passed for a listener that wants a login.
it('a controller of Kafka is no broker, and wants no login; a broker that knows its topics does', async () => {
  expect(await misspokenTo(knowing([1, 18, 52, 59]))).toEqual({
    code: 'BROKER_UNREACHABLE',
    reason: expect.stringMatching(/^What listens at \S+ is a controller of Kafka, and no broker\.$/),
  });
  expect(await misspokenTo(knowing([0, 1, 3, 18]))).toMatchObject({ code: 'BROKER_AUTHENTICATION' });
});

it('each of the brokers is looked at: the first of them may be down', async () => {
  const settings = kafkaSettings(['127.0.0.1:1', `127.0.0.1:${await portOf(answering('ERROR\r\n'))}`]);
  expect(await misspoken({ ...settings, connectionTimeoutMs: 60_000 })).toMatchObject({ code: 'BROKER_UNREACHABLE' });
});

// Where a network swallows what is sent, each of them cost two timeouts, one after the other.
it('the brokers are looked at all at once, and the first of which something is known is told', async () => {
  const toReach = new Set([1, 2, 3]);
  const all = Promise.withResolvers<void>();
  const servers = [...toReach].map((number) =>
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        toReach.delete(number);
        if (toReach.size === 0) all.resolve();
        void all.promise.then(() => socket.end('ERROR\r\n'));
      });
    }),
  );
  const ports = await Promise.all(servers.map(portOf));
  const settings = kafkaSettings(ports.map((port) => `127.0.0.1:${port}`));
  expect(await misspoken({ ...settings, connectionTimeoutMs: 60_000 })).toEqual({
    code: 'BROKER_UNREACHABLE',
    reason: `What listens at 127.0.0.1:${ports[0]} is no Kafka.`,
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

function answering(text: string): Server {
  return createServer((socket) => void socket.once('data', () => socket.end(text)));
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function misspokenTo(server: Server) {
  return misspokenAt(`127.0.0.1:${await portOf(server)}`, false);
}

function misspokenAt(address: string, isTls: boolean) {
  const settings = kafkaSettings([address]);
  return misspoken({ ...settings, tls: { ...settings.tls, enabled: isTls }, connectionTimeoutMs: 60_000 });
}
