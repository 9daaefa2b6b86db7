import type { ConnectionOptions } from 'node:tls';
import { createClient, createCluster, RESP_TYPES, RootNodesUnavailableError } from '@redis/client';
import { tlsOptions } from '../../net/tls.ts';
import type { ValkeySettings } from './settings.ts';

/** An open connection to one server or to all nodes of a cluster. */
export interface Link {
  /** Place of its server in `settings.nodes`; 0 of a cluster. */
  readonly node: number;
  /** One command to the node that holds `key`. Returns bytes where Valkey does. */
  send(key: string, args: readonly (string | Buffer)[]): Promise<unknown>;
  /** One command to each node that holds keys; returns text. */
  sendToAll(args: readonly string[]): Promise<string[]>;
  /** Lets `work` speak with each node that holds keys, about what lies there, one after the other. Returns bytes where Valkey does. */
  eachNode(work: (send: SendTo) => Promise<void>): Promise<void>;
  /** Ends it at once: calls without an answer fail. */
  destroy(): void;
}

/** One command to a node. */
export type SendTo = (args: readonly (string | Buffer)[]) => Promise<unknown>;

/** Calls that may wait for an answer at once. A batch makes one per shard and phase. */
const callsMax = 10_000;
/** Time is limited by who calls: the client's own limit is a signal with a timer for every command, which costs more than the command. */
const untimed = { timeout: 0 };
const asBytes = { ...untimed, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

/** Options of the client's sockets; files are read once. */
export interface SocketSettings {
  readonly connectTimeout: number;
  /** A connection that breaks stays broken: whoever uses it opens another. */
  readonly reconnectStrategy: false;
  readonly tls?: true;
}

/** Throws `FailureError` `CONFIG_INVALID` when a file of `valkey.tls` cannot be read. */
export function socketSettings({ tls, timeoutMs }: ValkeySettings): SocketSettings & ConnectionOptions {
  const settings: SocketSettings = { connectTimeout: timeoutMs, reconnectStrategy: false };
  return tls.enabled ? { ...settings, tls: true, ...tlsOptions('valkey.tls', tls) } : settings;
}

/**
 * Connects: of several servers, to the first that lets it, beginning with the one at place `first` (modulo their number).
 * `signal` ends it, at whatever point. `onBroken` is called when the link has failed and must not be used again.
 * Rejects with whatever the client, the network or the server says.
 */
export async function connect(
  settings: ValkeySettings,
  socket: SocketSettings,
  first: number,
  signal: AbortSignal,
  onBroken: () => void,
): Promise<Link> {
  if (settings.cluster) return connectCluster(settings, socket, signal, onBroken);
  let reason: unknown;
  for (let tried = 0; tried < settings.nodes.length; tried++) {
    signal.throwIfAborted(); // nobody would end what begins now
    try {
      return await connectServer((first + tried) % settings.nodes.length, settings, socket, signal, onBroken);
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

async function connectServer(
  node: number,
  settings: ValkeySettings,
  socket: SocketSettings,
  signal: AbortSignal,
  onBroken: () => void,
): Promise<Link> {
  const client = createClient({
    ...clientOptions(settings),
    socket: { ...socket, ...addressOf(settings.nodes[node]!) },
  });
  const destroy = (): void => void (client.isOpen && client.destroy());
  client.on('error', onBroken);
  signal.addEventListener('abort', destroy);
  await client.connect();
  if (signal.aborted) client.destroy();
  signal.throwIfAborted();
  return {
    node,
    send: (_key, args) => client.sendCommand([...args], asBytes),
    sendToAll: async (args) => [String(await client.sendCommand<string | number>([...args]))],
    eachNode: (work) => work((args) => client.sendCommand([...args], asBytes)),
    destroy,
  };
}

async function connectCluster(
  settings: ValkeySettings,
  socket: SocketSettings,
  signal: AbortSignal,
  onBroken: () => void,
): Promise<Link> {
  const cluster = createCluster({
    // The client asks one of these for all nodes, and nothing else would end that where the one stands still.
    rootNodes: settings.nodes.map((node) => ({
      socket: { ...socket, ...addressOf(node), socketTimeout: settings.timeoutMs },
    })),
    defaults: { ...clientOptions(settings), socket },
  });
  let state: 'connecting' | 'open' | 'ended' = 'connecting';
  const clients = new Set<{ destroy(): void }>();
  const destroy = (): void => {
    state = 'ended';
    for (const { client } of cluster.masters) if (client !== undefined) clients.add(client);
    for (const client of clients) client.destroy();
    cluster.destroy();
  };
  // What is still dialling then does not notice, and whom it asked for the nodes may yet answer: it then connects, for nobody.
  cluster.on('node-connect', () => {
    if (state === 'ended') destroy();
  });
  signal.addEventListener('abort', destroy);
  let reason: unknown;
  for (const event of ['error', 'node-error'])
    cluster.on(event, (error: unknown) => {
      reason = error;
      // While it connects, it goes on to another node by itself.
      if (state === 'open') onBroken();
    });
  try {
    await cluster.connect();
  } catch (error) {
    throw error instanceof RootNodesUnavailableError && reason !== undefined ? reason : error;
  }
  signal.throwIfAborted();
  state = 'open';
  return {
    node: 0,
    send: (key, args) => cluster.sendCommand(key, false, [...args], asBytes),
    sendToAll: (args) =>
      Promise.all(
        cluster.masters.map(async (master) => {
          const client = await cluster.nodeClient(master);
          return String(await client.sendCommand<string | number>([...args]));
        }),
      ),
    eachNode: async (work) => {
      for (const master of cluster.masters) {
        const client = await cluster.nodeClient(master);
        await work((args) => client.sendCommand([...args], asBytes));
      }
    },
    destroy,
  };
}

function clientOptions({ username, password }: ValkeySettings) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    name: 'winnow',
    commandOptions: untimed,
    disableOfflineQueue: true,
    commandsQueueMaxLength: callsMax,
    // Extensions of one vendor, which Valkey does not know.
    maintNotifications: 'disabled',
    disableClientInfo: true,
  } as const;
}

function addressOf(node: string): { host: string; port: number } {
  const colon = node.lastIndexOf(':');
  return { host: node.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(node.slice(colon + 1)) };
}
