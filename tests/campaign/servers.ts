import { startKafkaBehindProxy, type OwnKafka } from '../servers/kafka.ts';
import { startKafkaCluster, type ClusterNode } from '../servers/kafka-cluster.ts';
import { freePort } from '../servers/ports.ts';
import { startRoughProxy, type RoughProxy } from '../servers/rough-proxy.ts';
import type { Topology } from './topology.ts';

/** Brokers of the campaign. They live through many rounds, each with topics of its own: to start them takes long. */
export interface Brokers {
  readonly addresses: readonly string[];
  /** Where one broker is reached through a proxy; null with three. */
  readonly proxy: RoughProxy | null;
  /** Where one broker asks who it is; null with three. */
  readonly sasl: readonly string[] | null;
  /** Ends the broker that leads a partition as in a power cut; what it gives brings it back. */
  killLeader(topic: string, partition: number): Promise<() => Promise<void>>;
  /** The same with the one that coordinates a group. */
  killCoordinator(groupId: string): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Starts each kind at its first use. */
export class BrokerPool {
  readonly #started = new Map<Topology['kafka'], Promise<Brokers>>();

  /** Throws `ServerUnavailable`. */
  get(kafka: Topology['kafka']): Promise<Brokers> {
    const started = this.#started.get(kafka) ?? (kafka === 'alone' ? startAlone() : startThree());
    this.#started.set(kafka, started);
    return started;
  }

  async stop(): Promise<void> {
    for (const started of this.#started.values()) await (await started.catch(() => null))?.stop();
  }
}

async function startAlone(): Promise<Brokers> {
  const port = await freePort();
  const kafka = await startKafkaBehindProxy(port);
  const proxy = await startRoughProxy(`127.0.0.1:${kafka.proxiedPort}`, port);
  const kill = async (): Promise<() => Promise<void>> => {
    await (kafka as OwnKafka).kill();
    return () => kafka.restart();
  };
  return {
    addresses: kafka.brokers,
    proxy,
    sasl: kafka.security?.brokersSasl ?? null,
    killLeader: kill,
    killCoordinator: kill,
    stop: async () => {
      await proxy.close();
      await kafka.stop();
    },
  };
}

async function startThree(): Promise<Brokers> {
  const cluster = await startKafkaCluster();
  return {
    addresses: cluster.brokers,
    proxy: null,
    sasl: null,
    killLeader: async (topic, partition) => killNode(await cluster.leaderOf(topic, partition)),
    killCoordinator: async (groupId) => killNode(await cluster.coordinatorOf(groupId)),
    stop: () => cluster.stop(),
  };
}

async function killNode(node: ClusterNode): Promise<() => Promise<void>> {
  await node.kill();
  return () => node.start();
}
