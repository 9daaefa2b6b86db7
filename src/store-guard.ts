import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError } from './domain/failure.ts';
import type { ObservationBatch } from './features/observation.ts';
import { snapshotColumnCount } from './features/state.ts';
import { backoffMs } from './net/backoff.ts';
import type { Clock, FeatureStore, Holds, OpenHold, Position, SnapshotBatch, StandingChange } from './ports.ts';

export interface StoreGuardOptions {
  /** How long a partition is held for the store before its decisions degrade, milliseconds. */
  readonly holdMs: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  readonly clock: Clock;
  readonly holds: Holds;
  /** Waits; rejects at once when the signal is aborted. The timer of Node unless given. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to less than 1: spreads the tries of many. `Math.random` unless given. */
  readonly random?: () => number;
}

/** Partitions that are known at a time; the one that was settled longest ago goes first. */
const partitionsMax = 10_000;

/** A partition whose store does not answer. */
interface Outage {
  /** Stopwatch time of the first failure without an answer since. */
  readonly sinceMs: number;
  /** Stopwatch time of the end of the last try. */
  triedMs: number;
  readonly hold: OpenHold;
  /** Asks again while no batch does. */
  timer: NodeJS.Timeout | undefined;
}

/** Whether a batch goes on without history when the store is gone for too long, or waits for as long as it takes. */
export interface Patience {
  readonly mayDegrade: boolean;
}

const hurried: Patience = Object.freeze({ mayDegrade: true });

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * What stands between the pipeline and a store that may be slow or gone. Each partition has a state of its own:
 *
 *   up ──fails──▶ holding ──holdMs passed──▶ degraded
 *    ▲               │                          │
 *    └───answers─────┴────────answers───────────┘
 *
 * While holding, the caller waits, and Kafka keeps the data. While degraded, batches pass without history, and the store is
 * tried again at most once per `retryMaxMs`: a breaker, so that an outage costs each batch nothing. Where no batch comes, the guard
 * asks by itself, so that no hold outlives its outage. A store that fails one
 * partition, a shard or a node of it, thus holds that one no longer than `holdMs`, and does nothing to the others.
 */
export class StoreGuard {
  readonly #store: FeatureStore;
  readonly #options: StoreGuardOptions;
  readonly #outages = new Map<string, Outage>();
  /** By partition: the last record that this process knows to have its fate, also where the store could not be told. */
  readonly #settledOffsets = new Map<string, number>();

