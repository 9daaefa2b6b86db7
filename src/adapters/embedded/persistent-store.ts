import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FailureError, success, type Failure, type FailureCode, type Result } from '../../domain/failure.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import type { ObservationBatch } from '../../features/observation.ts';
import { secretCheckOf } from '../../features/secret-check.ts';
import type { AccountKeys, Clock, FeatureStore, Position, SnapshotBatch, StandingChange } from '../../ports.ts';
import type { HistoryReading, Telemetry } from '../../telemetry.ts';
import type { TopicPosition } from './progress.ts';
import { QuietMoment } from './quiet-moment.ts';
import { removeOldAsides, setAside } from './set-aside.ts';
import { layoutOf, type Companion, type SnapshotIdentity } from './snapshot-format.ts';
import { SnapshotLock } from './snapshot-lock.ts';
import { readSnapshot } from './snapshot-reader.ts';
import { takenOver, writeSnapshot } from './snapshot-writer.ts';
import { EmbeddedFeatureStore } from './store.ts';

export interface PersistentStoreOptions {
  /** As of `EmbeddedFeatureStore`. */
  readonly memoryBytesMax: number;
  /** Beside it come `<file>.lock`, `<file>.unfinished-*`, and what was refused. */
  readonly snapshotFile: string;
  /** Milliseconds from the end of one snapshot to the beginning of the next. */
  readonly snapshotIntervalMs: number;
  /** Under which the entities of this process are known. */
  readonly hasher: EntityKeyHasher;
  /** What is kept in the snapshot with the store; restored before `open` resolves. */
  readonly companion?: Companion;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'snapshotRestored' | 'snapshotWritten' | 'snapshotFailed'>;
}

/**
 * The embedded store with a snapshot on disk: written now and then and at the end, restored at the start. What it promises, and
 * what its caller has to do for that, is in this folder's README.
 */
export class PersistentFeatureStore implements FeatureStore {
  readonly #options: PersistentStoreOptions;
  readonly #identity: SnapshotIdentity;
  readonly #store: EmbeddedFeatureStore;
  readonly #lock: SnapshotLock;
  readonly #moment = new QuietMoment();
  /** The state that is on disk, to know whether there is anything new. */
  #saved: string;
  #saving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * Takes the snapshot file for this process and restores what it holds. A snapshot that is refused is set aside, told, and the
   * history begins empty. Fails with `SNAPSHOT_LOCKED` or `SNAPSHOT_INACCESSIBLE`.
   */
  static async open(options: PersistentStoreOptions): Promise<Result<PersistentFeatureStore>> {
    try {
      const lock = await SnapshotLock.acquire(`${options.snapshotFile}.lock`);
      if (!lock.ok) return lock;
      try {
        await removeUnfinished(options.snapshotFile);
        const identity = {
          layout: layoutOf(new EmbeddedFeatureStore(options).layout()),
          keyCheck: secretCheckOf(options.hasher),
        };
        const store = await restore(options, identity);
        await removeOldAsides(options.snapshotFile, options.clock.nowMs());
        return success(new PersistentFeatureStore(options, identity, store, lock.value));
      } catch (error) {
        await lock.value.release();
        throw error;
      }
    } catch (error) {
      return { ok: false, failure: failureOf(error, options.snapshotFile) };
    }
  }

  private constructor(
    options: PersistentStoreOptions,
    identity: SnapshotIdentity,
    store: EmbeddedFeatureStore,
    lock: SnapshotLock,
  ) {
    this.#options = options;
    this.#identity = identity;
    this.#store = store;
    this.#lock = lock;
    this.#saved = JSON.stringify(store.state());
    this.#schedule();
  }

  /**
   * Does all the work of a batch, from before it is observed to after it is settled and complete: a snapshot is of whole batches as
   * far as this is told of them. It may wait for a snapshot to begin.
   */
  handle<T>(work: () => Promise<T>): Promise<T> {
    return this.#moment.during(work);
  }

  observe(batch: ObservationBatch): Promise<SnapshotBatch> {
    return this.#store.observe(batch);
  }

  settle(position: Position, changes: readonly StandingChange[]): Promise<void> {
    return this.#store.settle(position, changes);
  }

