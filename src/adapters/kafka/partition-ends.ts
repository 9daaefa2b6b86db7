import type { Admin } from 'kafkajs';
import type { Clock } from '../../ports.ts';
import { within } from './bounded.ts';
import { createClient } from './client.ts';
import { withClusterOf, type Cluster } from './cluster.ts';
import type { TopicPartition } from './offsets.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { askTopicIds, idInNote, type TopicIds } from './topic-ids.ts';

/** Offsets of a partition as the brokers know them. */
export interface PartitionEnds extends TopicPartition {
  /** Of the first record that is still there. */
  readonly low: number;
  /** Behind the last record. */
  readonly high: number;
  /** What the group reads next, wherever that is; undefined where it has committed nothing to this topic. */
  readonly committed: number | undefined;
  /** What it has committed to a topic of the same name that is no more, where that is still kept. */
  readonly former?: number | undefined;
  /** Whether kafkajs has found an offset out of range since, and let the group begin anew. */
  readonly wasReset: boolean;
}

const requestTimeoutMs = 10_000;
const farewellMsMax = 1_000;

/** Asks the brokers which topics there are, where their partitions begin and end, and where the group is in them and with itself. Connects when it is first asked. */
export class PartitionEndsReader {
  readonly #groupId: string;
  readonly #admin: Admin;
  readonly #cluster: Cluster;

  constructor(options: { readonly settings: KafkaSettings; readonly log: KafkaLogger; readonly clock: Clock }) {
    this.#groupId = options.settings.groupId;
    const client = createClient({ ...options, requestTimeoutMs });
    [this.#admin, this.#cluster] = withClusterOf(client, () => client.admin({ retry: { retries: 1 } }));
  }

  /** Of topics, one or more. Rejects with what the client says, and where one of them is not there. */
  ids(topics: readonly string[]): Promise<TopicIds> {
    return askTopicIds(this.#cluster, topics);
  }

  /** Whether the group waits for members to join, and keeps those waiting who did. Rejects with what the client says. */
  async isRebalancing(): Promise<boolean> {
    await this.#admin.connect();
    const { groups } = await this.#admin.describeGroups([this.#groupId]);
    return groups.some(({ state }) => state === 'PreparingRebalance' || state === 'CompletingRebalance');
  }

  /** All partitions of a topic. Rejects with what the client says. */
  async of(topic: string): Promise<readonly PartitionEnds[]> {
    await this.#admin.connect();
    const id = (await this.ids([topic])).get(topic);
    const [answer] = await this.#admin.fetchOffsets({ groupId: this.#groupId, topics: [topic] });
    // The two answers come in different orders of partitions.
    const answers = new Map(answer?.partitions.map((each) => [each.partition, each]));
    return (await this.#admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => {
      const said = answers.get(partition);
      const offset = said === undefined ? undefined : Number(said.offset);
      const committed = committedAt(offset, low);
      const ofId = idInNote(said?.metadata);
      const isFormer = id !== undefined && ofId !== undefined && ofId !== id;
      return {
        topic,
        partition,
        low: Number(low),
        high: Number(high),
        committed: isFormer ? undefined : committed,
        former: isFormer ? committed : undefined,
        wasReset: offset === resetOffset,
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
