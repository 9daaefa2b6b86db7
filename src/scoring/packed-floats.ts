import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/**
 * Float32 numbers as a short text. A sample of norms has a hundred thousand of them: as numbers of JSON, each would be checked by itself on the
 * loop that handles the stream. Brotli, since it gives the same bytes on each kind of processor, which deflate does not.
 */

const bytesEach = Float32Array.BYTES_PER_ELEMENT;

export function packFloats(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * bytesEach);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * bytesEach);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).toString('base64');
}

/** The `count` numbers in a text; null when it holds another number of them, or is no such text. */
export function unpackFloats(text: string, count: number): Float32Array | null {
  const size = count * bytesEach;
  let bytes: Buffer;
  try {
    bytes = brotliDecompressSync(Buffer.from(text, 'base64'), { maxOutputLength: Math.max(1, size) });
  } catch {
    return null;
  }
  if (bytes.length !== size) return null;
  return Float32Array.from({ length: count }, (_, at) => bytes.readFloatLE(at * bytesEach));
}
