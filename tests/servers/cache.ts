import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Git-ignored: what was downloaded for the tests, and the logs of their servers. Delete it at any time. */
export const cacheDirectory = fileURLToPath(new URL('../../.cache/', import.meta.url));

const lockWaitMsMax = 600_000;
const logAgeMsMax = 24 * 3_600_000;

/**
 * The directory, filled once. `fill` writes into a directory beside it, which is renamed when it is whole: a directory
 * that exists is complete, whenever an earlier run was interrupted. Of several runs at once, one fills and the others wait.
 */
export async function obtain(directory: string, fill: (partial: string) => Promise<void>): Promise<string> {
  if (existsSync(directory)) return directory;
  await mkdir(dirname(directory), { recursive: true });
  await withLock(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    await removeAbandoned(directory);
    const partial = partialName(directory, process.pid);
    await mkdir(partial);
    try {
      await fill(partial);
      await rename(partial, directory);
    } catch (error) {
      if (!existsSync(directory)) throw error; // else another run was first, and its files are as good
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
  return directory;
}

const partialName = (directory: string, pid: number): string => `${directory}.partial-${pid}`;

/** What interrupted runs left behind. */
async function removeAbandoned(directory: string): Promise<void> {
  const prefix = basename(partialName(directory, 0)).slice(0, -1);
  for (const name of await readdir(dirname(directory))) {
    const isAbandoned = name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)));
    if (isAbandoned) await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}

/**
 * A lock file holds the process id of its owner; the lock of a dead process is taken over. Two processes that take over
 * at the same instant may both go on: that costs a second download and nothing else, since the rename decides.
 */
async function withLock(path: string, action: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + lockWaitMsMax;
  while (!(await createLock(path))) {
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
    else if (performance.now() > deadline) throw new Error(`${path} is held by process ${owner}; delete it if stale`);
    else await sleep(200);
  }
  try {
    await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function createLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Logs outlive their server, so that a failure can be read afterwards, but not for ever. */
export async function removeOldLogs(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.log'))) {
    const path = join(directory, name);
    // Undefined: another run, or another server of this one, was first.
    const log = await stat(path).catch(() => undefined);
    if (log !== undefined && Date.now() - log.mtimeMs > logAgeMsMax) await rm(path, { force: true });
  }
}
