import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { lastLine, run } from '../process.ts';
import { giveUp, type Skip } from '../unavailable.ts';

/** TLS in front of a server that speaks none: not every build of Valkey does. */
export interface TlsFront {
  /** `host:port` on loopback, which the certificate names. */
  readonly address: string;
  /** File with the PEM certificate to trust. */
  readonly caPath: string;
  close(): Promise<void>;
}

/** A front with a certificate of its own, made by openssl. Where that is missing, the test is given up. */
export async function requireTlsFront(context: Skip, target: number): Promise<TlsFront> {
  const directory = await mkdtemp(join(tmpdir(), 'winnow-tls-'));
  const [keyPath, caPath] = [join(directory, 'key.pem'), join(directory, 'ca.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', keyPath, '-out', caPath];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files];
  const made = await run('openssl', make, { timeoutMs: 60_000 });
  if (made.code !== 0) giveUp(context, `openssl makes no certificate here (${lastLine(made)})`);

  const open = new Set<Socket>();
  const server = createServer({ key: await readFile(keyPath), cert: await readFile(caPath) }, (client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    caPath,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
