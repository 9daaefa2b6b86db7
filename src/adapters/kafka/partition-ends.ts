import type { Admin } from 'kafkajs';
import type { Clock } from '../../ports.ts';
import { within } from './bounded.ts';
import { createClient } from './client.ts';
import type { TopicPartition } from './offsets.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

/** Offsets of a partition as the brokers know them. */
export interface PartitionEnds extends TopicPartition {
  /** Of the first record that is still there. */
  readonly low: number;
  /** Behind the last record. */
  readonly high: number;
  /** What the group reads next, wherever that is; undefined where it has committed nothing. */
  readonly committed: number | undefined;
  /** Whether kafkajs has found an offset out of range since, and let the group begin anew. */
  readonly wasReset: boolean;
}

const requestTimeoutMs = 10_000;
const farewellMsMax = 1_000;

/** Asks the brokers where partitions begin and end, and where the group is in them. Connects when it is first asked. */
export class PartitionEndsReader {
  readonly #groupId: string;
  readonly #admin: Admin;

  constructor(options: { readonly settings: KafkaSettings; readonly log: KafkaLogger; readonly clock: Clock }) {
    this.#groupId = options.settings.groupId;
    this.#admin = createClient({ ...options, requestTimeoutMs }).admin({ retry: { retries: 1 } });
  }

  /** All partitions of a topic. Rejects with what the client says. */
  async of(topic: string): Promise<readonly PartitionEnds[]> {
    await this.#admin.connect();
    const [answer] = await this.#admin.fetchOffsets({ groupId: this.#groupId, topics: [topic] });
    // The two answers come in different orders of partitions.
    const committed = new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return (await this.#admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => {
      return {
        topic,
        partition,
        low: Number(low),
        high: Number(high),
        committed: committedAt(committed.get(partition), low),
        wasReset: committed.get(partition) === resetOffset,
      };
    });
  }

  async close(): Promise<void> {
    await within(farewellMsMax, this.#admin.disconnect());
  }
}

/** Stands for the beginning: kafkajs commits it where an offset was out of range. */
const resetOffset = -2;

/** -1 where nothing was committed. */
function committedAt(offset: number | undefined, low: string): number | undefined {
  if (offset === undefined || offset === -1) return undefined;
  return offset < 0 ? Number(low) : offset;
}
