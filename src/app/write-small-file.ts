import { rename, writeFile } from 'node:fs/promises';

/** Replaces a file as a whole, so that nobody reads half of it. Rejects as Node does. */
export async function writeSmallFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, text, { mode: 0o644 });
  await rename(draft, file);
}
