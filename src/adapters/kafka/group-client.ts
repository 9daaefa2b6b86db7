import type { Consumer } from 'kafkajs';
import { clientRetry, createClient, type ClientOptions } from './client.ts';

/** Milliseconds until a request without an answer fails, beyond what the broker may wait on purpose. */
const answerMsMax = 10_000;

/**
 * A kafkajs consumer for latency: a broker answers as soon as it has a byte, and one that has none keeps the loop for 50
 * ms at most, not for kafkajs' 5 s. The loop is also what leaving waits for, and with several brokers what data of one
 * broker waits for while another has none (kafkajs issues 370 and 1365). How soon members notice that another joins or
 * leaves is the heartbeat interval: it is how the coordinator tells them.
 */
export function createGroupConsumer(options: Omit<ClientOptions, 'requestTimeoutMs'>): Consumer {
  const { settings } = options;
  const { consumer } = settings;
  return createClient({ ...options, requestTimeoutMs: consumer.fetchWaitMsMax + answerMsMax }).consumer({
    groupId: settings.groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: consumer.fetchWaitMsMax,
    minBytes: consumer.fetchBytesMin,
    maxBytes: consumer.fetchBytesMax,
    maxBytesPerPartition: consumer.partitionFetchBytesMax,
    sessionTimeout: consumer.sessionTimeoutMs,
    heartbeatInterval: consumer.heartbeatIntervalMs,
    rebalanceTimeout: consumer.rebalanceTimeoutMs,
    // After a crash a new member is ours to make: kafkajs would do it without end and without a word to anybody.
    retry: { ...clientRetry(settings), restartOnFailure: () => Promise.resolve(false) },
  });
}
