import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReader } from '../../ports.ts';

/** Reads files under a folder. Refuses one that is larger than the caller's bound before reading it. */
export function folderReader(folder: string): FileReader {
  return {
    async read(path, bytesMax) {
      const file = await open(join(folder, path), 'r');
      try {
        const { size } = await file.stat();
        if (size > bytesMax) throw new Error(`${path} has ${size} bytes, more than ${bytesMax}`);
        return await file.readFile();
      } finally {
        await file.close();
      }
    },
  };
}
