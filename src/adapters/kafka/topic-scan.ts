import { FailureError } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { classify } from './failures.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { isPlaceholder } from './unreadable.ts';
import { WholeTopic } from './whole-topic.ts';

/** How long a broker may sit on a request that has nothing to give: a partition without records is known by then. */
const waitMsMax = 500;

export interface TopicScanOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly log: KafkaLogger;
  readonly clock: Clock;
}

/**
 * The values of all records that a topic has now, each partition in its order: for commands, which read once and end. It is in no
 * group and commits nothing. Rejects with `FailureError`.
 */
export async function* scanTopic(options: TopicScanOptions): AsyncGenerator<Uint8Array> {
  const { topic, settings } = options;
  const whole = new WholeTopic(topic, waitMsMax, settings.consumer.metadataAgeMsMax, options);
  try {
    const nexts = new Map(await whole.beginnings(await whole.partitions()));
    /** By partition: where it ended when it was first looked at. */
    const ends = new Map<number, number>();
    while (nexts.size > 0) {
      for (const { partition, messages, next, end } of await whole.fetch(nexts)) {
        if (!ends.has(partition)) ends.set(partition, end);
        for (const message of messages) if (message.value !== null && !isPlaceholder(message)) yield message.value;
        if (next >= ends.get(partition)!) nexts.delete(partition);
        else nexts.set(partition, next);
      }
    }
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw new FailureError(classify(error, 'CONSUME_FAILED').failure, { cause: error });
  } finally {
    await whole.disconnect().catch(() => undefined);
  }
}
