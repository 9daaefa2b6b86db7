import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const settings = { ...kafkaSettings([`127.0.0.1:${port}`]), connectionTimeoutMs: 60_000 };
  expect(await misspoken(settings)).toBe('Its listener speaks TLS, and kafka.tls.enabled is false.');
});