  /** As `EmbeddedFeatureStore.beginAfter`. */
  beginAfter(position: TopicPosition): void {
    this.#store.beginAfter(position);
  }

  /** How far history reaches in each partition that it knows. */
  coveredOffsets(): readonly TopicPosition[] {
    return this.#store.coveredOffsets();
  }

  forget(account: AccountKeys): Promise<void> {
    return this.#store.forget(account);
  }

  /** It is in this process, and answers. */
  probe(): Promise<void> {
    return Promise.resolve();
  }

  forgetOffsets(topic: string, partition: number, topicId?: string): Promise<void> {
    return this.#store.forgetOffsets(topic, partition, topicId);
  }

  size(): number {
    return this.#store.size();
  }

  /** As `EmbeddedFeatureStore.reading`. */
  reading(): HistoryReading {
    return this.#store.reading();
  }

  /** Writes a snapshot of this moment, unless there is nothing new; while one is being written, waits for that and then. */
  async save(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    if (JSON.stringify(this.#store.state()) === this.#saved) return;
    this.#saving = this.#save().finally(() => (this.#saving = undefined));
    await this.#saving;
  }

  /** Writes the last snapshot and lets go of the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.save();
    await this.#lock.release();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const saveAndSchedule = (): void => void this.save().then(() => this.#schedule());
    this.#timer = setTimeout(saveAndSchedule, this.#options.snapshotIntervalMs).unref();
  }

  async #save(): Promise<void> {
    const { clock, telemetry, snapshotFile, companion } = this.#options;
    const startMs = clock.monotonicMs();
    try {
      const { state, bytes } = await writeSnapshot(snapshotFile, this.#identity, this.#store, {
        beforeBeginning: async () => {
          await this.#assertOwned();
          await this.#moment.find();
        },
        ...(companion === undefined ? {} : { companion: () => companion.kept(), pieces: companion.pieces }),
        whenBegun: () => this.#moment.end(),
        mayGoOn: () => !this.#lock.isLost,
        beforeReplacing: () => this.#assertOwned(),
      });
      this.#saved = JSON.stringify(state);
      await removeOldAsides(snapshotFile, clock.nowMs());
      telemetry.snapshotWritten({ entities: state.entities, bytes, tookMs: clock.monotonicMs() - startMs });
    } catch (error) {
      this.#moment.end();
      telemetry.snapshotFailed(failureOf(error, snapshotFile));
    }
  }

  async #assertOwned(): Promise<void> {
    if (!(await this.#lock.isHeld())) throw takenOver();
  }
}

/**
 * Removes what a former holder was writing. One that stood still and goes on after its last look at the lock then has nothing left
 * to put in the snapshot's place: so the file is never replaced by two.
 */
async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  const unfinished = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.unfinished`));
  await Promise.all(unfinished.map((name) => rm(join(folder, name), { force: true })));
}

/** The store that a snapshot holds. Without one, or with one that is refused and set aside, a store that is empty. */
async function restore(options: PersistentStoreOptions, identity: SnapshotIdentity): Promise<EmbeddedFeatureStore> {
  const { clock, telemetry, snapshotFile, companion } = options;
  const startMs = clock.monotonicMs();
  try {
    const store = new EmbeddedFeatureStore(options);
    const bytes = await readSnapshot(snapshotFile, identity, store, companion);
    if (bytes > 0) {
      telemetry.snapshotRestored({ entities: store.size(), bytes, tookMs: clock.monotonicMs() - startMs });
    }
    return store;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const aside = await setAside(snapshotFile, error.failure.code === 'SNAPSHOT_DAMAGED' ? 'damaged' : 'foreign');
    telemetry.snapshotFailed({ ...error.failure, message: `${error.failure.message} It is kept as ${aside}.` });
    return new EmbeddedFeatureStore(options);
  }
}

function failureOf(error: unknown, path: string): Failure {
  if (error instanceof FailureError) return { ...error.failure, path };
  const code: FailureCode = 'SNAPSHOT_INACCESSIBLE';
  return { code, message: `The snapshot could not be read or written (${String(error)}).`, path };
}
