import { classify } from '../adapters/kafka/failures.ts';
import { PartitionEndsReader } from '../adapters/kafka/partition-ends.ts';
import { TopicRange } from '../adapters/kafka/topic-range.ts';
import type { TopicsOptions } from '../adapters/kafka/topics.ts';
import { FailureError } from '../domain/failure.ts';
import type { HistoryTopics } from './import-topics.ts';

/** Since when topics have kept their records, milliseconds since the epoch; Infinity where none is left. */
export interface LabelsGone {
  readonly labelsSinceMs: number;
  /** Of events and decisions, whichever reach further back. */
  readonly othersSinceMs: number;
}

/**
 * Whether labels are gone that are older than events or decisions that are left: a request to be forgotten may have been among them, and a history that is
 * made of these topics knows again what it had forgotten. Undefined where they are not, and where people say what they say among the events.
 * A labels topic that is young and has lost nothing is no such thing. Throws `FailureError`.
 */
export async function labelsGone(
  kafka: TopicsOptions,
  { events, labels, decisions }: HistoryTopics,
): Promise<LabelsGone | undefined> {
  if (labels === undefined || !(await hasLost(labels, kafka))) return undefined;
  const [labelsSinceMs, othersSinceMs] = [await sinceMs([labels], kafka), await sinceMs([events, decisions], kafka)];
  return labelsSinceMs > othersSinceMs ? { labelsSinceMs, othersSinceMs } : undefined;
}

/** Whether records of a topic are gone, of whichever partition. */
async function hasLost(topic: string, kafka: TopicsOptions): Promise<boolean> {
  const reader = new PartitionEndsReader(kafka);
  try {
    return (await reader.of(topic)).some(({ low }) => low > 0);
  } catch (error) {
    throw new FailureError(classify(error, 'CONSUME_FAILED').failure, { cause: error });
  } finally {
    await reader.close();
  }
}

/** When the oldest record that is left was written. */
async function sinceMs(topics: readonly string[], kafka: TopicsOptions): Promise<number> {
  const range = await TopicRange.open({ ...kafka, topics, recordsMax: 1 });
  for await (const { records } of range.read()) return records[0]!.timestampMs;
  return Infinity;
}
