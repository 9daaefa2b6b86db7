import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from 'kafkajs';
import { loadConfigOf } from '../../src/cli/load-config.ts';
import { groupConsumer, plainProducer } from './clients.ts';

/**
 * What Kafka and its client cost before anything is done: reads events in batches, parses each, and writes the bytes to the
 * topic for decisions, one acknowledged send for each batch. Configured by the same variables as Winnow, and ready, on the
 * same path, once it has its partitions.
 */

const { kafka, http } = loadConfigOf(process.env['WINNOW_CONFIG'], process.env, ['kafka.brokers']);
/** As often as Winnow does. */
const commitIntervalMs = 200;
const joinAgainMs = 500;

let ready = false;
createServer((_request, response) => response.writeHead(ready ? 200 : 503).end()).listen(http.port, http.host);

const producer = plainProducer(kafka);
let consumer = await join();
process.once('SIGTERM', () => {
  void consumer
    .disconnect()
    .then(() => producer.disconnect())
    .finally(() => process.exit());
});

/** A member that reads. Where the client gives up, as while the broker is away, another one takes its place. */
async function join(): Promise<Consumer> {
  const joining = groupConsumer(kafka);
  joining.on(joining.events.GROUP_JOIN, () => (ready = true));
  joining.on(joining.events.CRASH, ({ payload }) => {
    if (!payload.restart) void joinAnew(joining);
  });
  await producer.connect();
  await joining.connect();
  await joining.subscribe({ topics: [kafka.topics.events], fromBeginning: true });
  await joining.run({
    autoCommit: false, // kafkajs would commit after each batch, and wait for it
    autoCommitInterval: commitIntervalMs,
    partitionsConsumedConcurrently: kafka.consumer.partitionsConcurrent,
    eachBatch: async (payload) => {
      const messages = payload.batch.messages.map(({ key, value }) => {
        JSON.parse(value!.toString());
        return { key, value };
      });
      await producer.sendBatch({ acks: -1, topicMessages: [{ topic: kafka.topics.decisions, messages }] });
      await payload.commitOffsetsIfNecessary();
    },
  });
  return joining;
}

async function joinAnew(gone: Consumer): Promise<void> {
  await gone.disconnect().catch(() => undefined);
  for (;;) {
    await sleep(joinAgainMs);
    try {
      consumer = await join();
      return;
    } catch {
      // The broker is still away.
    }
  }
}
