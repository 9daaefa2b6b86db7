import { keyOf } from './assignment.ts';
import type { TopicPartition } from './offsets.ts';
import type { PartitionEnds, PartitionEndsReader } from './partition-ends.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

/** The next record of a partition. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** What a store that has its own memory of a stream says of it, and is told. */
export interface SourceHistory {
  /** Where it goes on in the partitions that it knows. Asked before the first assignment. */
  readonly next: () => readonly Position[];
  /** A partition ends before that: it was made anew, or lost its end. It is a new one from here on. */
  readonly forget: (topic: string, partition: number) => void;
  /** What is before these positions will not be read again. Resolves when it has that for good. */
  readonly begin: (positions: readonly Position[]) => Promise<void>;
}

interface Options {
  readonly settings: KafkaSettings;
  readonly topics: readonly string[];
  readonly history: SourceHistory;
  readonly ends: Pick<PartitionEndsReader, 'of'>;
  readonly log: KafkaLogger;
}

/**
 * Where to begin reading so that history has no gap: where it goes on or where the group committed, whichever comes first. A
 * process that was killed has committed more than it wrote down. Partitions that come later, from another member, begin where the
 * group committed.
 */
export class StartPositions {
  readonly #options: Options;
  #positions: readonly Position[] | undefined;
  #isAssigned = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Asks the brokers, and tells history. When it rejects, with what the client says, it is to be called again. */
  async find(): Promise<void> {
    if (this.#positions !== undefined) return;
    const { topics, history, ends } = this.#options;
    const partitions = (await Promise.all(topics.map((topic) => ends.of(topic)))).flat();
    const known = new Map(history.next().map((next) => [keyOf(next), next.offset]));
    const positions = partitions.map((each) => ({ ...each, offset: this.#startOf(each, known.get(keyOf(each))) }));
    await history.begin(positions);
    this.#positions = positions;
  }

  /**
   * Where partitions begin that are assigned now. Those of the first assignment begin there as long as nothing of them was
   * committed, since until then the group would go on where it had been; partitions that come later are not among them.
   */
  of(assigned: readonly TopicPartition[]): readonly Position[] {
    const own = new Set(assigned.map(keyOf));
    const positions = (this.#positions ?? []).filter((each) => own.has(keyOf(each)));
    if (!this.#isAssigned) this.#positions = positions;
    this.#isAssigned = true;
    return positions;
  }

  /** The group has committed offsets of these: it goes on by itself. */
  committed(partitions: readonly TopicPartition[]): void {
    const known = new Set(partitions.map(keyOf));
    this.#positions = this.#positions?.filter((each) => !known.has(keyOf(each)));
  }

  /** @param next where history goes on; undefined where it does not know the partition. */
  #startOf(ends: PartitionEnds, next: number | undefined): number {
    const { settings, log, history } = this.#options;
    const { topic, partition, low, high } = ends;
    const committed = ends.committed === undefined || ends.committed > high ? undefined : ends.committed;
    const otherwise = Math.max(low, committed ?? (settings.consumer.startFrom === 'earliest' ? low : high));
    if (next === undefined) return otherwise;
    if (next > high) {
      log('error', 'History has more of a partition than there is: it is taken for another one.', { ...ends, next });
      history.forget(topic, partition);
      return otherwise;
    }
    if (next < low) log('error', 'Records that history lacks are deleted: it has a gap.', { ...ends, next });
    else if (committed !== undefined && next < committed)
      log('warn', 'Records that history lacks are read again, and decided again.', { ...ends, next });
    return Math.max(low, Math.min(next, committed ?? next));
  }
}
