import type { ObservationBatch } from '../../features/observation.ts';
import type { Position, SnapshotBatch } from '../../ports.ts';

/** A place in a topic that is told from others of its name; `topicId` is undefined where nobody said which it is. */
export interface TopicPosition extends Position {
  readonly topicId?: string | undefined;
}

/** How far the store is in a partition. Offsets are those of the last record, so -1 is before the first. */
export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** The watermark: what is at or below it has been added. */
  applied: number;
  /** What is at or below it is settled, or was there before history began; null before anything is known. */
  completed: number | null;
  /** Of a partition of which nothing is completed: what is at or below it was there before history began. */
  begun?: number;
  /** Of the topic that these are offsets of; absent where nobody said, as in a snapshot of an earlier version. */
  topicId?: string;
  /** The last record of a former topic of this name, as long as nobody was told that it is forgotten. */
  former?: number;
}

/** How far the store is in each partition of each topic. */
export class Progress {
  readonly #partitions = new Map<string, PartitionProgress>();

  /** Highest offset that was added before a batch; -1 for none. What is known of another topic than the batch's is forgotten. */
  appliedBefore({ topic, partition, topicId }: Pick<ObservationBatch, 'topic' | 'partition' | 'topicId'>): number {
    this.identify(topic, partition, topicId);
    return this.#partitions.get(keyOf(topic, partition))?.applied ?? -1;
  }

  /**
   * The last record that has its fate, and all before it; -1 for none. And that of a former topic whose offsets were forgotten since this was
   * asked last, if any were.
   */
  settled(topic: string, partition: number): Pick<SnapshotBatch, 'settledOffset' | 'formerOffset'> {
    const known = this.#partitions.get(keyOf(topic, partition));
    const settled = { settledOffset: known?.completed ?? -1, formerOffset: known?.former };
    delete known?.former;
    return settled;
  }

  /** A batch was added, from its first record to its last. */
  apply(topic: string, partition: number, first: number, last: number): void {
    const progress = this.#of(topic, partition);
    progress.applied = Math.max(progress.applied, last);
    if (progress.completed === null) progress.begun ??= first - 1;
  }

  complete(topic: string, partition: number, offset: number): void {
    const progress = this.#of(topic, partition);
    progress.completed = Math.max(progress.completed ?? -1, offset);
  }

  /** Says of which topic a partition's offsets are. What is known of another one is forgotten. */
  identify(topic: string, partition: number, topicId: string | undefined): void {
    if (topicId === undefined) return;
    const known = this.#of(topic, partition);
    if (known.topicId !== undefined && known.topicId !== topicId) {
      this.forget(topic, partition);
      this.#of(topic, partition).former = known.completed ?? known.applied;
    }
    this.#of(topic, partition).topicId = topicId;
  }

  /** @param topicId not what is known to be of this topic */
  forget(topic: string, partition: number, topicId?: string): void {
    const isOf = this.#partitions.get(keyOf(topic, partition))?.topicId;
    if (isOf === undefined || isOf !== topicId) this.#partitions.delete(keyOf(topic, partition));
  }

  /** The last record of each partition up to which all is in history and needs not be read again. */
  covered(): readonly TopicPosition[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, completed, begun, topicId }) => {
      const offset = completed ?? begun;
      return offset === undefined ? [] : [{ topic, partition, offset, topicId }];
    });
  }

  /** As it is now. */
  state(): readonly Readonly<PartitionProgress>[] {
    return Array.from(this.#partitions.values(), (progress) => ({ ...progress }));
  }

  restore(partitions: readonly Readonly<PartitionProgress>[]): void {
    for (const progress of partitions) Object.assign(this.#of(progress.topic, progress.partition), progress);
  }

  #of(topic: string, partition: number): PartitionProgress {
    const key = keyOf(topic, partition);
    const known = this.#partitions.get(key);
    if (known !== undefined) return known;
    const progress: PartitionProgress = { topic, partition, applied: -1, completed: null };
    this.#partitions.set(key, progress);
    return progress;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}:${partition}`;
}
