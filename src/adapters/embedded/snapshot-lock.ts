import { randomUUID } from 'node:crypto';
import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { failed, success, type Result } from '../../domain/failure.ts';
import { readRegularFile } from '../../net/regular-file.ts';

/** No lock is longer; what is has another purpose. */
const contentBytesMax = 4_096;
/** How often the holder shows that it lives, milliseconds. */
const beatMs = 500;
/** Milliseconds without a beat after which the holder is taken for dead. */
const silentMsMax = 5_000;

/**
 * Sees to it that one process uses a snapshot file: a file beside it, which the first that comes makes, and removes when it ends.
 *
 * The holder moves the file's time stamp now and then. Who finds the file watches that: a lock that a killed process left is taken
 * over, wherever its holder was. (Process numbers would tell sooner, and wrongly where each container counts its own.)
 *
 * A holder that was stopped for so long that it was taken for dead goes on one day. It beats the file that it made, by its open
 * handle and not by the path, so it can never keep another's lock alive; and at the same beat it sees that the path is another's,
 * and ends. To ask first and then to beat by the path, as lock libraries do, leaves a gap in which the lock changes hands.
 */
export class SnapshotLock {
  readonly #path: string;
  readonly #content: string;
  readonly #file: FileHandle;
  readonly #timer: NodeJS.Timeout;
  #isLost = false;

  /** Fails with `SNAPSHOT_LOCKED` when a process that lives has the lock. Rejects with what the file system says. */
  static async acquire(path: string, silenceMs: number = silentMsMax): Promise<Result<SnapshotLock>> {
    const content = JSON.stringify({ process: process.pid, host: hostname(), token: randomUUID() });
    for (;;) {
      const file = await create(path, content);
      if (file !== null) return success(new SnapshotLock(path, content, file));
      const held = await contentOf(path);
      if (held === null) continue;
      if (await isBeating(path, held, silenceMs)) return failed('SNAPSHOT_LOCKED', `It is held by ${held}.`, path);
      await removeAbandoned(path, held);
    }
  }

  private constructor(path: string, content: string, file: FileHandle) {
    this.#path = path;
    this.#content = content;
    this.#file = file;
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), beatMs).unref();
  }

  /** Whether it was seen that another has taken it over. Once lost, it stays lost. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Looks whether nobody has taken it over. */
  async isHeld(): Promise<boolean> {
    if (!this.#isLost && (await contentOf(this.#path)) !== this.#content) {
      this.#isLost = true;
      clearInterval(this.#timer);
    }
    return !this.#isLost;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (await this.isHeld()) await rm(this.#path, { force: true });
    await this.#file.close();
  }

  async #beat(): Promise<void> {
    const now = new Date();
    await this.#file.utimes(now, now);
    await this.isHeld();
  }
}

/** The file, open, with this content in it; null when there is one already. */
async function create(path: string, content: string): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  try {
    await file.writeFile(content);
    return file;
  } catch (error) {
    await file.close();
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

/**
 * Of several that find a lock abandoned, one takes it away, and none takes away the lock that another has made since: that one is
 * put back as the same file, since its holder beats the file and not the path.
 */
async function removeAbandoned(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await ifThere(rename(path, aside));
  const taken = await contentOf(aside);
  if (taken !== null && taken !== content) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function contentOf(path: string): Promise<string | null> {
  const bytes = await ifThere(readRegularFile(path, contentBytesMax));
  return bytes === null ? null : Buffer.from(bytes).toString();
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
