import type { Admin } from 'kafkajs';
import type { Clock } from '../../ports.ts';
import { within } from './bounded.ts';
import { createClient } from './client.ts';
import { withClusterOf, type Cluster } from './cluster.ts';
import type { TopicPartition } from './offsets.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { askTopicIds, idInNote, type TopicIds } from './topic-ids.ts';

/** What the group's coordinator knows of a partition. */
export interface GroupOffset extends TopicPartition {
  /** What the group reads next, wherever that is; undefined where it has committed nothing to this topic, or is to begin with what is left of it. */
  readonly committed: number | undefined;
  /** What it has committed to a topic of the same name that is no more, where that is still kept. */
  readonly former?: number | undefined;
  /** Whether kafkajs has found an offset out of range since, and let the group begin anew. */
  readonly wasReset: boolean;
}

/** The same with what its leader knows, where the group that is to begin with what is left begins with the first record. */
export interface PartitionEnds extends GroupOffset {
  /** Of the first record that is still there. */
  readonly low: number;
  /** Behind the last record. */
  readonly high: number;
}

type AskedAdmin = Pick<Admin, 'connect' | 'describeGroups' | 'fetchOffsets' | 'fetchTopicOffsets' | 'disconnect'>;

const requestTimeoutMs = 10_000;
const farewellMsMax = 1_000;

interface Options {
  readonly settings: KafkaSettings;
  readonly log: KafkaLogger;
  readonly clock: Clock;
}

function adminOf(options: Options): readonly [Admin, Cluster] {
  const client = createClient({ ...options, requestTimeoutMs });
  return withClusterOf(client, () => client.admin({ retry: { retries: 1 } }));
}

/** Asks the brokers which topics there are, where their partitions begin and end, and where the group is in them and with itself. Connects when it is first asked. */
export class PartitionEndsReader {
  readonly #groupId: string;
  readonly #admin: AskedAdmin;
  readonly #cluster: Cluster;

  /** @param asked what asks them, and its cluster */
  constructor(options: Options, asked: readonly [AskedAdmin, Cluster] = adminOf(options)) {
    this.#groupId = options.settings.groupId;
    [this.#admin, this.#cluster] = asked;
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

  /**
   * All partitions of a topic, as the coordinator knows them: it does so also while partitions have no leader. Rejects with what the client says.
   *
   * @param ids by which the topic is read: what was committed is held against them. Asked for unless given.
   */
  async ofGroup(topic: string, ids?: TopicIds): Promise<readonly GroupOffset[]> {
    await this.#admin.connect();
    const known = ids ?? (await this.ids([topic]));
    const [answer] = await this.#admin.fetchOffsets({ groupId: this.#groupId, topics: [topic] });
    return answer?.partitions.map((each) => groupOffset(topic, each, known)) ?? [];
  }

  /** As `ofGroup`, with what their leaders know. */
  async of(topic: string, ids?: TopicIds): Promise<readonly PartitionEnds[]> {
    // The two answers come in different orders of partitions.
    const group = new Map((await this.ofGroup(topic, ids)).map((each) => [each.partition, each]));
    return (await this.#admin.fetchTopicOffsets(topic)).map(({ partition, ...ends }) => {
      const said = group.get(partition) ?? { topic, partition, committed: undefined, wasReset: false };
      const low = Number(ends.low);
      return { ...said, committed: said.wasReset ? low : said.committed, low, high: Number(ends.high) };
    });
  }

  async close(): Promise<void> {
    await within(farewellMsMax, this.#admin.disconnect());
  }
}

/** Stands for the beginning: kafkajs commits it where an offset was out of range. */
const resetOffset = -2;

function groupOffset(
  topic: string,
  {
    partition,
    offset,
    metadata,
  }: { readonly partition: number; readonly offset: string; readonly metadata: string | null },
  ids: TopicIds,
): GroupOffset {
  const id = ids.get(topic);
  const noted = idInNote(metadata, ids);
  const isFormer = id !== undefined && noted !== undefined && noted !== id;
  const committed = Number(offset) < 0 ? undefined : Number(offset); // -1 where nothing was
  return {
    topic,
    partition,
    committed: isFormer ? undefined : committed,
    former: isFormer ? committed : undefined,
    wasReset: Number(offset) === resetOffset,
  };
}
