import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { RangeTable } from './range-table.ts';

/** A smaller file is read in less time than it takes to look for what was kept of it. */
const keptBytesMin = 1024 * 1024;
/** SHA-256 of what the ranges were made of, the checksum of what follows, and room up to the next double. */
const hashBytes = 32;
const headerBytes = 40;

/** What makes ranges of a file: another program may make others of it. */
const makers = ['address-tables', 'range-table', '../../domain/ip-address'].map((name) =>
  fileURLToPath(new URL(`${name}${extname(import.meta.url)}`, import.meta.url)),
);

/**
 * The ranges of a file as they were read once, from the folder where Node keeps what it has compiled (`NODE_COMPILE_CACHE`): one file for
 * each, replaced when they are others. Without such a folder they are read at each start. What is not whole there, or was made of another
 * file or by another program, is made again. Who may write there decides in any case what the program does, so what lies there is believed.
 * @param reading what is read out of each line
 */
export async function keptRanges(
  path: string,
  reading: string,
  read: () => Promise<RangeTable>,
  folder: string | undefined = getCompileCacheDir(),
): Promise<RangeTable> {
  const { size, mtimeNs, ctimeNs, dev, ino } = await stat(path, { bigint: true });
  if (folder === undefined || size < keptBytesMin) return read();
  const sources = await Promise.all(makers.map((maker) => readFile(maker)));
  const hash = hashOf(['winnow.ranges/1', size, mtimeNs, ctimeNs, dev, ino, ...sources]);
  const place = join(folder, 'winnow', `${basename(path)}-${hashOf([path, reading]).toString('hex', 0, 8)}.ranges`);
  const kept = await rangesIn(place, hash);
  if (kept !== undefined) return kept;
  const table = await read();
  await keep(place, hash, table).catch(() => undefined);
  return table;
}

async function rangesIn(place: string, hash: Buffer): Promise<RangeTable | undefined> {
  try {
    const bytes = await readFile(place);
    const body = bytes.subarray(headerBytes);
    const isWhole = bytes.subarray(0, hashBytes).equals(hash) && bytes.readUInt32LE(hashBytes) === crc32(body);
    return isWhole ? RangeTable.of(body) : undefined;
  } catch {
    return undefined;
  }
}

async function keep(place: string, hash: Buffer, table: RangeTable): Promise<void> {
  const body = table.bytes();
  const header = Buffer.alloc(headerBytes);
  header.set(hash);
  header.writeUInt32LE(crc32(body), hashBytes);
  await mkdir(join(place, '..'), { recursive: true });
  const draft = `${place}.${process.pid}.new`;
  await writeFile(draft, Buffer.concat([header, body]));
  await rename(draft, place);
}

function hashOf(parts: readonly (string | bigint | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'bigint' ? String(part) : part;
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return hash.digest();
}
