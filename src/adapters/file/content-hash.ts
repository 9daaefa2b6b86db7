import { createHash } from 'node:crypto';
import { readLines } from './records.ts';

/**
 * SHA-256 of a file's lines, in hex: the same for a file under another name, packed, or with other ends of lines. Throws
 * `FailureError` `INPUT_UNREADABLE`.
 */
export async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of readLines(path)) if (line.length > 0) hash.update(line).update('\n');
  return hash.digest('hex');
}
