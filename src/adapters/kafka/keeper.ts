import kafkajs from 'kafkajs';
import { coordinatorLost, type CoordinatorWatch } from './coordinator-watch.ts';

/** What a keeper watches, and tells of failures. */
type Watch = Pick<CoordinatorWatch, 'failed' | 'loss'>;

/** GROUP_LOAD_IN_PROGRESS and GROUP_COORDINATOR_NOT_AVAILABLE: ask again. */
const askAgain: ReadonlySet<number> = new Set([14, 15]);

/**
 * Keeps the membership of the group alive while one batch is in work, however long that takes: kafkajs sends heartbeats
 * between batches alone. When the coordinator answers that the membership has ended or the group is rebalancing, or is lost, the
 * signal is aborted with that error: what waits should stop waiting, and what is nearly done may finish.
 */
export class Keeper implements Disposable {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param heartbeat sends one when `intervalMs` have passed since the last; else resolves at once
   */
  constructor(heartbeat: () => Promise<void>, intervalMs: number, watch: Watch) {
    // It counts from the answer to the last heartbeat, so a timer of the whole interval would miss every other one.
    this.#timer = setInterval(
      () => {
        heartbeat().catch((error: unknown) => {
          // A connection that failed says nothing of the membership yet; the next heartbeat opens another.
          watch.failed(error);
          const isAnswer = error instanceof kafkajs.KafkaJSProtocolError && !askAgain.has(error.code);
          if (isAnswer) this.#abort.abort(error);
        });
        const { loss } = watch;
        if (loss !== undefined) this.#abort.abort(coordinatorLost(loss));
      },
      Math.ceil(intervalMs / 3),
    );
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
