import { chmod, rename, writeFile } from 'node:fs/promises';

/**
 * Replaces a file as a whole, so that nobody reads half of it. Rejects as Node does.
 * @param mode who may read it: everybody on the machine, unless given
 */
export async function writeSmallFile(file: string, text: string, mode = 0o644): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, text, { mode });
  // One that was left by a process that died keeps the mode that it had.
  await chmod(draft, mode);
  await rename(draft, file);
}
