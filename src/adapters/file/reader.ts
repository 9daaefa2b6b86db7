import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { readRegularFile } from '../../net/regular-file.ts';
import type { FileReader } from '../../ports.ts';

/** Reads files under a folder, as `readRegularFile` does. */
export function folderReader(folder: string): FileReader {
  return { read: (path, bytesMax) => readRegularFile(join(folder, path), bytesMax) };
}

/**
 * Reads files under a folder, each from the folder that holds it: a link that leads out of that is refused, since what lies elsewhere is
 * not what was copied, and may be another at any time. Links within it are followed, as mounted volumes have them; so is the folder itself.
 */
export function containedReader(folder: string): FileReader {
  return {
    read: async (path, bytesMax) => {
      const place = join(folder, path);
      const [home, file] = await Promise.all([realpath(dirname(place)), realpath(place)]);
      if (!file.startsWith(`${home}${sep}`)) throw new Error(`${place} is a link that leads out of its folder`);
      return readRegularFile(file, bytesMax);
    },
  };
}
