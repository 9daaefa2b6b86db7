import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FailureError, success, type Result } from '../../domain/failure.ts';
import { SnapshotLock } from './snapshot-lock.ts';

/** What may stand beside a snapshot: what was set aside, and what was being written. */
const beside = /^(?:\.(?:damaged|foreign)-\d+|\.unfinished.*)?$/;

/**
 * Names the files of a snapshot, or removes them. Fails with `SNAPSHOT_LOCKED` while a process uses it, and `SNAPSHOT_INACCESSIBLE`.
 */
export async function dropSnapshot(path: string, mayRemove: boolean): Promise<Result<readonly string[]>> {
  try {
    const lock = await SnapshotLock.acquire(`${path}.lock`);
    if (!lock.ok) return lock;
    try {
      const [folder, name] = [dirname(path), basename(path)];
      const found = (await readdir(folder)).filter(
        (file) => file.startsWith(name) && beside.test(file.slice(name.length)),
      );
      const files = found.map((file) => join(folder, file)).toSorted();
      if (mayRemove) for (const file of files) await rm(file);
      return success(files);
    } finally {
      await lock.value.release();
    }
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: { ...error.failure, path } };
    const message = `The snapshot could not be removed (${String(error)}).`;
    return { ok: false, failure: { code: 'SNAPSHOT_INACCESSIBLE', message, path } };
  }
}
