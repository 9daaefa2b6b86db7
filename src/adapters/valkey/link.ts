import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { createClient, createCluster, RESP_TYPES, RootNodesUnavailableError } from '@redis/client';
import { FailureError } from '../../domain/failure.ts';
import type { TlsSettings, ValkeySettings } from './settings.ts';

/** An open connection to one server or to all nodes of a cluster. */
export interface Link {
  /** One command to the node that holds `key`. Answers bytes where Valkey does. */
  send(key: string, args: readonly (string | Buffer)[]): Promise<unknown>;
  /** One command to each node that holds keys; answers text. */
  sendToAll(args: readonly string[]): Promise<string[]>;
  /** Ends it at once: calls without an answer fail. */
  destroy(): void;
}

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
  return tls.enabled ? { ...settings, tls: true, ...tlsOptions(tls) } : settings;
}

/**
 * Connects. `signal` ends it, at whatever point. `onBroken` is called when the link has failed and must not be used again.
 * Rejects with whatever the client, the network or the server says.
 */
export async function connect(
  settings: ValkeySettings,
  socket: SocketSettings,
  signal: AbortSignal,
  onBroken: () => void,
): Promise<Link> {
  if (settings.cluster) return connectCluster(settings, socket, signal, onBroken);
  let reason: unknown;
  for (const node of settings.nodes) {
    try {
      return await connectServer(node, settings, socket, signal, onBroken);
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

async function connectServer(
  node: string,
  settings: ValkeySettings,
  socket: SocketSettings,
  signal: AbortSignal,
  onBroken: () => void,
): Promise<Link> {
  const client = createClient({ ...clientOptions(settings), socket: { ...socket, ...addressOf(node) } });
  const destroy = (): void => void (client.isOpen && client.destroy());
  client.on('error', onBroken);
  signal.addEventListener('abort', destroy);
  await client.connect();
  return {
    send: (_key, args) => client.sendCommand([...args], asBytes),
    sendToAll: async (args) => [String(await client.sendCommand<string | number>([...args]))],
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
    rootNodes: settings.nodes.map((node) => ({ socket: { ...socket, ...addressOf(node) } })),
    defaults: { ...clientOptions(settings), socket },
  });
  const destroy = (): void => void (cluster.isOpen && cluster.destroy());
  signal.addEventListener('abort', destroy);
  let reason: unknown;
  for (const event of ['error', 'node-error'])
    cluster.on(event, (error: unknown) => {
      reason = error;
      onBroken();
    });
  try {
    await cluster.connect();
  } catch (error) {
    throw error instanceof RootNodesUnavailableError && reason !== undefined ? reason : error;
  }
  return {
    send: (key, args) => cluster.sendCommand(key, false, [...args], asBytes),
    sendToAll: (args) =>
      Promise.all(
        cluster.masters.map(async (master) => {
          const client = await cluster.nodeClient(master);
          return String(await client.sendCommand<string | number>([...args]));
        }),
      ),
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

function tlsOptions(tls: TlsSettings): ConnectionOptions {
  const options: ConnectionOptions = { rejectUnauthorized: tls.rejectUnauthorized };
  if (tls.caFile !== undefined) options.ca = readFile('valkey.tls.caFile', tls.caFile);
  if (tls.certificateFile !== undefined) options.cert = readFile('valkey.tls.certificateFile', tls.certificateFile);
  if (tls.keyFile !== undefined) options.key = readFile('valkey.tls.keyFile', tls.keyFile);
  if (tls.keyPassphrase !== undefined) options.passphrase = tls.keyPassphrase.reveal();
  if (tls.serverName !== undefined) options.servername = tls.serverName;
  return options;
}

function readFile(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = `${path} cannot be read (${reason}).`;
    throw new FailureError({ code: 'CONFIG_INVALID', message, path: setting });
  }
}
