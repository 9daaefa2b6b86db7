import type { Logger } from '../../adapters/log/logger.ts';
import { describeFailure, FailureError } from '../../domain/failure.ts';

export interface RoundsOptions {
  /** Milliseconds until the first round, and from the end of each to the next. */
  readonly firstMs: number;
  readonly everyMs: number;
  readonly round: () => Promise<void>;
  readonly logger: Logger;
}

/** Does something again and again, one after the other. What may pass is told, and tried in the next round. */
export class Rounds {
  readonly #options: RoundsOptions;
  #timer: NodeJS.Timeout | undefined;
  #under: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** @param failed is told what does not pass */
  start(failed: (error: unknown) => void): void {
    this.#plan(this.#options.firstMs, failed);
  }

  /** Resolves when none is under way, and none comes any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#under;
  }

  #plan(waitMs: number, failed: (error: unknown) => void): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#under = this.#go(failed).finally(() => this.#plan(this.#options.everyMs, failed));
    }, waitMs);
  }

  async #go(failed: (error: unknown) => void): Promise<void> {
    try {
      await this.#options.round();
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.code === 'ARCHIVE_DAMAGED') return failed(error);
      this.#options.logger.warn('What is due could not be done; it is tried again.', {
        failure: describeFailure(error.failure),
      });
    }
  }
}
