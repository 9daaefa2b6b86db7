import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { obtain, removeOldLogs } from '../../servers/cache.ts';
import { run } from '../../servers/process.ts';

let parent: string;
let directory: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'winnow-cache-'));
  directory = join(parent, 'tool');
});
afterEach(() => rm(parent, { recursive: true }));

const fillWith =
  (content: string) =>
  (partial: string): Promise<void> =>
    writeFile(join(partial, 'file'), content);
const content = (): Promise<string> => readFile(join(directory, 'file'), 'utf8');

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  return Number((await run('sh', ['-c', 'echo $$'], { timeoutMs: 10_000 })).stdout);
}

describe('obtain', () => {
  it('fills the directory once', async () => {
    await obtain(directory, fillWith('first'));
    await obtain(directory, fillWith('second'));
    expect(await content()).toBe('first');
  });

  it('leaves nothing of a download that failed, and can try again', async () => {
    const fail = async (partial: string): Promise<void> => {
      await fillWith('half')(partial);
      throw new Error('connection lost');
    };
    await expect(obtain(directory, fail)).rejects.toThrow('connection lost');
    expect(await readdir(parent)).toEqual([]);
    await obtain(directory, fillWith('whole'));
    expect(await content()).toBe('whole');
  });

  it('does not show the directory before it is whole', async () => {
    await obtain(directory, async (partial) => {
      await fillWith('whole')(partial);
      expect(existsSync(directory)).toBe(false);
    });
    expect(existsSync(directory)).toBe(true);
  });

  it('lets one of several callers fill it', async () => {
    let fillCount = 0;
    const fill = async (partial: string): Promise<void> => {
      fillCount += 1;
      await fillWith('whole')(partial);
    };
    await Promise.all([obtain(directory, fill), obtain(directory, fill), obtain(directory, fill)]);
    expect(fillCount).toBe(1);
  });

  it('takes over from a run that was killed, and clears what that left', async () => {
    const pid = await deadPid();
    await writeFile(`${directory}.lock`, String(pid));
    await mkdir(`${directory}.partial-${pid}`);
    await obtain(directory, fillWith('whole'));
    expect(await readdir(parent)).toEqual(['tool']);
  });
});

describe('removeOldLogs', () => {
  it('removes logs of earlier days and nothing else', async () => {
    const names = ['new.log', 'old.log', 'old.txt'];
    for (const name of names) await writeFile(join(parent, name), '');
    for (const name of names.slice(1)) await utimes(join(parent, name), 0, 0);
    await removeOldLogs(parent);
    expect((await readdir(parent)).toSorted()).toEqual(['new.log', 'old.txt']);
  });

  it('minds no log that another run removes at the same time', async () => {
    // Listed, and not there when it is looked at.
    await symlink(join(parent, 'nothing'), join(parent, 'a.log'));
    await writeFile(join(parent, 'b.log'), '');
    await utimes(join(parent, 'b.log'), 0, 0);
    await removeOldLogs(parent);
    expect(await readdir(parent)).toEqual(['a.log']);
  });

  it('minds no missing directory', async () => {
    await expect(removeOldLogs(join(parent, 'missing'))).resolves.toBeUndefined();
  });
});
