import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterThisTest, type CleanUp } from './clean-up.ts';

/** A directory of one's own, removed after the test. */
export async function temporaryDirectory(cleanUp: CleanUp = afterThisTest): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'winnow-test-'));
  cleanUp(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Replaces a file at once: nobody ever sees half of it. */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
