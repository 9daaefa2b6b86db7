import { setTimeout as wait } from 'node:timers/promises';
import { FailureError } from './domain/failure.ts';
import type { ObservationBatch } from './features/observation.ts';
import { backoffMs } from './net/backoff.ts';
import type { Clock, FeatureStore, Position, SnapshotBatch, StandingChange } from './ports.ts';
import type { Telemetry } from './telemetry.ts';

export interface StoreGuardOptions {
  /** How long a batch is held for the store before decisions degrade, milliseconds. */
  readonly holdMs: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * What stands between the pipeline and a store that may be slow or gone.
 *
 *   up ──fails──▶ holding ──holdMs passed──▶ degraded
 *    ▲               │                          │
 *    └───answers─────┴────────answers───────────┘
 *
 * While holding, the caller waits, and Kafka keeps the data. While degraded, batches pass without history, and the store is
 * tried again at most once per `retryMaxMs`: a breaker, so that an outage costs each batch nothing.
 */
export class StoreGuard {
  readonly #store: FeatureStore;
  readonly #options: StoreGuardOptions;
  /** Stopwatch time of the first failure without an answer since; null while the store is up. */
  #downSinceMs: number | null = null;
  #triedMs = 0;

  constructor(store: FeatureStore, options: StoreGuardOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Whether decisions lack history now: readiness says so. */
  get isDegraded(): boolean {
    return this.#downSinceMs !== null && this.#options.clock.monotonicMs() - this.#downSinceMs >= this.#options.holdMs;
  }

  /**
   * The snapshots of a batch, or null when the store did not answer for as long as it may be waited for. `signal` ends a hold
   * at once: the call then rejects, and the batch has no fate.
   */
  observe(batch: ObservationBatch, signal: AbortSignal): Promise<SnapshotBatch | null> {
    return this.#answered(() => this.#store.observe(batch), signal);
  }

  /**
   * Writes standings, and holds the batch until they are written, as `observe` does. When the store is gone for longer, they are
   * lost: the next decision of the account then supersedes nothing.
   */
  async settle(position: Position, changes: readonly StandingChange[], signal: AbortSignal): Promise<void> {
    if (this.isDegraded) return;
    await this.#answered(() => this.#store.settle(position, changes), signal);
  }

  /** What the store answers, or null when it did not for as long as it may be waited for. */
  async #answered<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
    const { clock, telemetry, retryInitialMs, retryMaxMs } = this.#options;
    for (let attempt = 1; ; attempt++) {
      if (this.isDegraded && clock.monotonicMs() - this.#triedMs < retryMaxMs) return null;
      const startMs = clock.monotonicMs();
      this.#triedMs = startMs;
      try {
        const answer = await ask();
        this.#up();
        return answer;
      } catch (error) {
        if (!(error instanceof FailureError) || error.failure.code !== 'STORE_UNAVAILABLE') throw error;
        this.#downSinceMs ??= startMs;
        // From its end: a try that lasts until a time-out would otherwise let the next one begin at once.
        this.#triedMs = clock.monotonicMs();
        const waitMs = backoffMs(attempt, { initialMs: retryInitialMs, maxMs: retryMaxMs }, Math.random());
        telemetry.held('store', error.failure, attempt, waitMs);
        if (this.isDegraded) return null;
        await wait(waitMs, undefined, { signal });
      }
    }
  }

  #up(): void {
    if (this.#downSinceMs === null) return;
    this.#options.telemetry.released('store', this.#options.clock.monotonicMs() - this.#downSinceMs);
    this.#downSinceMs = null;
  }
}