  constructor(store: FeatureStore, options: StoreGuardOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Whether decisions of a partition lack history now. */
  isDegraded(of: TopicPartition): boolean {
    const outage = this.#outages.get(keyOf(of));
    return outage !== undefined && this.#options.clock.monotonicMs() - outage.sinceMs >= this.#options.holdMs;
  }

  /**
   * The snapshots of a batch, or null when the store did not answer for as long as it may be waited for: never, where it may not degrade. `signal` ends a hold
   * at once: the call then rejects, and the batch has no fate.
   */
  async observe(
    batch: ObservationBatch,
    signal: AbortSignal,
    patience: Patience = hurried,
  ): Promise<SnapshotBatch | null> {
    const snapshots = await this.#answered(batch, () => this.#store.observe(batch), signal, patience);
    if (snapshots === null) return null;
    assertWhole(snapshots, batch);
    this.#settled(batch, snapshots.settledOffset);
    return snapshots;
  }

  /** The last record of a partition up to which all have had their fate, as far as this process knows; -1 for none. */
  settledOffset(of: TopicPartition): number {
    return this.#settledOffsets.get(keyOf(of)) ?? -1;
  }

  /**
   * Settles a batch, and holds its partition until it is done, as `observe` does. When the store is gone for longer, the standings
   * are lost: the next decision of the account then supersedes nothing. That the batch has its fate, this process remembers.
   */
  async settle(
    position: Position,
    changes: readonly StandingChange[],
    signal: AbortSignal,
    patience: Patience = hurried,
  ): Promise<void> {
    if (!patience.mayDegrade || !this.isDegraded(position)) {
      await this.#answered(position, () => this.#store.settle(position, changes), signal, patience);
    }
    this.#settled(position, position.offset);
  }

  /** See `FeatureStore.forgetOffsets`; `own`: of what this process knows by itself, and the store keeps what it has. */
  async forgetOffsets(topic: string, partition: number, known: 'all' | 'own' = 'all', topicId?: string): Promise<void> {
    this.#settledOffsets.delete(keyOf({ topic, partition }));
    if (known === 'all') await this.#store.forgetOffsets(topic, partition, topicId);
  }

  /** Partitions were assigned anew: each is held for its own time again, and nobody waits for one that went elsewhere. */
  reassigned(): void {
    for (const outage of this.#outages.values()) close(outage);
    this.#outages.clear();
  }

  /**
   * What somebody answers who needs the store, or null when it did not for as long as it may be waited for. It may be asked several times.
   */
  async ask<T>(
    of: TopicPartition,
    ask: () => Promise<T>,
    signal: AbortSignal,
    patience: Patience = hurried,
  ): Promise<T | null> {
    return this.#answered(of, ask, signal, patience);
  }

  /** What the store answers, or null when it did not for as long as it may be waited for. */
  async #answered<T>(
    of: TopicPartition,
    ask: () => Promise<T>,
    signal: AbortSignal,
    { mayDegrade }: Patience,
  ): Promise<T | null> {
    const { clock, retryInitialMs, retryMaxMs, random = Math.random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const outage = this.#outages.get(keyOf(of));
      if (
        mayDegrade &&
        outage !== undefined &&
        this.isDegraded(of) &&
        clock.monotonicMs() - outage.triedMs < retryMaxMs
      ) {
        this.#askLater(of, outage);
        return null;
      }
      const startMs = clock.monotonicMs();
      try {
        const answer = await ask();
        this.#end(of);
        return answer;
      } catch (error) {
        if (!(error instanceof FailureError) || error.failure.code !== 'STORE_UNAVAILABLE') throw error;
        const failing = this.#failed(of, startMs);
        const waitMs = backoffMs(attempt, { initialMs: retryInitialMs, maxMs: retryMaxMs }, random());
        failing.hold.tried(error.failure, waitMs);
        if (mayDegrade && this.isDegraded(of)) {
          this.#askLater(of, failing);
          return null;
        }
        try {
          await (this.#options.wait ?? wait)(waitMs, signal);
        } catch (reason) {
          this.#end(of); // nobody waits any more
          throw reason;
        }
      }
    }
  }

  #failed(of: TopicPartition, startMs: number): Outage {
    const key = keyOf(of);
    const { topic, partition } = of;
    const outage = this.#outages.get(key) ?? {
      sinceMs: startMs,
      triedMs: startMs,
      hold: this.#options.holds.begin({ step: 'store', topic, partition }),
      timer: undefined,
    };
    this.#outages.set(key, outage);
    // From its end: a try that lasts until a time-out would otherwise let the next one begin at once.
    outage.triedMs = this.#options.clock.monotonicMs();
    return outage;
  }

  #askLater(of: TopicPartition, outage: Outage): void {
    outage.timer ??= setTimeout(() => {
      outage.timer = undefined;
      void this.#askAgain(of, outage);
    }, this.#options.retryMaxMs).unref();
  }

  /** For a partition that went on without its store, and may have no more batches that would find out that it answers. */
  async #askAgain(of: TopicPartition, outage: Outage): Promise<void> {
    const { clock, retryMaxMs } = this.#options;
    const isOver = (): boolean => this.#outages.get(keyOf(of)) !== outage;
    if (isOver()) return;
    if (clock.monotonicMs() - outage.triedMs < retryMaxMs) {
      this.#askLater(of, outage);
      return;
    }
    try {
      await this.#store.probe(of.topic, of.partition);
      if (!isOver()) this.#end(of);
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.code !== 'STORE_UNAVAILABLE') throw error;
      if (isOver()) return;
      outage.triedMs = clock.monotonicMs();
      outage.hold.tried(error.failure, retryMaxMs);
      this.#askLater(of, outage);
    }
  }

  #end(of: TopicPartition): void {
    const key = keyOf(of);
    const outage = this.#outages.get(key);
    if (outage !== undefined) close(outage);
    this.#outages.delete(key);
  }

  #settled(of: TopicPartition, offset: number): void {
    const key = keyOf(of);
    const settledOffset = Math.max(offset, this.#settledOffsets.get(key) ?? -1);
    this.#settledOffsets.delete(key);
    this.#settledOffsets.set(key, settledOffset);
    const [oldest] = this.#settledOffsets.keys();
    if (this.#settledOffsets.size > partitionsMax) this.#settledOffsets.delete(oldest!);
  }
}

/** A row that is missing would read as an account of which nothing is known, and for which nothing stands. */
function assertWhole({ values, fates, standings, settledOffset }: SnapshotBatch, { count }: ObservationBatch): void {
  assert(values.length === count * snapshotColumnCount, 'each observation has a snapshot');
  assert(fates.length === count && standings.length === count, 'each observation has a fate, and what stands');
  assert(Number.isSafeInteger(settledOffset) && settledOffset >= -1, 'what is settled is an offset, or -1');
}

function close({ hold, timer }: Outage): void {
  clearTimeout(timer);
  hold.end();
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}
