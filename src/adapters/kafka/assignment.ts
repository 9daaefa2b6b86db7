import type { TopicPartition } from './offsets.ts';
import type { GroupOffset, PartitionEnds } from './partition-ends.ts';
import { noteOf, type TopicIds } from './topic-ids.ts';

/** What is known of a partition when it is assigned. */
export interface PartitionStart {
  /** The record that should come first; undefined where nobody knows. */
  readonly expected: number | undefined;
  /** What the group reads next; undefined where it has committed nothing, or that says nothing of this partition. */
  readonly committedOffset: number | undefined;
  /** Its offsets are not those that were committed: another topic of the same name, or one that lost its end. */
  readonly isRemade: boolean;
  /** Of the present topic (`noteOf`), where the partition is remade since that is another one: what is known to be of it holds. */
  readonly topicId?: string | undefined;
  /** Where the client has to be told to begin; absent where it finds that by itself. */
  readonly seek?: number;
}

const unknown: PartitionStart = { expected: undefined, committedOffset: undefined, isRemade: false };

/** What a process remembers of a partition that it had. */
export interface PartitionPast {
  /** What it did last: it has committed to it; or it has taken it for another one, and forgotten what it knew of its offsets. */
  readonly last: 'nothing' | 'committed' | 'forgotten';
  /** Behind the last record that it was handed; undefined for none. */
  readonly reached: number | undefined;
  /** Of the topic that it read; undefined where the brokers do not say. */
  readonly topicId?: string | undefined;
  /**
   * In front of the first record of that topic that has no fate, of those that this process was to give one; undefined for none, and where
   * another member has had the partition since.
   */
  readonly position?: number | undefined;
}

/** What is known of an assignment as a whole. */
export interface AssignmentFacts {
  readonly assigned: readonly TopicPartition[];
  /** What the brokers say of these partitions, the group's coordinator alone or their leaders too; where they do not, nothing is known. */
  readonly ends: readonly GroupOffset[];
  /** Where history has the consumer begin, of those partitions where it does. */
  readonly planned: readonly (TopicPartition & { readonly offset: number })[];
  readonly ids: TopicIds;
}

/**
 * Where the partitions of one assignment begin.
 *
 * A partition was made anew when its topic has another id than what this process has read or the group has committed to. Its offsets are
 * others, too, when it ends before what the group committed or this process has read; and when an offset was out of range although no
 * record went that this process had not read. Brokers that know no ids leave one more sign: this process has committed to it, and the
 * group knows nothing of that. Kafka forgets what was committed to a topic when the topic is deleted, and else only when a group has been
 * empty for days. It is taken for another one once: what the group says goes on being of the former one until somebody commits to it.
 */
export class Assignment {
  /** Of its topics. */
  readonly ids: TopicIds;
  readonly #starts: ReadonlyMap<string, PartitionStart>;

  /** @param pastOf what this process remembers */
  constructor({ assigned, ends, planned, ids }: AssignmentFacts, pastOf: (partition: TopicPartition) => PartitionPast) {
    this.ids = ids;
    const begins = new Map(planned.map((each) => [keyOf(each), each.offset]));
    const ending = new Map(ends.map((each) => [keyOf(each), each]));
    this.#starts = new Map(
      assigned.map((each) => {
        const key = keyOf(each);
        return [key, startOf(each.topic, ids, ending.get(key), begins.get(key), pastOf(each))];
      }),
    );
  }

  start(topic: string, partition: number): PartitionStart {
    return this.#starts.get(keyOf({ topic, partition })) ?? unknown;
  }
}

function startOf(
  topic: string,
  ids: TopicIds,
  ends: GroupOffset | undefined,
  planned: number | undefined,
  past: PartitionPast,
): PartitionStart {
  const id = ids.get(topic);
  const isSame = id !== undefined && past.topicId === id;
  const isAnother = id !== undefined && past.topicId !== undefined && past.topicId !== id;
  const former = past.topicId === undefined ? ends?.former : undefined;
  if (isAnother || former !== undefined) {
    const committed = ends?.committed; // another member has begun with it
    const start = {
      expected: past.reached ?? former,
      committedOffset: committed,
      isRemade: true,
      topicId: noteOf(topic, ids),
    };
    return committed === undefined ? { ...start, seek: firstOf(ends) } : start;
  }
  if (ends === undefined || !hasEnds(ends)) {
    const isKnown = ends !== undefined && (ends.committed !== undefined || ends.wasReset);
    return isSame && !isKnown ? goingOn(past, ends) : unknown;
  }
  // That the group knows nothing of what was committed to a topic that is still there comes of a coordinator that was late to forget.
  const start = startByOffsets(
    ends,
    planned,
    isSame && past.last === 'committed' ? { ...past, last: 'nothing' } : past,
  );
  if (start.isRemade) return start;
  if (planned !== undefined) return { ...start, seek: planned };
  return isSame && ends.committed === undefined ? goingOn(past, ends) : start;
}

/**
 * Where this process was in the topic that it reads: the group has nothing of it, or what it has was committed to the former one.
 */
function goingOn({ position }: PartitionPast, ends: GroupOffset | undefined): PartitionStart {
  const first = firstOf(ends);
  const expected = position ?? (ends?.former === undefined ? undefined : first);
  return expected === undefined ? unknown : { ...unknown, expected, seek: Math.max(expected, first) };
}

/** Of the first record that is still there; 0 where that is not known. */
function firstOf(ends: GroupOffset | undefined): number {
  return ends !== undefined && hasEnds(ends) ? ends.low : 0;
}

function startByOffsets(ends: PartitionEnds, planned: number | undefined, past: PartitionPast): PartitionStart {
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

/** Whether the leader has said where the partition ends. */
export function hasEnds(offsets: GroupOffset): offsets is PartitionEnds {
  return 'high' in offsets;
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
