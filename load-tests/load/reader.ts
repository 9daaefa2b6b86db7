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
  // It commits nothing: where the group gave it up, as when this process stood still for longer than a session, it begins anew.
  const nextOffsets = new Map<number, number>();
  consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve());
  consumer.on(consumer.events.CRASH, ({ payload }) => joined.reject(payload.error));
  const start = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        const records = unread(batch.messages, nextOffsets.get(batch.partition) ?? 0);
        const last = records.at(-1);
        if (last !== undefined) nextOffsets.set(batch.partition, Number(last.offset) + 1);
        onRecords(records, nowMs());
        return Promise.resolve();
      },
    });
    await joined.promise;
  };
  await withDeadline(`Reading ${topic}`, joinMsMax, start());
  return { stop: () => consumer.disconnect() };
}

/** Those that were not read before. */
export function unread<T extends { readonly offset: string }>(records: readonly T[], nextOffset: number): readonly T[] {
  return records.filter(({ offset }) => Number(offset) >= nextOffset);
}
