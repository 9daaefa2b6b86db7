import type { Position } from '../../ports.ts';

/** How far the store is in a partition. Offsets are those of the last record, so -1 is before the first. */
export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** The watermark: what is at or below it has been added. */
  applied: number;
  /** What is at or below it is settled, or was there before history began; null before anything is known. */
  completed: number | null;
}

/** How far the store is in each partition of each topic. */
export class Progress {
  readonly #partitions = new Map<string, PartitionProgress>();

  /** Highest offset that was added; -1 for none. */
  applied(topic: string, partition: number): number {
    return this.#partitions.get(keyOf(topic, partition))?.applied ?? -1;
  }

  /** The last record that has its fate, and all before it; -1 for none. */
  completed(topic: string, partition: number): number {
    return this.#partitions.get(keyOf(topic, partition))?.completed ?? -1;
  }

  apply(topic: string, partition: number, offset: number): void {
    const progress = this.#of(topic, partition);
    progress.applied = Math.max(progress.applied, offset);
  }

  complete(topic: string, partition: number, offset: number): void {
    const progress = this.#of(topic, partition);
    progress.completed = Math.max(progress.completed ?? -1, offset);
  }

  forget(topic: string, partition: number): void {
    this.#partitions.delete(keyOf(topic, partition));
  }

  /** The last record of each partition up to which all is in history and needs not be read again. */
  covered(): readonly Position[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, completed }) =>
      completed === null ? [] : [{ topic, partition, offset: completed }],
    );
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
