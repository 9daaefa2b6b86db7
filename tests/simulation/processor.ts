import { KafkaSource } from '../../src/adapters/kafka/consumer.ts';
import type { KafkaSettings } from '../../src/adapters/kafka/settings.ts';
import { openHistory, type History } from '../../src/app/worker/history.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Logger } from '../../src/adapters/log/logger.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';
import { noReference } from '../../src/features/reference.ts';
import { HoldBoard } from '../../src/holds.ts';
import { createPipeline } from '../../src/pipeline.ts';
import {
  observationFates,
  type Clock,
  type Position,
  type RecordBatch,
  type SnapshotBatch,
  type StandingChange,
} from '../../src/ports.ts';
import { DriftWatch, defaultDriftOptions } from '../../src/scoring/drift.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { Panel } from '../../src/scoring/panel.ts';
import { unbounded } from '../../src/steps/time-bounds.ts';
import { StoreGuard, type Patience, type StoreGuardOptions } from '../../src/store-guard.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { normsFor, servedModel } from '../pipeline/world.ts';
import { topic, type Broker } from './broker.ts';
import { FaultyOutput, FaultyStore, storeCallMsMax, type Weather } from './faulty-ports.ts';
import { demand, type Ledger } from './ledger.ts';
import { eraOf, modelOptions, policy } from './streams.ts';
import { inProcess, type SimulatedProcess, type VirtualTime } from './virtual-time.ts';

export const holdMs = 2_000;
const retryInitialMs = 50;
const retryMaxMs = 500;
/** A partition waits for the store no longer than this in one batch, if it is judged by what it went through itself. */
const heldMsMax = holdMs + retryMaxMs + storeCallMsMax + 10;
const memoryBytesMax = 16 * 1024 * 1024;

const replayed = observationFates.indexOf('replayed');

/** What all processes of a simulation have around them. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly broker: Broker;
  readonly weather: Weather;
  readonly ledger: Ledger;
}

const settings = {
  groupId: 'winnow',
  retry: { initialMs: 50, maxMs: 1_000, retriesMax: 3 },
  consumer: {
    sessionTimeoutMs: 30_000,
    heartbeatIntervalMs: 3_000,
    rebalanceTimeoutMs: 60_000,
    partitionsConcurrent: 3,
    startFrom: 'earliest',
    unreadable: 'hold',
  },
} as unknown as KafkaSettings;

/**
 * A process as `winnow run` puts it together, but for the output, the network and the disk: the source and its bookkeeping, the
 * guard, the pipeline, and a history that is kept on disk.
 */
export class Processor {
  readonly process: SimulatedProcess;
  readonly #around: Surroundings;
  readonly #clock: Clock;
  readonly #holds: HoldBoard;
  #guard: WatchedGuard | undefined;
  #source: KafkaSource | undefined;
  #history: History | undefined;
  /** By partition: of which topic the batch is that is in hand, which may have been made anew since. */
  readonly #eras = new Map<number, number>();
  /** Batches that wait for their turn, and those whose turn it is. */
  #waiting = 0;
  #underWay = 0;

  constructor(name: string, around: Surroundings) {
    const { time } = around;
    this.process = { name, isDead: false, stoppedUntilMs: 0 };
    this.#around = around;
    this.#clock = { nowMs: () => Date.UTC(2026, 11, 1) + Math.floor(time.nowMs), monotonicMs: () => time.nowMs };
    this.#holds = new HoldBoard(this.#clock, silentTelemetry);
  }

  /** Whether it runs at this moment. */
  get isRunning(): boolean {
    return !this.process.isDead && this.process.stoppedUntilMs <= this.#around.time.nowMs;
  }

