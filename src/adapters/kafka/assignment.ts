import type { TopicPartition } from './offsets.ts';
import type { PartitionEnds } from './partition-ends.ts';

/** What is known of a partition when it is assigned. */
export interface PartitionStart {
  /** The record that should come first; undefined where nobody knows. */
  readonly expected: number | undefined;
  /** What the group reads next; undefined where it has committed nothing, or that says nothing of this partition. */
  readonly committedOffset: number | undefined;
  /** Its offsets are not those that were committed: another topic of the same name, or one that lost its end. */
  readonly isRemade: boolean;
}

const unknown: PartitionStart = { expected: undefined, committedOffset: undefined, isRemade: false };

/** What a process remembers of a partition that it had. */
export interface PartitionPast {
  /** What it did last: it has committed to it; or it has taken it for another one, and forgotten what it knew of its offsets. */
  readonly last: 'nothing' | 'committed' | 'forgotten';
  /** Behind the last record that it was handed; undefined for none. */
  readonly reached: number | undefined;
}

/** Of a partition that it never had. */
export const noPast: PartitionPast = Object.freeze({ last: 'nothing', reached: undefined });

/**
 * Where the partitions of one assignment begin.
 *
 * A partition was made anew when it ends before what the group committed or this process has read; when this process has committed
 * to it and the group knows nothing of that: Kafka forgets what was committed to a topic when the topic is deleted, and else only
 * when a group has been empty for days; and when an offset was out of range although no record went that this process had not read.
 * It is taken for another one once: what the group says goes on being of the former one until somebody commits to it.
 */
export class Assignment {
  readonly #starts: ReadonlyMap<string, PartitionStart>;

  /**
   * @param ends what the brokers say; where they do not, nothing is known
   * @param planned where the consumer was told to begin, of those partitions where it was told
   * @param pastOf what this process remembers
   */
  constructor(
    ends: readonly PartitionEnds[],
    planned: readonly (TopicPartition & { readonly offset: number })[],
    pastOf: (partition: TopicPartition) => PartitionPast,
  ) {
    const begins = new Map(planned.map((each) => [keyOf(each), each.offset]));
    this.#starts = new Map(ends.map((each) => [keyOf(each), startOf(each, begins.get(keyOf(each)), pastOf(each))]));
  }

  start(topic: string, partition: number): PartitionStart {
    return this.#starts.get(keyOf({ topic, partition })) ?? unknown;
  }
}

function startOf(ends: PartitionEnds, planned: number | undefined, past: PartitionPast): PartitionStart {
  const { committed, high, wasReset } = ends;
  const isRemade = isBehind(ends, past);
  const saysNothing = committed === undefined || committed > high || wasReset;
  if (!isRemade && past.last === 'forgotten' && saysNothing) return unknown;
  if (isRemade || (committed === undefined ? past.last === 'committed' : committed > high))
    return { expected: committed, committedOffset: undefined, isRemade: true };
  return { expected: planned ?? committed, committedOffset: committed, isRemade: false };
}

/** Whether it is behind what this process has read. */
function isBehind({ low, high, wasReset }: PartitionEnds, { last, reached }: PartitionPast): boolean {
  if (reached === undefined) return false;
  return high < reached || (wasReset && low < reached && last !== 'forgotten');
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
