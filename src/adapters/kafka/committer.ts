import type { Offsets } from 'kafkajs';
import type { Clock } from '../../ports.ts';
import type { CommittableOffset, OffsetTracker } from './offsets.ts';
import { noteOf, noTopicIds, type TopicIds } from './topic-ids.ts';

export type CommitOffsets = (offsets: Offsets) => Promise<void>;

/** Milliseconds between two commits: what a crash lets come a second time, against what the brokers have to write. */
const commitIntervalMs = 200;

/**
 * Commits what has a fate: now and then while records flow, and at once where it matters (before partitions move, before
 * leaving). One request at a time, all partitions in one. A commit that fails is no failure of the stream: the offsets
 * stay pending and go with the next, or, if the partitions went elsewhere, their new owner reads those records again.
 * Whether the membership is still good, heartbeats tell.
 */
export class Committer {
  readonly #offsets: OffsetTracker;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown, inARow: number) => void;
  readonly #onCommitted: (offsets: readonly CommittableOffset[]) => void;
  readonly #ids: () => TopicIds;
  #underWay: Promise<void> | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #failuresInARow = 0;
  /** Stopwatch time since which something waits to be committed; undefined when nothing does. */
  #waitingSinceMs: number | undefined;

  /** @param ids of the topics of which the offsets are */
  constructor(
    offsets: OffsetTracker,
    clock: Clock,
    onFailure: (error: unknown, inARow: number) => void,
    onCommitted: (offsets: readonly CommittableOffset[]) => void = () => undefined,
    ids: () => TopicIds = () => noTopicIds,
  ) {
    this.#offsets = offsets;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#onCommitted = onCommitted;
    this.#ids = ids;
  }

  /** Milliseconds for which something has waited to be committed; 0 when nothing does. To be asked about once a second. */
  waitingMs(): number {
    if (this.#offsets.pending().length === 0) this.#waitingSinceMs = undefined;
    else this.#waitingSinceMs ??= this.#clock.monotonicMs();
    return this.#waitingSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#waitingSinceMs;
  }

  /** Begins a commit when one is due. Nobody waits for it. */
  commitIfDue(commit: CommitOffsets): void {
    if (this.#underWay !== undefined || this.#clock.monotonicMs() - this.#lastMs < commitIntervalMs) return;
    void this.#begin(commit);
  }

  /** Commits all that is pending now. Resolves when it is done or has failed. */
  async commitNow(commit: CommitOffsets): Promise<void> {
    while (this.#underWay !== undefined) await this.#underWay;
    await this.#begin(commit);
  }

  #begin(commit: CommitOffsets): Promise<void> {
    const pending = this.#offsets.pending();
    if (pending.length === 0) return Promise.resolve();
    this.#lastMs = this.#clock.monotonicMs();
    this.#waitingSinceMs ??= this.#lastMs;
    this.#underWay = commit({ topics: byTopic(pending, this.#ids()) })
      .then(
        () => {
          this.#failuresInARow = 0;
          this.#waitingSinceMs = undefined;
          this.#offsets.committed(pending);
          this.#onCommitted(pending);
        },
        (error: unknown) => {
          this.#failuresInARow += 1;
          this.#onFailure(error, this.#failuresInARow);
        },
      )
      .finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }
}

function byTopic(offsets: readonly CommittableOffset[], ids: TopicIds): Offsets['topics'] {
  const topics = Map.groupBy(offsets, ({ topic }) => topic);
  return [...topics].map(([topic, partitions]) => {
    const metadata = noteOf(topic, ids);
    const note = metadata === undefined ? {} : { metadata };
    return {
      topic,
      partitions: partitions.map(({ partition, offset }) => ({ partition, offset: String(offset), ...note })),
    };
  });
}