  /** Resolves with whether it could begin: it cannot while another has the snapshot. */
  start(): Promise<boolean> {
    return inProcess(this.process, () => this.#start());
  }

  /** As a signal would: what is in hand is finished, committed and written down. */
  async stop(): Promise<void> {
    await inProcess(this.process, async () => {
      await this.#source?.drain();
      await this.#source?.close();
      await this.#history?.store.close();
    });
    this.kill();
  }

  kill(): void {
    this.process.isDead = true;
  }

  /** It stands still for a while, as a process does that was suspended. */
  suspend(ms: number): void {
    this.process.stoppedUntilMs = this.#around.time.nowMs + ms;
  }

  /** What must hold at each moment. */
  check(): void {
    if (!this.isRunning) return;
    const { name, stoppedUntilMs } = this.process;
    demand(
      this.#waiting === 0 || this.#underWay > 0,
      () => `${name}: batches are held back although none is under way`,
    );
    this.#guard?.check(name, Math.max(0, stoppedUntilMs));
    const held = this.#holds.current().filter(({ step }) => step === 'store');
    for (const { partition } of held)
      demand(
        this.#guard!.isFailing(partition!),
        () => `${name}: a hold of ${partition} is told, and its store answers`,
      );
  }

  /** What must hold at the end. */
  checkAtRest(): void {
    const holds = this.#holds.current();
    demand(holds.length === 0, () => `${this.process.name}: it holds at the end: ${JSON.stringify(holds)}`);
  }

  async #start(): Promise<boolean> {
    const { time, weather, ledger } = this.#around;
    const clock = this.#clock;
    const hasher = new EntityKeyHasher(new Uint8Array(16).fill(1));
    const config = {
      state: {
        store: 'embedded',
        memoryBytesMax,
        snapshotFile: '/disk/history.snapshot',
        snapshotIntervalMs: time.whole(300, 3_000),
      },
      kafka: { topics: {} },
    } as unknown as Config;
    const opened = await openHistory(config, { hasher, logger: {} as Logger, clock, telemetry: silentTelemetry });
    if (!opened.ok) return false;
    const history = opened.value;
    const store = new FaultyStore(history.store, time, weather);
    const mark = (partition: number, offset: number): void =>
      ledger.mark(partition, this.#eras.get(partition)!, offset);
    const guardOptions = { holdMs, retryInitialMs, retryMaxMs, clock, holds: this.#holds };
    const guard = new WatchedGuard(store, guardOptions, time, mark);
    const pipeline = createPipeline({
      hasher,
      reference: noReference,
      isReferencePartial: false,
      store: guard,
      legalHolds: history.legalHolds,
      panel: new Panel(
        new ModelSlot(servedModel('1', modelOptions).served, {
          timeoutMs: 5_000,
          failuresMax: 3,
          clock,
          telemetry: silentTelemetry,
          threadCpuMs: () => 0,
        }),
      ),
      drift: new DriftWatch(defaultDriftOptions),
      norms: () => normsFor(['1']),
      policy: () => policy,
      output: new FaultyOutput(time, weather, ledger),
      emit: 'all',
      timeBounds: unbounded,
      dating: 'event',
      clock,
      telemetry: silentTelemetry,
    });
    const handle = async (batch: RecordBatch, signal: AbortSignal, decided: () => void): Promise<void> => {
      this.#waiting++;
      await history.handle(async () => {
        this.#eras.set(batch.partition, eraOf(batch.records));
        this.#waiting--;
        this.#underWay++;
        try {
          await pipeline(batch, signal, decided);
        } finally {
          this.#underWay--;
        }
      });
    };
    this.#guard = guard;
    this.#history = history;
    this.#source = new KafkaSource({
      settings,
      topics: [topic],
      recordsMax: 8,
      handler: handle,
      telemetry: silentTelemetry,
      holds: this.#holds,
      log: () => undefined,
      clock,
      history: history.source!,
      forgetOffsets: (...what) => guard.forgetOffsets(...what),
      progress: () => undefined,
      onAssigned: () => guard.reassigned(),
    });
    this.#source.finished.catch((error: unknown) => {
      demand(false, () => `${this.process.name} ended: ${String(error)}`);
    });
    this.#source.open();
    return true;
  }
}

