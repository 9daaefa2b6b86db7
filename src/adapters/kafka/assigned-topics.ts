import { keyOf } from './assignment.ts';
import type { TopicPartition } from './offsets.ts';
import type { GroupOffset, PartitionEndsReader } from './partition-ends.ts';
import type { StartPositions } from './start-positions.ts';
import { noTopicIds, type TopicIds } from './topic-ids.ts';

/** What the brokers say of what is assigned. */
export interface AssignedTopics {
  readonly ids: TopicIds;
  /** Of the assigned partitions, held against these ids; without their ends, or none, where the brokers do not say. */
  readonly ends: readonly GroupOffset[];
}

interface Asking {
  readonly ends: Pick<PartitionEndsReader, 'of' | 'ofGroup' | 'ids'>;
  readonly startPositions: StartPositions | undefined;
}

/**
 * Rejects where it is not known which topics these are. Where brokers do not say how far the partitions of a topic go, which is while they
 * change hands, the committed offsets hold, and their notes; unless history is in this process, which might then have a gap that nobody
 * knows of: it rejects.
 */
export async function askAssigned(
  assigned: readonly TopicPartition[],
  { ends, startPositions }: Asking,
): Promise<AssignedTopics> {
  const topics = [...new Set(assigned.map(({ topic }) => topic))];
  if (topics.length === 0) return { ids: noTopicIds, ends: [] };
  const own = new Set(assigned.map(keyOf));
  const ids = await ends.ids(topics);
  const whatIsKnown = (topic: string): Promise<readonly GroupOffset[]> =>
    ends
      .of(topic, ids)
      .catch(() => ends.ofGroup(topic, ids))
      .catch(() => []);
  const all = await Promise.all(
    topics.map((topic) => (startPositions === undefined ? whatIsKnown(topic) : ends.of(topic, ids))),
  );
  return { ids, ends: all.flat().filter((each) => own.has(keyOf(each))) };
}

/** As the client is told of partitions. */
export function byTopic(
  assigned: readonly TopicPartition[],
): { readonly topic: string; readonly partitions: number[] }[] {
  return [...Map.groupBy(assigned, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map(({ partition }) => partition),
  }));
}
