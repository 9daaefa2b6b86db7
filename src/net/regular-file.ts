import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a file: a regular one alone, since a pipe would be waited for without end and a device has no size. Refuses one that is
 * larger than the bound before reading it, and reads no more where it grows meanwhile. Rejects as Node does, and for what it refuses.
 */
export async function readRegularFile(path: string, bytesMax: number): Promise<Uint8Array> {
  // Without blocking: to open a pipe that nobody writes to would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
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
}
