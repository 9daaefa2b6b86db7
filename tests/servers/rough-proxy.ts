import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/simulation/random.ts';

/** How the way between a client and a server is. */
export type Condition =
  | { readonly kind: 'open' }
  /** Whatever is sent arrives this much later, in both directions. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Nothing arrives any more, and nobody is told: connections of that time stay half open, also when the way is open again. */
  | { readonly kind: 'silent' }
  /** With this chance, at any piece of what a client sends, the connection breaks before the server has it. */
  | { readonly kind: 'cutting'; readonly chance: number; readonly random: Random }
  /** With this chance the server gets what it was sent and does it, and the connection breaks before its answer is through. */
  | { readonly kind: 'deaf'; readonly chance: number; readonly random: Random };

/** Stands between clients and a server, and is as good or bad a network as it is told to be; open at first. */
export interface RoughProxy {
  /** `host:port` */
  readonly address: string;
  set(condition: Condition): void;
  close(): Promise<void>;
}

/**
 * @param target `host:port` of the server
 * @param port of the proxy itself; any that is free unless given
 */
export async function startRoughProxy(target: string, port = 0): Promise<RoughProxy> {
  const [targetHost, targetPort] = target.split(':');
  const links = new Set<Link>();
  let condition: Condition = { kind: 'open' };
  const server = createServer((client) => {
    const link = new Link(client, connect(Number(targetPort), targetHost), () => condition);
    links.add(link);
    client.on('close', () => links.delete(link));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next) => {
      condition = next;
      if (next.kind === 'silent') for (const link of links) link.isDead = true;
    },
    close: async () => {
      for (const link of links) link.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One connection of a client, and ours to the server for it. */
class Link {
  /** Half open: neither side hears anything of the other any more. */
  isDead = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #condition: () => Condition;

  constructor(client: Socket, server: Socket, condition: () => Condition) {
    this.#client = client;
    this.#server = server;
    this.#condition = condition;
    this.isDead = condition().kind === 'silent';
    const toServer = inOrder(server);
    const toClient = inOrder(client);
    client.on('data', (data) => this.#pass(data, toServer, 'cutting'));
    server.on('data', (data) => this.#pass(data, toClient, 'deaf'));
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.isDead || this.destroy());
    }
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #pass(data: Buffer, send: (data: Buffer, delayMs: number) => void, breaksWhen: 'cutting' | 'deaf'): void {
    const condition = this.#condition();
    if (this.isDead) return;
    if (condition.kind === breaksWhen && condition.random.chance(condition.chance)) this.destroy();
    else send(data, condition.kind === 'slow' ? condition.delayMs : 0);
  }
}

/** Writes what it is given, each piece after its delay and never before an earlier one. */
function inOrder(to: Socket): (data: Buffer, delayMs: number) => void {
  let before = Promise.resolve();
  return (data, delayMs) => {
    const dueMs = performance.now() + delayMs;
    before = before.then(async () => {
      const waitMs = dueMs - performance.now();
      if (delayMs > 0 && waitMs > 0) await sleep(waitMs);
      if (to.writable) to.write(data);
    });
  };
}