/** The guard, with what a partition went through beside it. */
class WatchedGuard extends StoreGuard {
  readonly #store: FaultyStore;
  readonly #time: VirtualTime;
  readonly #onDegraded: (partition: number, offset: number) => void;
  /** By partition: the last record that this process has observed and knows it. */
  readonly #observedTo = new Map<number, number>();
  /** By partition: since when the guard has been asked. */
  readonly #askedMs = new Map<number, number>();

  constructor(
    store: FaultyStore,
    options: StoreGuardOptions,
    time: VirtualTime,
    onDegraded: (partition: number, offset: number) => void,
  ) {
    super(store, options);
    this.#store = store;
    this.#time = time;
    this.#onDegraded = onDegraded;
  }

  override async observe(
    batch: ObservationBatch,
    signal: AbortSignal,
    patience?: Patience,
  ): Promise<SnapshotBatch | null> {
    const { partition } = batch;
    const snapshots = await this.#asked(partition, patience, () => super.observe(batch, signal, patience));
    if (snapshots !== null) {
      this.#markRepeats(batch, snapshots);
      return snapshots;
    }
    this.#expectOutage(partition);
    this.#onDegraded(partition, batch.count === 0 ? 0 : batch.offsets[0]!);
    return null;
  }

  override async forgetOffsets(...what: Parameters<StoreGuard['forgetOffsets']>): Promise<void> {
    this.#observedTo.delete(what[1]);
    await super.forgetOffsets(...what);
  }

  override async settle(
    position: Position,
    changes: readonly StandingChange[],
    signal: AbortSignal,
    patience?: Patience,
  ): Promise<void> {
    const { partition, offset } = position;
    await this.#asked(partition, patience, () => super.settle(position, changes, signal, patience));
    if ((this.#store.settledTo.get(partition) ?? -1) >= offset) return;
    this.#expectOutage(partition);
    // The standings of this batch are lost.
    this.#onDegraded(partition, offset);
  }

  override reassigned(): void {
    super.reassigned();
    this.#store.failingSinceMs.clear();
  }

  isFailing(partition: number): boolean {
    return this.#store.failingSinceMs.has(partition);
  }

  check(name: string, resumedMs: number): void {
    for (const [partition, askedMs] of this.#askedMs) {
      const sinceMs = this.#store.failingSinceMs.get(partition);
      if (sinceMs === undefined) continue;
      const heldMs = this.#time.nowMs - Math.max(sinceMs, askedMs, resumedMs);
      demand(
        heldMs <= heldMsMax,
        () => `${name}: partition ${partition} is held for ${heldMs} ms, although others may go on`,
      );
    }
  }

  async #asked<T>(partition: number, patience: Patience | undefined, ask: () => Promise<T>): Promise<T> {
    // What people say waits for as long as it takes.
    if (patience?.mayDegrade !== false) this.#askedMs.set(partition, this.#time.nowMs);
    try {
      return await ask();
    } catch (error) {
      this.#store.failingSinceMs.delete(partition);
      throw error;
    } finally {
      this.#askedMs.delete(partition);
    }
  }

  /**
   * What another process observed is decided from a history that knows what came after it, and says so; but where it was delivered
   * before, nothing is sent that could. What stands from then on may be other than it was.
   */
  #markRepeats({ partition, offsets, count }: ObservationBatch, { fates, settledOffset }: SnapshotBatch): void {
    const known = Math.max(settledOffset, this.#observedTo.get(partition) ?? -1);
    for (let row = 0; row < count; row++) {
      const offset = offsets[row]!;
      if (offset > known && fates[row] === replayed) this.#onDegraded(partition, offset);
      this.#observedTo.set(partition, Math.max(offset, this.#observedTo.get(partition) ?? -1));
    }
  }

  /** It gave up for a partition: then that partition's store failed for as long as it may. */
  #expectOutage(partition: number): void {
    const sinceMs = this.#store.failingSinceMs.get(partition);
    const failedMs = sinceMs === undefined ? 0 : this.#time.nowMs - sinceMs;
    demand(
      failedMs >= holdMs,
      () => `partition ${partition} went on without its store, which had failed for ${failedMs} ms`,
    );
  }
}
