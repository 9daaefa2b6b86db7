import type { Failure } from '../../domain/failure.ts';
import { backoffMs } from '../../net/backoff.ts';
import type { Holds, OpenHold } from '../../ports.ts';

/** How long a partition rests before what cannot be read is fetched again: somebody may have deleted it, or changed the setting. */
const backoff = { initialMs: 5_000, maxMs: 60_000 };

interface Hold {
  readonly topic: string;
  readonly partition: number;
  readonly open: OpenHold;
  attempt: number;
  readonly resume: () => void;
  timer: NodeJS.Timeout;
}

/**
 * Partitions at a batch that cannot be read. Each is paused by itself, outside the client's own call: inside, it would keep the
 * broker's other partitions waiting. Now and then it is tried again. As many holds as there are partitions at most.
 */
export class PartitionHolds {
  readonly #board: Holds;
  readonly #holds = new Map<string, Hold>();

  constructor({ holds }: { readonly holds: Holds }) {
    this.#board = holds;
  }

  /** @param resume ends the pause that the partition is in now */
  hold(topic: string, partition: number, failure: Failure, resume: () => void): void {
    const key = `${topic}/${partition}`;
    const former = this.#holds.get(key);
    const attempt = (former?.attempt ?? 0) + 1;
    const waitMs = backoffMs(attempt, backoff, Math.random());
    clearTimeout(former?.timer);
    const open = former?.open ?? this.#board.begin({ step: 'read', topic, partition });
    const timer = setTimeout(resume, waitMs).unref();
    this.#holds.set(key, { topic, partition, open, attempt, resume, timer });
    open.tried(failure, waitMs);
  }

  /** The partition has gone on. */
  release(topic: string, partition: number): void {
    const key = `${topic}/${partition}`;
    const hold = this.#holds.get(key);
    if (hold === undefined) return;
    this.#holds.delete(key);
    clearTimeout(hold.timer);
    hold.open.end();
  }

  /** Partitions move, or the member ends: whoever has them next finds out for itself. */
  releaseAll(): void {
    for (const { topic, partition, resume } of this.#holds.values()) {
      this.release(topic, partition);
      resume();
    }
  }
}
