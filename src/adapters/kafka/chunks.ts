import type { Message } from 'kafkajs';
import type { OutgoingRecord } from '../../ports.ts';

/**
 * Bytes of one chunk before compression. kafkajs makes one record batch of all that a request holds for a partition, and
 * a broker refuses batches above `message.max.bytes`, 1,048,588 by default.
 */
export const chunkBytesMax = 900_000;
/** kafkajs groups records by partition in quadratic time: at a thousand that is half a millisecond. */
export const chunkRecordsMax = 1_024;

/** Offsets, lengths and attributes of a record and of a header, as varints, at most. */
const recordOverheadBytes = 32;
const headerOverheadBytes = 10;

/** The records in order, in chunks that a broker takes. A record too large for any chunk is one of its own. */
export function chunksOf(records: readonly OutgoingRecord[]): Message[][] {
  const chunks: Message[][] = [];
  let chunk: Message[] = [];
  let chunkBytes = 0;
  for (const record of records) {
    const bytes = bytesOf(record);
    if (chunk.length > 0 && (chunkBytes + bytes > chunkBytesMax || chunk.length === chunkRecordsMax)) {
      chunks.push(chunk);
      chunk = [];
      chunkBytes = 0;
    }
    chunk.push(toMessage(record));
    chunkBytes += bytes;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

function bytesOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = recordOverheadBytes + lengthOf(key) + lengthOf(value);
  for (const name in headers) bytes += headerOverheadBytes + Buffer.byteLength(name) + lengthOf(headers[name]);
  return bytes;
}

function lengthOf(part: Uint8Array | string | null | undefined): number {
  if (part === null || part === undefined) return 0;
  return typeof part === 'string' ? Buffer.byteLength(part) : part.byteLength;
}

function toMessage({ key, value, headers }: OutgoingRecord): Message {
  const own: Record<string, Buffer | string> = {};
  for (const [name, header] of Object.entries(headers)) own[name] = toBuffer(header);
  return { key: toBuffer(key), value: toBuffer(value), headers: own };
}

/** kafkajs knows a `Buffer` by its class and would spell out any other array of bytes. No copy. */
function toBuffer<T extends string | null>(part: Uint8Array | T): Buffer | T {
  if (!(part instanceof Uint8Array) || Buffer.isBuffer(part)) return part;
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}
