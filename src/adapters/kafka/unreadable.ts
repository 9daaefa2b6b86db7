import { createHash, randomBytes } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';

/**
 * Record batches that cannot be unpacked. kafkajs unpacks all that a fetch brought before it hands out any of it, so one such batch
 * would stop every partition of its broker, and end one member after the other; and it does not say which batch it was. So what
 * cannot be unpacked becomes as many records as it has, in its place, that say so: the consumer meets them where they stand in
 * their partition, and everything else goes its way.
 */
export interface Unreadable {
  /** Why, in the words of the codec. */
  readonly reason: string;
  /** Of the packed records, as they travelled. */
  readonly bytes: number;
  readonly sha256: string;
  /** The first bytes of them, at most `headBytesMax`. */
  readonly head: Uint8Array;
}

/** What whoever looks into it needs to know a file format by. */
export const headBytesMax = 1_024;
/** A batch that says to have more records than this lies, or is none that Kafka took. */
const recordsMax = 1_000_000;
/** Key of the records that are made here. Random, so that nobody can write one like it. */
const mark = randomBytes(16);

/**
 * Records in the place of those that cannot be unpacked, in Kafka's own form.
 *
 * How many there are, and which is the last offset, stands before the packed bytes: kafkajs cuts them out of the answer without a
 * copy. Undefined where the bytes before are not the header of a batch of just this length.
 *
 * @param packed the records of a batch as kafkajs gives them to a codec
 */
export function placeholdersFor(packed: Buffer, reason: string): Buffer | undefined {
  const header = batchHeaderBefore(packed);
  if (header === undefined) return undefined;
  const { records, lastOffsetDelta } = header;
  const told = {
    reason,
    bytes: packed.length,
    sha256: createHash('sha256').update(packed).digest('hex'),
    head: packed.subarray(0, headBytesMax).toString('base64'),
  };
  const parts: Buffer[] = [];
  for (let index = 0; index < records; index += 1) {
    const offsetDelta = index === records - 1 ? lastOffsetDelta : index;
    parts.push(placeholder(offsetDelta, index === 0 ? Buffer.from(JSON.stringify(told)) : nothing));
  }
  return Buffer.concat(parts);
}

/** Whether unpacked bytes are as many records as the batch says, end to end. True where that cannot be known. */
export function holdsItsRecords(packed: Buffer, unpacked: Buffer): boolean {
  const header = batchHeaderBefore(packed);
  if (header === undefined) return true;
  let at = 0;
  for (let index = 0; index < header.records; index += 1) {
    const length = varintAt(unpacked, at);
    if (length === undefined || length.value < 0) return false;
    at = length.end + length.value;
    if (at > unpacked.length) return false;
  }
  return at === unpacked.length;
}

/** Whether a record stands for one that could not be unpacked. */
export function isPlaceholder({ key }: KafkaMessage): boolean {
  return key !== null && key.length === mark.length && key.equals(mark);
}

/** What the first of the records says that stand for one batch; undefined of the others. */
export function unreadableOf({ value }: KafkaMessage): Unreadable | undefined {
  if (value === null || value.length === 0) return undefined;
  const { head, ...told } = JSON.parse(value.toString()) as Omit<Unreadable, 'head'> & { head: string };
  return { ...told, head: Buffer.from(head, 'base64') };
}

/** The header of a record batch, format 2: 61 bytes, of which its length counts all but the first 12. */
const headerBytes = 61;
const uncountedBytes = 12;

function batchHeaderBefore(packed: Buffer): { readonly records: number; readonly lastOffsetDelta: number } | undefined {
  if (packed.byteOffset < headerBytes) return undefined;
  const header = Buffer.from(packed.buffer, packed.byteOffset - headerBytes, headerBytes);
  const isHeader = header.readInt32BE(8) === headerBytes - uncountedBytes + packed.length && header.readInt8(16) === 2;
  const lastOffsetDelta = header.readInt32BE(23);
  const records = header.readInt32BE(57);
  // Compaction leaves fewer records than offsets.
  const isSane = records > 0 && records <= recordsMax && records <= lastOffsetDelta + 1;
  return isHeader && isSane ? { records, lastOffsetDelta } : undefined;
}

const nothing = Buffer.alloc(0);

function placeholder(offsetDelta: number, value: Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 0]), // attributes, timestamp delta
    varint(offsetDelta),
    varint(mark.length),
    mark,
    varint(value.length),
    value,
    Buffer.from([0]), // headers
  ]);
  return Buffer.concat([varint(body.length), body]);
}

/** A number from 0 on in Kafka's zigzag coding. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}

/** Five bytes at most hold what 32 bits do. */
function varintAt(bytes: Buffer, start: number): { readonly value: number; readonly end: number } | undefined {
  let coded = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    coded += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value: coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2, end: start + index + 1 };
  }
  return undefined;
}
