import { randomUUID } from 'node:crypto';
import { constants, copyFile, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { failed, success, type Result } from '../../domain/failure.ts';

/** How often the holder shows that it lives, milliseconds. */
const beatMs = 500;
/** Milliseconds without a beat after which the holder is taken for dead. */
const silentMsMax = 5_000;

/**
 * Sees to it that one process uses a snapshot file: a file beside it, which the first that comes makes, and removes when it ends.
 *
 * The holder moves the file's time stamp now and then. Who finds the file watches that: a lock that a killed process left is taken
 * over, wherever its holder was. (Process numbers would tell sooner, and wrongly where each container counts its own.) A holder
 * that was stopped for so long that it was taken for dead finds another's lock at `isHeld`, and may replace nothing any more.
 */
export class SnapshotLock {
  readonly #path: string;
  readonly #content: string;
  readonly #timer: NodeJS.Timeout;

  /** Fails with `SNAPSHOT_LOCKED` when a process that lives has the lock. Rejects with what the file system says. */
  static async acquire(path: string, silenceMs: number = silentMsMax): Promise<Result<SnapshotLock>> {
    const content = JSON.stringify({ process: process.pid, host: hostname(), token: randomUUID() });
    while (!(await create(path, content))) {
      const held = await contentOf(path);
      if (held === null) continue;
      if (await isBeating(path, held, silenceMs)) return failed('SNAPSHOT_LOCKED', `It is held by ${held}.`, path);
      await removeAbandoned(path, held);
    }
    return success(new SnapshotLock(path, content));
  }

  private constructor(path: string, content: string) {
    this.#path = path;
    this.#content = content;
    const beat = (): void => void utimes(path, new Date(), new Date()).catch(() => undefined);
    this.#timer = setInterval(beat, beatMs).unref();
  }

  /** Whether nobody has taken it over. */
  async isHeld(): Promise<boolean> {
    return (await contentOf(this.#path)) === this.#content;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (await this.isHeld()) await rm(this.#path, { force: true });
  }
}

/** False when there is one already. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isBeating(path: string, content: string, silenceMs: number): Promise<boolean> {
  const before = await timeStampMs(path);
  for (let leftMs = silenceMs; leftMs > 0; leftMs -= beatMs / 5) {
    await wait(beatMs / 5);
    const now = await contentOf(path);
    if (now === null) return false;
    if (now !== content || (await timeStampMs(path)) !== before) return true;
  }
  return false;
}

/** Of several that find a lock abandoned, one takes it away, and none takes away the lock that another has made since. */
async function removeAbandoned(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await ifThere(rename(path, aside));
  const taken = await contentOf(aside);
  if (taken !== null && taken !== content) await copyFile(aside, path, constants.COPYFILE_EXCL).catch(() => undefined);
  await rm(aside, { force: true });
}

async function contentOf(path: string): Promise<string | null> {
  return ifThere(readFile(path, 'utf8'));
}

async function timeStampMs(path: string): Promise<number | undefined> {
  return (await ifThere(stat(path)))?.mtimeMs;
}

/** Null instead of a rejection when there is no such file. */
async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
