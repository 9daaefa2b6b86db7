import kafkajs, { type Consumer, type ConsumerConfig, type ConsumerRunConfig } from 'kafkajs';
import { clientRetry, createClient, type ClientOptions } from './client.ts';
import { withClusterOf, type Cluster } from './cluster.ts';
import { Connections } from './connections.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { fetchByIds } from './fetch-by-id.ts';
import { ownerAssigner } from './owner-assigner.ts';
import { noTopicIds, type TopicIds } from './topic-ids.ts';

/** Milliseconds until a request without an answer fails, beyond what the broker may wait on purpose. */
const answerMsMax = 10_000;

/** Milliseconds for which a client looks for its coordinator or a broker that answers before it gives up, about. */
const searchMsMax = 60_000;
/** The same where each try fails at once. Brokers take 9 s by default to give one of theirs up and to make another coordinator. */
const triesMax = 30;
const searchIntervalMsMax = 1_000;

/** Of which the records of one fetch may be in hand at a time; what is of more waits for these. */
const partitionsInHandMax = 256;
/** However few there are when a member begins: it stays as long as nothing goes wrong, and a topic of one partition may grow to a dozen. */
const partitionsInHandMin = 32;

export interface GroupConsumer extends Consumer {
  /** Gives it up for good: whatever it waits for fails, and it can ask the brokers for nothing any more. It does not leave the group. */
  cut(): void;
}

/**
 * A kafkajs consumer for latency: a broker answers as soon as it has a byte, and one that has none keeps the loop for 50
 * ms at most, not for kafkajs' 5 s. The loop is also what leaving waits for, and with several brokers what data of one
 * broker waits for while another has none (kafkajs issues 370 and 1365). How soon members notice that another joins or
 * leaves is the heartbeat interval: it is how the coordinator tells them. Patient in its search for the coordinator: a member that
 * gave up would join again as a stranger, and wait until the group has given up who it was.
 *
 * @param ids of the topics that are assigned: it fetches by them, where the brokers do; without, by name
 * @param assignment as `fetchAhead` has it; unless given, nothing is fetched ahead
 */
export function createGroupConsumer(
  options: Omit<ClientOptions, 'requestTimeoutMs'>,
  ids: () => TopicIds = () => noTopicIds,
  assignment: () => object | undefined = () => undefined,
): GroupConsumer {
  const { settings } = options;
  const { consumer } = settings;
  const maxRetryTime = Math.min(settings.retry.maxMs, searchIntervalMsMax);
  const tries = Math.floor(searchMsMax / (maxRetryTime + settings.connectionTimeoutMs));
  const search = { maxRetryTime, retries: Math.min(triesMax, Math.max(settings.brokers.length, tries)) };
  const connections = new Connections();
  const client = createClient({
    ...options,
    search,
    requestTimeoutMs: consumer.fetchWaitMsMax + answerMsMax,
    socketFactory: connections.open,
  });
  const config: ConsumerConfig = {
    groupId: settings.groupId,
    // The second for as long as the group has members of a version that knows no other.
    partitionAssigners: [ownerAssigner, kafkajs.PartitionAssigners.roundRobin],
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: consumer.fetchWaitMsMax,
    metadataMaxAge: consumer.metadataAgeMsMax,
    minBytes: consumer.fetchBytesMin,
    maxBytes: consumer.fetchBytesMax,
    maxBytesPerPartition: consumer.partitionFetchBytesMax,
    sessionTimeout: consumer.sessionTimeoutMs,
    heartbeatInterval: consumer.heartbeatIntervalMs,
    rebalanceTimeout: consumer.rebalanceTimeoutMs,
    // After a crash a new member is ours to make: kafkajs would do it without end and without a word to anybody.
    retry: { ...clientRetry(settings), restartOnFailure: () => Promise.resolve(false) },
  };
  const [made, cluster] = withClusterOf(client, () => client.consumer(config));
  fetchByIds(cluster, ids);
  fetchAhead(cluster, assignment);
  const run = made.run.bind(made);
  return Object.assign(made, {
    run: (running?: ConsumerRunConfig) =>
      run({ partitionsConsumedConcurrently: partitionsInHand(cluster), ...running }),
    cut: () => connections.cut(),
  });
}

/**
 * All partitions that it subscribed to, as many again by which topics may grow, and within bounds. kafkajs asks so many workers at
 * each fetch whether there is something for them: of hundreds, that costs more than all else of a fetch that brings a few records.
 */
export function partitionsInHand(cluster: Pick<Cluster, 'targetTopics' | 'findTopicPartitionMetadata'>): number {
  let known = 0;
  for (const topic of cluster.targetTopics) known += cluster.findTopicPartitionMetadata(topic).length;
  if (known === 0) return partitionsInHandMax;
  return Math.min(partitionsInHandMax, Math.max(partitionsInHandMin, 2 * known));
}
