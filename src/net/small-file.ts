import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Reads a file that is read once, at the start: of bounded size, from pipes too, whose size nobody knows. Throws as Node does, and for
 * what is larger.
 */
export function readSmallFile(path: string, bytesMax: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(bytesMax + 1);
  const file = openSync(path, 'r');
  let size = 0;
  try {
    for (let read = 1; read > 0 && size < bytes.length; size += read) read = readSync(file, bytes, { offset: size });
  } finally {
    closeSync(file);
  }
  if (size > bytesMax) throw new Error(`more than ${bytesMax} bytes`);
  return bytes.subarray(0, size);
}
