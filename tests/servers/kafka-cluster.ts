import { Kafka, logLevel, type Admin } from 'kafkajs';
import { quietRequestQueue } from '../../src/adapters/kafka/request-queue.ts';
import { freeBrokerPorts } from './kafka/broker-settings.ts';
import type { Broker } from './kafka/broker.ts';
import { mavenBroker } from './kafka/maven.ts';
import { answers } from './kafka/ready.ts';
import { waitUntilReady } from './process.ts';
import { giveUp, ServerUnavailable, type Skip } from './unavailable.ts';

/** One broker of a cluster. */
export interface ClusterNode {
  /** As Kafka calls it: 1, 2, 3. */
  readonly id: number;
  /** `host:port`. */
  readonly address: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Brings it back with the same data and ports; resolves when all brokers have caught up with each other. */
  start(): Promise<void>;
}

/** Three brokers: what is written is on all of them, and acknowledged by two. */
export interface KafkaCluster {
  readonly brokers: readonly string[];
  readonly nodes: readonly ClusterNode[];
  /**
   * The node that coordinates a group now, or leads a partition now. Which one is the controller Kafka tells no client: it names any;
   * to kill it, kill each.
   */
  coordinatorOf(groupId: string): Promise<ClusterNode>;
  leaderOf(topic: string, partition: number): Promise<ClusterNode>;
  stop(): Promise<void>;
}

const nodeIds = [1, 2, 3] as const;
const readyMsMax = 120_000;

/** Three brokers of the test's own. Where there is no Java or Maven, the test is given up. */
export async function requireKafkaCluster(context: Skip): Promise<KafkaCluster> {
  try {
    return await startKafkaCluster();
  } catch (error) {
    if (error instanceof ServerUnavailable) return giveUp(context, error.message);
    throw error;
  }
}

/** Starts them as processes of this machine, which end with this one. Throws `ServerUnavailable`. */
export async function startKafkaCluster(): Promise<KafkaCluster> {
  const ports = await Promise.all(nodeIds.map(() => freeBrokerPorts()));
  const controllers = ports.map(({ controller }) => controller);
  const started: Broker[] = [];
  for (const [index, own] of ports.entries()) {
    started.push(await mavenBroker({ ports: own, place: { nodeId: index + 1, controllers } }));
  }
  const brokers = ports.map(({ plaintext }) => `127.0.0.1:${plaintext}`);
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((broker) => broker.kill()));
    await Promise.all(started.map((broker) => broker.remove()));
  };
  const nodes = started.map((broker, index) => ({
    id: index + 1,
    address: brokers[index]!,
    kill: () => broker.kill(),
    start: async () => {
      await broker.start();
      await whole(brokers, broker);
    },
  }));
  try {
    await Promise.all(started.map((broker) => broker.start()));
    for (const broker of started) await whole(brokers, broker);
  } catch (error) {
    await stop();
    throw error;
  }
  const ask = async <T>(question: (admin: Admin) => Promise<T>): Promise<T> => withAdmin(brokers, question);
  const nodeOf = (id: number): ClusterNode => nodes[id - 1]!;
  return {
    brokers,
    nodes,
    coordinatorOf: async (groupId) => nodeOf(await coordinatorIdOf(groupId, ask)),
    leaderOf: async (topic, partition) => {
      const { topics } = await ask((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      return nodeOf(topics[0]!.partitions.find((each) => each.partitionId === partition)!.leader);
    },
    stop,
  };
}

const offsetsTopic = '__consumer_offsets';

/** A group's coordinator leads the partition of the offsets topic that the hash of its name gives. */
async function coordinatorIdOf(
  groupId: string,
  ask: <T>(question: (admin: Admin) => Promise<T>) => Promise<T>,
): Promise<number> {
  const { topics } = await ask((admin) => admin.fetchTopicMetadata({ topics: [offsetsTopic] }));
  const { partitions } = topics[0]!;
  const own = Math.abs(javaHash(groupId)) % partitions.length;
  return partitions.find(({ partitionId }) => partitionId === own)!.leader;
}

/** `String.hashCode` of Java. */
function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash;
}

/** All brokers are there, and every partition of every topic is on all of its replicas again. */
async function whole(brokers: readonly string[], broker: Broker): Promise<void> {
  await waitUntilReady({
    server: 'Kafka (a cluster of three)',
    isReady: async () => (await answers(brokers)) && (await isInSync(brokers)),
    hasExited: () => broker.hasExited(),
    timeoutMs: readyMsMax,
    logPath: broker.logPath,
  });
}

async function isInSync(brokers: readonly string[]): Promise<boolean> {
  try {
    return await withAdmin(brokers, async (admin) => {
      const { brokers: live } = await admin.describeCluster();
      const { topics } = await admin.fetchTopicMetadata();
      const partitions = topics.flatMap((topic) => topic.partitions);
      return live.length === brokers.length && partitions.every(({ isr, replicas }) => isr.length === replicas.length);
    });
  } catch {
    return false;
  }
}

async function withAdmin<T>(brokers: readonly string[], question: (admin: Admin) => Promise<T>): Promise<T> {
  quietRequestQueue();
  const client = new Kafka({
    clientId: 'winnow-tests-cluster',
    brokers: [...brokers],
    retry: { retries: 3 },
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  try {
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
}
