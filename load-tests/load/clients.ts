import kafkajs, { type Admin, type Consumer, type Producer } from 'kafkajs';
import { createClient } from '../../src/adapters/kafka/client.ts';
import { createGroupConsumer } from '../../src/adapters/kafka/group-client.ts';
import type { KafkaSettings } from '../../src/adapters/kafka/settings.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';

/**
 * kafkajs clients with Winnow's own settings for sockets, fetches and retries, for the echo, the generator and the reader:
 * what differs between the echo and Winnow is then what they do with records, and no setting.
 */

const answerMsMax = 10_000;

export function plainProducer(settings: KafkaSettings): Producer {
  return createClient({ ...common(settings), requestTimeoutMs: answerMsMax }).producer({
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
}

export function groupConsumer(settings: KafkaSettings): Consumer {
  return createGroupConsumer(common(settings));
}

/** Runs something with an admin client. */
export async function withAdmin<T>(settings: KafkaSettings, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createClient({ ...common(settings), requestTimeoutMs: answerMsMax }).admin();
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

function common(settings: KafkaSettings) {
  // What it gives up on comes back as a rejection.
  return { settings, log: () => undefined, clock: systemClock };
}
