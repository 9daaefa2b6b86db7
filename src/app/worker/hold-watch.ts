import type { Logger } from '../../adapters/log/logger.ts';
import { describeFailure, FailureError } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { ErasuresAfterHolds, type ErasuresAfterHoldsParts } from '../../steps/erasures-after-holds.ts';
import { StreamTime } from '../../steps/stream-time.ts';
import { silentTelemetry, type Telemetry } from '../../telemetry.ts';
import type { History } from './history.ts';

/** Milliseconds from one look at what is due to the next. */
const everyMs = 20_000;
/** From one look at what is over to the next: that is counted in days. */
const tidyEveryMs = 3_600_000;

export interface HoldWatchParts extends Pick<ErasuresAfterHoldsParts, 'hasher' | 'governor' | 'turns' | 'unsettled'> {
  readonly history: Pick<History, 'store' | 'groups' | 'legalHolds' | 'handle'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Looks, again and again, whether a legal hold has ended by its time for which somebody waits to be forgotten, among the accounts of the partitions that
 * this member has. While anything that was written before that end may still be undecided it is late and nothing else: what waits is kept.
 */
export class HoldWatch {
  /** Is told which partitions this member has, and how far it is in each. */
  readonly telemetry: Telemetry = {
    ...silentTelemetry,
    partitionsAssigned: (partitions) => this.#streamTime.assigned(partitions),
    lagMeasured: (topic, partition, _lag, decidedUpToMs) => this.#streamTime.decided(topic, partition, decidedUpToMs),
  };
  readonly #parts: HoldWatchParts;
  readonly #due: ErasuresAfterHolds;
  readonly #stopped = new AbortController();
  readonly #streamTime = new StreamTime();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #tidiedMs = -Infinity;

  constructor(parts: HoldWatchParts) {
    this.#parts = parts;
    const { history, ...others } = parts;
    this.#due = new ErasuresAfterHolds({ ...others, ...history });
  }

  start(): void {
    this.#plan();
  }

  /** Resolves when no look is under way, and none comes any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#look;
  }

  #plan(): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#look = this.#lookOnce().finally(() => this.#plan());
    }, everyMs).unref();
  }

  async #lookOnce(): Promise<void> {
    const { history, clock, logger } = this.#parts;
    try {
      const nowMs = clock.nowMs();
      const isOwn = (partition: number): boolean => partition < 0 || this.#streamTime.has(partition);
      const { signal } = this.#stopped;
      const accounts = await history.handle(() => this.#due.forget(this.#streamTime.reachedMs(nowMs), isOwn, signal));
      if (accounts > 0) logger.info('Accounts were forgotten whose legal hold has ended.', { accounts });
      if (nowMs - this.#tidiedMs < tidyEveryMs) return;
      await this.#due.tidy(nowMs, signal);
      this.#tidiedMs = nowMs;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (!(error instanceof FailureError)) throw error;
      logger.warn('Who waits for the end of a legal hold could not be forgotten; it is tried again.', {
        failure: describeFailure(error.failure),
      });
    }
  }
}
