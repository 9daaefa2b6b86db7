import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { link, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SnapshotLock } from '../../../../src/adapters/embedded/snapshot-lock.ts';
import { newPath } from './snapshot-files.ts';

/** More than two beats, for a lock that nobody beats any more. */
const silenceMs = 1_200;
/** For one whose holder lives: it is heard of at its next beat, however long that takes where others have the processors. */
const patientMs = 120_000;

/** A process that tries to take the lock, and what it says. */
async function holder(path: string): Promise<{ readonly process: ChildProcess; readonly says: string }> {
  const program = fileURLToPath(new URL('hold-lock.ts', import.meta.url));
  const child = spawn(process.execPath, [program, path, String(patientMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, says: said.toString().trim() };
}

async function acquired(path: string): Promise<SnapshotLock> {
  const lock = await SnapshotLock.acquire(path, silenceMs);
  if (!lock.ok) throw new Error(lock.failure.message);
  onTestFinished(() => lock.value.release());
  return lock.value;
}

describe('SnapshotLock', () => {
  it('is refused to a second one in the same process, and free again when it is released', async () => {
    const path = await newPath();
    const lock = await acquired(path);
    expect(await SnapshotLock.acquire(path, patientMs)).toMatchObject({
      ok: false,
      failure: { code: 'SNAPSHOT_LOCKED', message: expect.stringContaining(`"process":${process.pid}`) as string },
    });
    await lock.release();
    await acquired(path);
  });

  it('is refused to another process', async () => {
    const path = await newPath();
    await acquired(path);
    expect((await holder(path)).says).toBe('SNAPSHOT_LOCKED');
  });

  it('is taken over from a process that was killed', async () => {
    const path = await newPath();
    const { process: child, says } = await holder(path);
    expect(says).toBe('held');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await acquired(path);
    expect(await lock.isHeld()).toBe(true);
  });

  it('goes to one of several that find it abandoned', async () => {
    const path = await newPath();
    await writeFile(path, 'of a process that is no more');
    const locks = await Promise.all(Array.from({ length: 8 }, () => SnapshotLock.acquire(path, silenceMs)));
    const taken = locks.flatMap((lock) => (lock.ok ? [lock.value] : []));
    onTestFinished(async () => void (await Promise.all(taken.map((lock) => lock.release()))));
    expect(taken.length).toBe(1);
    expect(await taken[0]!.isHeld()).toBe(true);
    expect(await readdir(dirname(path))).toEqual(['state']);
  });

  it('is not read where it is no lock: a pipe, or something large', async () => {
    const pipe = await newPath();
    execFileSync('mkfifo', [pipe]);
    await expect(SnapshotLock.acquire(pipe, silenceMs)).rejects.toThrow(/not a regular file/);
    const large = await newPath();
    await writeFile(large, '');
    await truncate(large, 2 ** 40);
    await expect(SnapshotLock.acquire(large, silenceMs)).rejects.toThrow(/more than 4096/);
  });

  it('is known to be lost when another has taken it over, and is left to that one', async () => {
    const path = await newPath();
    const lock = await acquired(path);
    expect(await lock.isHeld()).toBe(true);
    await writeFile(path, 'of another');
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    expect(await readFile(path, 'utf8')).toBe('of another');
  });

  // A lock was once beaten by its path: a process that had stood still went on to move the time stamp of its successor's lock, and
  // kept that alive when the successor was gone.
  it('is never beaten by a holder that lost it', async () => {
    const path = await newPath();
    const former = await acquired(path);
    await rm(path);
    await writeFile(path, 'of another');
    const long = new Date(2020, 0, 1);
    await utimes(path, long, long);
    await expect.poll(() => former.isLost).toBe(true);
    expect((await stat(path)).mtimeMs).toBe(long.getTime());
    expect(await former.isHeld()).toBe(false);
  });

  it('is beaten by its holder also when another looked whether it was abandoned and put it back', async () => {
    const path = await newPath();
    const lock = await acquired(path);
    await rename(path, `${path}.aside`);
    await link(`${path}.aside`, path);
    await rm(`${path}.aside`);
    const long = new Date(2020, 0, 1);
    await utimes(path, long, long);
    await expect.poll(async () => (await stat(path)).mtimeMs).toBeGreaterThan(long.getTime());
    expect(await lock.isHeld()).toBe(true);
  });
});
