import { until } from '../integration/kafka/support.ts';
import type { Instance } from './valkey/instance.ts';
import { answers, connectTo, isClusterReady, joinCluster } from './valkey/nodes.ts';
import { wheelInstance } from './valkey/wheel.ts';

/** One share of the slots: a primary, and a replica that takes its place. */
export interface ValkeyShard {
  /** `host:port` of the one that answers now. */
  readonly primary: string;
  /**
   * The primary ends as in a power cut; resolves when the replica serves in its place. What the primary had answered for and not yet
   * passed on is gone: replication does not wait.
   */
  failOver(): Promise<void>;
  /** The one that ended comes back, as replica of the other; resolves when it has all that the other has. */
  mend(): Promise<void>;
}

/** Three shards, each with one replica, as processes of this machine, which end with this one. */
export interface ValkeyWithReplicas {
  /** `host:port` of each. */
  readonly nodes: readonly string[];
  readonly shards: readonly ValkeyShard[];
  stop(): Promise<void>;
}

const shardCount = 3;
/** A primary that is silent for so long is given up; the default of the other tests is 5 s. */
const settings = ['cluster-node-timeout 2000', 'cluster-replica-validity-factor 0', 'appendonly yes'];

/** Throws `ServerUnavailable`. */
export async function startValkeyWithReplicas(): Promise<ValkeyWithReplicas> {
  const instances: Instance[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(instances.map((instance) => instance.kill()));
    await Promise.all(instances.map((instance) => instance.remove()));
  };
  try {
    for (let index = 0; index < 2 * shardCount; index += 1)
      instances.push(await wheelInstance({ count: 1, isCluster: true, settings }));
    await Promise.all(instances.map(start));
    const ports = instances.map(portOf);
    await joinCluster(ports.slice(0, shardCount));
    await allSee(ports.slice(0, shardCount), shardCount);
    for (const [index, port] of ports.slice(shardCount).entries()) await replicate(port, ports[index]!);
    await allSee(ports, ports.length);
  } catch (error) {
    await stop();
    throw error;
  }
  const shards = Array.from({ length: shardCount }, (_, index) =>
    shardOf(instances[index]!, instances[index + shardCount]!),
  );
  return { nodes: instances.map(addressOf), shards, stop };
}

const portOf = ({ ports }: Instance): number => ports[0]!;
const addressOf = (instance: Instance): string => `127.0.0.1:${portOf(instance)}`;

async function start(instance: Instance): Promise<void> {
  await instance.start();
  await until(() => answers(portOf(instance)), 'Valkey answers');
}

async function allSee(ports: readonly number[], nodes: number): Promise<void> {
  for (const port of ports) await until(() => isClusterReady(port, nodes), `all ${nodes} nodes see each other`);
}

/** Makes an empty node that nobody knows the replica of a primary. */
async function replicate(port: number, primary: number): Promise<void> {
  const ofPrimary = await connectTo(primary);
  const id = await ofPrimary.sendCommand<string>(['CLUSTER', 'MYID']);
  const busPort = (await ofPrimary.configGet('cluster-port'))['cluster-port']!;
  ofPrimary.destroy();
  const client = await connectTo(port);
  await client.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(primary), busPort]);
  await until(async () => (await client.sendCommand<string>(['CLUSTER', 'NODES'])).includes(id), 'the nodes have met');
  await client.sendCommand(['CLUSTER', 'REPLICATE', id]);
  client.destroy();
  await isReplica(port);
}

async function roleOf(port: number): Promise<readonly unknown[]> {
  const client = await connectTo(port);
  const role = await client.sendCommand<unknown[]>(['ROLE']);
  client.destroy();
  return role;
}

/** Has all that its primary has, and hears of whatever comes. */
async function isReplica(port: number): Promise<void> {
  const isConnected = async (): Promise<boolean> => {
    const [role, , , state] = await roleOf(port);
    return String(role) === 'slave' && String(state) === 'connected';
  };
  await until(isConnected, 'the replica has caught up');
}

function shardOf(first: Instance, second: Instance): ValkeyShard {
  let primary = first;
  let replica = second;
  return {
    get primary() {
      return addressOf(primary);
    },
    failOver: async () => {
      await primary.kill();
      await until(async () => String((await roleOf(portOf(replica)))[0]) === 'master', 'the replica has taken over');
      [primary, replica] = [replica, primary];
    },
    mend: async () => {
      await start(replica);
      await isReplica(portOf(replica));
    },
  };
}
