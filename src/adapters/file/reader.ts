import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReader } from '../../ports.ts';

/**
 * Reads files under a folder: regular ones alone, since a pipe would be waited for without end and a device has no size. Refuses
 * one that is larger than the caller's bound before reading it, and one that grows beyond it meanwhile.
 */
export function folderReader(folder: string): FileReader {
  return {
    async read(path, bytesMax) {
      // Without blocking: to open a pipe that nobody writes to would wait for a writer.
      const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const status = await file.stat();
        if (!status.isFile()) throw new Error(`${path} is not a regular file`);
        if (status.size > bytesMax) throw new Error(`${path} has ${status.size} bytes, more than ${bytesMax}`);
        const bytes = new Uint8Array(status.size);
        let length = 0;
        while (length < bytes.length) {
          const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        return bytes.subarray(0, length);
      } finally {
        await file.close();
      }
    },
  };
}
