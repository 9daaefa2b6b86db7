import { createServer } from 'node:http';
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

let ready = false;
createServer((_request, response) => response.writeHead(ready ? 200 : 503).end()).listen(http.port, http.host);

const producer = plainProducer(kafka);
const consumer = groupConsumer(kafka);
consumer.on(consumer.events.GROUP_JOIN, () => (ready = true));
consumer.on(consumer.events.CRASH, ({ payload }) => {
  throw payload.error;
});
process.once('SIGTERM', () => {
  void consumer
    .disconnect()
    .then(() => producer.disconnect())
    .finally(() => process.exit());
});

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: [kafka.topics.events], fromBeginning: true });
await consumer.run({
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
