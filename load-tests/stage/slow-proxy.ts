import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between clients and a server of this machine, and can hold back what either says. */
export interface SlowProxy {
  /** `host:port` */
  readonly address: string;
  /** Milliseconds for which each piece is held back in each direction, from now on. 0 at first. */
  delayMs: number;
  close(): Promise<void>;
}

/** Pieces keep their order: a delay that is taken away lets none overtake one that waits. */
export async function startSlowProxy(target: string): Promise<SlowProxy> {
  const [host, port] = target.split(':');
  const open = new Set<Socket>();
  const delay = { ms: 0 };
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      let before: Promise<unknown> = Promise.resolve();
      from.on('data', (piece) => {
        const held = delay.ms === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, delay.ms));
        before = before.then(() => held).then(() => void (to.writable && to.write(piece)));
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get delayMs() {
      return delay.ms;
    },
    set delayMs(ms) {
      delay.ms = ms;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
