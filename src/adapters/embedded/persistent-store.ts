import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FailureError, success, type Failure, type FailureCode, type Result } from '../../domain/failure.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import { secretCheckOf } from '../../features/secret-check.ts';
import type { Clock } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
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
export class PersistentFeatureStore extends EmbeddedFeatureStore {
  readonly #options: PersistentStoreOptions;
  readonly #identity: SnapshotIdentity;
  readonly #lock: SnapshotLock;
  readonly #moment = new QuietMoment();
  /** The state that is on disk, to know whether there is anything new. */
  #saved = '';
  #saving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * Takes the snapshot file for this process and restores what it holds. A snapshot that is refused is set aside, told, and the
   * history begins empty. Fails with `SNAPSHOT_LOCKED` or `SNAPSHOT_INACCESSIBLE`.
   */
  static async open(options: PersistentStoreOptions): Promise<Result<PersistentFeatureStore>> {
    const { snapshotFile, clock } = options;
    try {
      const lock = await SnapshotLock.acquire(`${snapshotFile}.lock`);
      if (!lock.ok) return lock;
      try {
        await removeUnfinished(snapshotFile);
        const store = await PersistentFeatureStore.#restored(options, lock.value);
        await removeOldAsides(snapshotFile, clock.nowMs());
        store.#saved = JSON.stringify(store.state());
        store.#schedule();
        return success(store);
      } catch (error) {
        await lock.value.release();
        throw error;
      }
    } catch (error) {
      return { ok: false, failure: failureOf(error, snapshotFile) };
    }
  }

  /** What a snapshot holds. Without one, or with one that is refused and set aside, nothing. */
  static async #restored(options: PersistentStoreOptions, lock: SnapshotLock): Promise<PersistentFeatureStore> {
    const { clock, telemetry, snapshotFile, companion } = options;
    const startMs = clock.monotonicMs();
    try {
      const store = new PersistentFeatureStore(options, lock);
      const bytes = await readSnapshot(snapshotFile, store.#identity, store, companion);
      if (bytes > 0)
        telemetry.snapshotRestored({ entities: store.size(), bytes, tookMs: clock.monotonicMs() - startMs });
      return store;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      const aside = await setAside(snapshotFile, error.failure.code === 'SNAPSHOT_DAMAGED' ? 'damaged' : 'foreign');
      telemetry.snapshotFailed({ ...error.failure, message: `${error.failure.message} It is kept as ${aside}.` });
      return new PersistentFeatureStore(options, lock);
    }
  }

  private constructor(options: PersistentStoreOptions, lock: SnapshotLock) {
    super(options);
    this.#options = options;
    this.#identity = { layout: layoutOf(this.layout()), keyCheck: secretCheckOf(options.hasher) };
    this.#lock = lock;
  }

  /**
   * Does all the work of a batch, from before it is observed to after it is settled and complete: a snapshot is of whole batches as
   * far as this is told of them. It may wait for a snapshot to begin.
   */
  handle<T>(work: () => Promise<T>): Promise<T> {
    return this.#moment.during(work);
  }

  /** Writes a snapshot of this moment, unless there is nothing new; while one is being written, waits for that and then. */
  async save(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    if (JSON.stringify(this.state()) === this.#saved) return;
    this.#saving = this.#save().finally(() => (this.#saving = undefined));
    await this.#saving;
  }

  /** Writes the last snapshot and lets go of the file. */
  override async close(): Promise<void> {
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
      const { state, bytes } = await writeSnapshot(snapshotFile, this.#identity, this, {
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

function failureOf(error: unknown, path: string): Failure {
  if (error instanceof FailureError) return { ...error.failure, path };
  const code: FailureCode = 'SNAPSHOT_INACCESSIBLE';
  return { code, message: `The snapshot could not be read or written (${String(error)}).`, path };
}
