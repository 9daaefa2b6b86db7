import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderReader } from '../../../../src/adapters/file/reader.ts';
import { temporaryFolder } from './folder.ts';

const pathOf = temporaryFolder();

async function readerOf(name: string, content: string) {
  await mkdir(dirname(pathOf(name)), { recursive: true });
  await writeFile(pathOf(name), content);
  return folderReader(pathOf('.'));
}

describe('folderReader', () => {
  it('reads a file below its folder', async () => {
    const reader = await readerOf('a/b/file', 'content');
    expect(Buffer.from(await reader.read('a/b/file', 100)).toString()).toBe('content');
  });

  it('reads a file of as many bytes as are allowed, and refuses a longer one', async () => {
    const reader = await readerOf('bounded', '12345');
    expect((await reader.read('bounded', 5)).length).toBe(5);
    await expect(reader.read('bounded', 4)).rejects.toThrow('bounded has 5 bytes, more than 4');
  });

  it('refuses a pipe at once, where a reader would wait for a writer without end', async () => {
    execFileSync('mkfifo', [pathOf('pipe')]);
    await expect(folderReader(pathOf('.')).read('pipe', 5)).rejects.toThrow('pipe is not a regular file');
  });

  it('refuses a link to a device, which has no size and no end', async () => {
    await symlink('/dev/zero', pathOf('zeros'));
    await expect(folderReader(pathOf('.')).read('zeros', 5)).rejects.toThrow('zeros is not a regular file');
  });

  it('follows a link to a file, as mounted configuration has them', async () => {
    await readerOf('linked', 'content');
    await symlink(pathOf('linked'), pathOf('link'));
    expect((await folderReader(pathOf('.')).read('link', 100)).length).toBe(7);
  });

  it('says that there is no such file', async () => {
    await expect(folderReader(pathOf('.')).read('none', 5)).rejects.toThrow(/ENOENT/);
  });
});
