import { keyOf } from './assignment.ts';
import type { TopicPartition } from './offsets.ts';
import type { PartitionEnds, PartitionEndsReader } from './partition-ends.ts';
import type { StartPositions } from './start-positions.ts';
import { noTopicIds, type TopicIds } from './topic-ids.ts';

/** What the brokers say of what is assigned. */
export interface AssignedTopics {
  readonly ids: TopicIds;
  /** Of the assigned partitions; none where the brokers do not say. */
  readonly ends: readonly PartitionEnds[];
}

interface Asking {
  readonly ends: Pick<PartitionEndsReader, 'of' | 'ids'>;
  readonly startPositions: StartPositions | undefined;
}

/**
 * Rejects where it is not known which topics these are. Where brokers do not say how far partitions go, which is while they change hands,
 * nothing is known, and the committed offsets hold; unless history is in this process, which might then have a gap that nobody knows of.
 */
export async function askAssigned(
  assigned: readonly TopicPartition[],
  { ends, startPositions }: Asking,
): Promise<AssignedTopics> {
  const topics = [...new Set(assigned.map(({ topic }) => topic))];
  if (topics.length === 0) return { ids: noTopicIds, ends: [] };
  const own = new Set(assigned.map(keyOf));
  const asked = Promise.all(topics.map((topic) => ends.of(topic)));
  const [ids, all] = await Promise.all([
    ends.ids(topics),
    startPositions === undefined ? asked.catch(() => []) : asked,
  ]);
  return { ids, ends: all.flat().filter((each) => own.has(keyOf(each))) };
}
