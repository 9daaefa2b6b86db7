import { dockerInstance } from './valkey/docker.ts';
import type { Instance, InstanceOptions } from './valkey/instance.ts';
import { answers, isClusterReady, joinCluster } from './valkey/nodes.ts';
import { wheelInstance } from './valkey/wheel.ts';
import { waitUntilReady } from './process.ts';
import { firstAvailable, giveUp, ServerUnavailable, type Skip } from './unavailable.ts';

export interface ValkeyOptions {
  /** Three primaries instead of one server. */
  readonly cluster?: boolean;
  /** Lines of `valkey.conf`, such as `maxmemory 10mb` or `user winnow on …`. Such a server is always one of ours. */
  readonly settings?: readonly string[];
}

/** What can only be done to servers that these tests started. All nodes of a cluster together. */
export interface ValkeyControl {
  /** Ends them properly; `restart` brings them back. */
  stop(): Promise<void>;
  /** Ends them as a power cut would. */
  kill(): Promise<void>;
  /** Stops them if they run and starts them with the same data and ports. Resolves when they are ready. */
  restart(): Promise<void>;
  /** Stands them still with their connections open, as a network that swallows everything. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface ValkeyServer {
  readonly origin: 'environment' | 'docker' | 'wheel';
  /** `host:port` of each. */
  readonly nodes: readonly string[];
  /** Null when the addresses came from the environment. */
  readonly control: ValkeyControl | null;
  stop(): Promise<void>;
}

/** Name servers to use instead of starting some: `host:port`, several separated by commas. Keys are added, none removed. */
export const nodesVariable = 'WINNOW_TEST_VALKEY_NODES';
export const clusterNodesVariable = 'WINNOW_TEST_VALKEY_CLUSTER_NODES';

const clusterSize = 3;
const readyMsMax = 30_000;

/**
 * A real Valkey: the one that the environment names, else from Docker, else the program out of a Python package. Whatever is
 * started ends with this process. Throws ServerUnavailable, with the reasons, when none of it is possible here.
 */
export async function startValkey(options: ValkeyOptions = {}): Promise<ValkeyServer> {
  const isCluster = options.cluster ?? false;
  const settings = options.settings ?? [];
  const instanceOptions: InstanceOptions = { count: isCluster ? clusterSize : 1, isCluster, settings };
  return firstAvailable('Valkey', [
    () => givenValkey(isCluster, settings.length > 0),
    async () => ownValkey('docker', await dockerInstance(instanceOptions), isCluster),
    async () => ownValkey('wheel', await wheelInstance(instanceOptions), isCluster),
  ]);
}

/** The same. Where there is none, the test is given up. */
export async function requireValkey(context: Skip, options: ValkeyOptions = {}): Promise<ValkeyServer> {
  try {
    return await startValkey(options);
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    return giveUp(context, error.message);
  }
}

/** A Valkey that the test may stop and pause: one of ours. Where there is none, the test is given up. */
export async function requireOwnValkey(
  context: Skip,
  options: ValkeyOptions = {},
): Promise<ValkeyServer & { readonly control: ValkeyControl }> {
  const server = await requireValkey(context, options);
  const { control } = server;
  return control === null
    ? giveUp(context, `Valkey from the ${server.origin} is not ours to stop`)
    : { ...server, control };
}

async function givenValkey(isCluster: boolean, isSpecial: boolean): Promise<ValkeyServer> {
  const variable = isCluster ? clusterNodesVariable : nodesVariable;
  const nodes = nodeList(process.env[variable]);
  if (nodes.length === 0) throw new ServerUnavailable(`${variable} is not set`);
  if (isSpecial) throw new ServerUnavailable(`the one of ${variable} is not ours to configure`);
  return { origin: 'environment', nodes, control: null, stop: async () => undefined };
}

/** `host:port, host:port` as a list; nothing, or blanks, as an empty one. */
export function nodeList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

async function ownValkey(origin: 'docker' | 'wheel', instance: Instance, isCluster: boolean): Promise<ValkeyServer> {
  const { ports, logPath } = instance;
  const waitUntil = (what: string, isReady: () => Promise<boolean>): Promise<void> =>
    waitUntilReady({
      server: `Valkey (${origin}) ${what}`,
      isReady,
      hasExited: () => instance.hasExited(),
      timeoutMs: readyMsMax,
      logPath,
    });
  const all = async (check: (port: number) => Promise<boolean>): Promise<boolean> =>
    (await Promise.all(ports.map(check))).every(Boolean);
  const start = async (): Promise<void> => {
    await instance.start();
    await waitUntil('answering', () => all(answers));
  };
  const clusterReady = (): Promise<void> =>
    waitUntil('as a cluster', () => all((port) => isClusterReady(port, ports.length)));
  let isPaused = false;
  const resume = async (): Promise<void> => {
    if (isPaused) await instance.resume();
    isPaused = false;
  };
  const stop = async (): Promise<void> => {
    await resume();
    await instance.stop();
    await instance.remove();
  };
  try {
    await start();
    if (isCluster) {
      await joinCluster(ports);
      await clusterReady();
    }
    const restart = async (): Promise<void> => {
      await instance.stop();
      await start();
      if (isCluster) await clusterReady();
    };
    const control: ValkeyControl = {
      restart,
      stop: () => instance.stop(),
      kill: () => instance.kill(),
      pause: async () => {
        await instance.pause();
        isPaused = true;
      },
      resume,
    };
    return { origin, nodes: ports.map((port) => `127.0.0.1:${port}`), control, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
