import type { KafkaMessage } from 'kafkajs';
import type { KafkaSettings } from '../../src/adapters/kafka/settings.ts';
import { groupConsumer } from './clients.ts';
import { nowMs, withDeadline } from './time.ts';

export interface Reader {
  stop(): Promise<void>;
}

const joinMsMax = 60_000;

/** Reads a topic from its beginning. Resolves once it has its partitions; `onRecords` is called with what each fetch brought. */
export async function startReader(
  settings: KafkaSettings,
  topic: string,
  onRecords: (records: readonly KafkaMessage[], atMs: number) => void,
): Promise<Reader> {
  const consumer = groupConsumer(settings);
  const joined = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve());
  consumer.on(consumer.events.CRASH, ({ payload }) => joined.reject(payload.error));
  const start = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        onRecords(batch.messages, nowMs());
        return Promise.resolve();
      },
    });
    await joined.promise;
  };
  await withDeadline(`Reading ${topic}`, joinMsMax, start());
  return { stop: () => consumer.disconnect() };
}
