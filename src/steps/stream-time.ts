/** A partition of a topic that this process reads. */
interface OwnPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Up to which moment this process has decided what was written: the clock, where it keeps up, and less where something waits, is held, or is read again
 * for history. What is due by the clock alone would be done there before that has come which it ought to concern. A partition that says nothing is no
 * partition that has nothing: only who has compared it with its end knows that. There are as many readings as partitions that this process has.
 */
export class StreamTime {
  /** By own partition, milliseconds since the epoch: what was written before has its fate. -Infinity until somebody said. */
  #decidedUpToMs = new Map<string, number>();
  #own: ReadonlySet<number> = new Set();

  /** These are the partitions that are read from now on. What was known of any of them does not hold: it may be read from elsewhere. */
  assigned(partitions: readonly OwnPartition[]): void {
    this.#decidedUpToMs = new Map(partitions.map((each) => [keyOf(each.topic, each.partition), -Infinity]));
    this.#own = new Set(partitions.map(({ partition }) => partition));
  }

  /** As `Telemetry.lagMeasured` tells it; undefined says nothing new. Of a partition that is not assigned it is passed over. */
  decided(topic: string, partition: number, upToMs: number | undefined): void {
    const key = keyOf(topic, partition);
    if (upToMs !== undefined && this.#decidedUpToMs.has(key)) this.#decidedUpToMs.set(key, upToMs);
  }

  /** Whether a partition of that number, of whichever topic, is read here. */
  has(partition: number): boolean {
    return this.#own.has(partition);
  }

  /** Milliseconds since the epoch, never later than now; -Infinity where that is not known of a partition, or there is none. */
  reachedMs(nowMs: number): number {
    return this.#own.size === 0 ? -Infinity : Math.min(nowMs, ...this.#decidedUpToMs.values());
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}:${partition}`;
}
