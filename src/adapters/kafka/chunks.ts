import type { Message } from 'kafkajs';
import { limits } from '../../domain/limits.ts';
import type { OutgoingRecord } from '../../ports.ts';
import { toBuffer, toHeaders } from './record-headers.ts';

/**
 * Bytes of one chunk before compression. kafkajs makes one record batch of all that a request holds for a partition, and
 * a broker refuses batches above `message.max.bytes`, 1,048,588 by default.
 */
export const chunkBytesMax = 900_000;
/** kafkajs groups records by partition in quadratic time: at a thousand that is half a millisecond. */
export const chunkRecordsMax = 1_024;
/**
 * A record of this many bytes goes alone: no event and no decision is as large, so its topic may refuse it, and what is
 * refused must not be sent together with what is not.
 */
export const lonelyBytesMin = 2 * limits.eventBytesMax;

/** Offsets, lengths and attributes of a record and of a header, as varints, at most. */
const recordOverheadBytes = 32;
const headerOverheadBytes = 10;

/** The records in order, in chunks that a broker takes: of `bytesMax` bytes, or of one record that is larger. */
export function chunksOf(records: readonly OutgoingRecord[], bytesMax: number = chunkBytesMax): OutgoingRecord[][] {
  const chunks: OutgoingRecord[][] = [];
  let chunk: OutgoingRecord[] = [];
  let chunkBytes = 0;
  for (const record of records) {
    const bytes = bytesOf(record);
    const isFull = chunkBytes + bytes > bytesMax || chunk.length === chunkRecordsMax;
    if (
      chunk.length > 0 &&
      (isFull || bytes >= lonelyBytesMin || (chunkBytes >= lonelyBytesMin && chunk.length === 1))
    ) {
      chunks.push(chunk);
      chunk = [];
      chunkBytes = 0;
    }
    chunk.push(record);
    chunkBytes += bytes;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

/** Bytes of a record in a batch, at most, before compression. */
export function bytesOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = recordOverheadBytes + lengthOf(key) + lengthOf(value);
  for (const header of headers) bytes += headerOverheadBytes + Buffer.byteLength(header.name) + lengthOf(header.value);
  return bytes;
}

function lengthOf(part: Uint8Array | string | null): number {
  if (part === null) return 0;
  return typeof part === 'string' ? Buffer.byteLength(part) : part.byteLength;
}

export function toMessage({ key, value, headers }: OutgoingRecord): Message {
  return { key: toBuffer(key), value: toBuffer(value), headers: toHeaders(headers) };
}
