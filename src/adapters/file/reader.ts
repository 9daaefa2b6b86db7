import { join } from 'node:path';
import { readRegularFile } from '../../net/regular-file.ts';
import type { FileReader } from '../../ports.ts';

/** Reads files under a folder, as `readRegularFile` does. */
export function folderReader(folder: string): FileReader {
  return { read: (path, bytesMax) => readRegularFile(join(folder, path), bytesMax) };
}
