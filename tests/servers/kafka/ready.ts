import { Kafka, logLevel } from 'kafkajs';
import { quietRequestQueue } from '../../../src/adapters/kafka/request-queue.ts';

/**
 * Consecutive last characters spread groups over consecutive partitions of the offsets topic, so four of them reach
 * every one of its four partitions.
 */
const probeGroups = ['probe-0', 'probe-1', 'probe-2', 'probe-3'];

/**
 * Whether the brokers answer a client, have a controller, so that topics can be made, and coordinate groups: right after
 * a start they refuse to while they create or read the offsets topic, and a consumer that joins then crashes once.
 */
export async function answers(brokers: readonly string[]): Promise<boolean> {
  quietRequestQueue();
  const client = new Kafka({
    clientId: 'winnow-tests-probe',
    brokers: [...brokers],
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    await admin.describeGroups(probeGroups);
    return cluster.brokers.length > 0 && cluster.controller !== null;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}
