import type { Logger } from '../../adapters/log/logger.ts';
import { describeFailure, FailureError } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { DueErasures, type DueErasuresParts } from '../../steps/due-erasures.ts';
import { quietMs, type StreamTime } from '../../steps/stream-time.ts';
import { silentTelemetry, type Telemetry } from '../../telemetry.ts';
import type { History } from './history.ts';

/** Milliseconds from one look at what is due to the next. */
const everyMs = 20_000;
/** Before the first: by then each partition that has anything to be read has brought something, and says how far it is. */
const firstMs = quietMs;
/** From one look at what is over to the next: that is counted in days. */
const tidyEveryMs = 3_600_000;

export interface HoldWatchParts extends Pick<DueErasuresParts, 'hasher' | 'governor' | 'turns' | 'unsettled'> {
  readonly history: Pick<History, 'store' | 'groups' | 'legalHolds' | 'handle'>;
  readonly streamTime: StreamTime;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Looks, again and again, whether a legal hold has ended by its time for which somebody waits to be forgotten, among the accounts of the partitions that
 * this member has. Until the first look has been, and while a partition is read again from before, it is late and nothing else: what waits is kept.
 */
export class HoldWatch {
  /** Is told which partitions this member has. */
  readonly telemetry: Telemetry = {
    ...silentTelemetry,
    partitionsAssigned: (partitions) => (this.#own = new Set(partitions.map(({ partition }) => partition))),
  };
  readonly #parts: HoldWatchParts;
  readonly #due: DueErasures;
  readonly #stopped = new AbortController();
  #own: ReadonlySet<number> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #tidiedMs = -Infinity;

  constructor(parts: HoldWatchParts) {
    this.#parts = parts;
    const { history, ...others } = parts;
    this.#due = new DueErasures({ ...others, ...history });
  }

  start(): void {
    this.#plan(firstMs);
  }

  /** Resolves when no look is under way, and none comes any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#look;
  }

  #plan(waitMs: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#look = this.#lookOnce().finally(() => this.#plan(everyMs));
    }, waitMs).unref();
  }

  async #lookOnce(): Promise<void> {
    const { history, streamTime, clock, logger } = this.#parts;
    try {
      const nowMs = clock.nowMs();
      const isOwn = (partition: number): boolean => partition < 0 || this.#own.has(partition);
      const { signal } = this.#stopped;
      const accounts = await history.handle(() => this.#due.forget(streamTime.reachedMs(nowMs), isOwn, signal));
      if (accounts > 0) logger.info('Accounts were forgotten whose legal hold has ended.', { accounts });
      if (nowMs - this.#tidiedMs < tidyEveryMs) return;
      await this.#due.tidy(nowMs);
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
