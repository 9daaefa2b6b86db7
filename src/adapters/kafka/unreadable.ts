import { createHash, randomBytes } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';

/**
 * Record batches that cannot be read: damaged ones (`record-set.ts` finds them), and packed ones that cannot be unpacked. kafkajs reads all that a fetch brought before it hands out any of it, so one such batch
 * would stop every partition of its broker, and end one member after the other; and it does not say which batch it was. So what
 * cannot be read becomes as many records as it has, in its place, that say so: the consumer meets them where they stand in
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
  const header = headerBefore(packed);
  return header === undefined ? undefined : placeholders(header, packed, reason);
}

/**
 * A whole batch in the place of one that is damaged. Where two fields of its header agree on how many records it had it has as many,
 * else one, where the batch begins: an offset that is damaged must not be where reading goes on.
 * @param from the offset behind the batch before, where there is one: it does not begin before that
 */
export function placeholderBatch(batch: Buffer, reason: string, from = -Infinity): Buffer {
  const said = batchHeader(batch);
  const place = isSane(said) && said.records === said.lastOffsetDelta + 1 ? said : { records: 1, lastOffsetDelta: 0 };
  const header = Buffer.from(batch.subarray(0, headerBytes));
  const records = placeholders(place, batch.subarray(headerBytes), reason);
  if (header.readBigInt64BE(0) < from) header.writeBigInt64BE(BigInt(from), 0);
  header.writeInt32BE(headerBytes - uncountedBytes + records.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(0, 21); // not packed, of no transaction and no control records: those would be passed over
  header.writeInt32BE(place.lastOffsetDelta, 23);
  header.writeInt32BE(place.records, 57);
  return Buffer.concat([header, records]);
}

/** Records in Kafka's own form, of which the first tells what the bytes were that they stand for. */
function placeholders({ records, lastOffsetDelta }: BatchHeader, bytes: Buffer, reason: string): Buffer {
  const told = {
    reason,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    head: bytes.subarray(0, headBytesMax).toString('base64'),
  };
  const first = placeholder(records === 1 ? lastOffsetDelta : 0, Buffer.from(JSON.stringify(told)));
  // One piece of memory, and not an object for each of what may be a million.
  const all = Buffer.allocUnsafe(first.length + (records - 1) * emptyBytesMax);
  let at = first.copy(all);
  for (let index = 1; index < records; index += 1)
    at += placeholder(index === records - 1 ? lastOffsetDelta : index, nothing).copy(all, at);
  return all.subarray(0, at);
}

/** Whether unpacked bytes are as many records as the batch says, end to end. True where that cannot be known. */
export function holdsItsRecords(packed: Buffer, unpacked: Buffer): boolean {
  const header = headerBefore(packed);
  return header === undefined || areRecords(unpacked, header.records);
}

/** Whether bytes are so many records, end to end, and each of them is whole. */
export function areRecords(bytes: Buffer, count: number): boolean {
  if (count < 0) return false;
  const reader = new RecordReader(bytes);
  for (let index = 0; index < count; index += 1) if (!reader.passRecord()) return false;
  return reader.isAtEnd;
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

export interface BatchHeader {
  readonly records: number;
  readonly lastOffsetDelta: number;
}

/** What a header says, true or not. */
export function batchHeader(batch: Buffer): BatchHeader {
  return { records: batch.readInt32BE(57), lastOffsetDelta: batch.readInt32BE(23) };
}

/** Whether a batch can have as many records as it says: none, where compaction took them. */
export function canHaveRecords(header: BatchHeader): boolean {
  return header.records === 0 || isSane(header);
}

/** Compaction leaves fewer records than offsets. */
function isSane({ records, lastOffsetDelta }: BatchHeader): boolean {
  return records > 0 && records <= recordsMax && records <= lastOffsetDelta + 1;
}

function headerBefore(packed: Buffer): BatchHeader | undefined {
  if (packed.byteOffset < headerBytes) return undefined;
  const header = Buffer.from(packed.buffer, packed.byteOffset - headerBytes, headerBytes);
  const isHeader = header.readInt32BE(8) === headerBytes - uncountedBytes + packed.length && header.readInt8(16) === 2;
  const said = batchHeader(header);
  return isHeader && isSane(said) ? said : undefined;
}

const nothing = Buffer.alloc(0);
/** Length, attributes, timestamp, offset of five bytes, length and bytes of the mark, length of nothing, no headers. */
const emptyBytesMax = 1 + 1 + 1 + 5 + 1 + 16 + 1 + 1;

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

/** Goes over records of format 2 without making any, and says whether each is as it must be. */
class RecordReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Record => length, attributes (1 byte), timestamp delta, offset delta, key, value, number of headers, a name and a value each. */
  passRecord(): boolean {
    const length = this.#varint();
    const end = this.#at + length;
    if (!(length >= 0) || end > this.#bytes.length) return false;
    this.#at += 1;
    const isWhole = this.#passVarint() && this.#passVarint() && this.#passBytes(end) && this.#passBytes(end);
    const headers = isWhole ? this.#varint() : NaN;
    if (!(headers >= 0)) return false;
    // Each takes two bytes at least, so this ends.
    for (let index = 0; index < headers; index += 1) {
      if (!this.#passBytes(end) || !this.#passBytes(end)) return false;
    }
    return this.#at === end;
  }

  #passVarint(): boolean {
    return !Number.isNaN(this.#varint());
  }

  /** A length, and so many bytes; -1 is the length of what is null. */
  #passBytes(end: number): boolean {
    const length = this.#varint();
    if (!(length >= -1)) return false;
    this.#at += Math.max(0, length);
    return this.#at <= end;
  }

  /** A number in zigzag coding, of ten bytes at most; NaN where there is none. Exact as far as a length can be. */
  #varint(): number {
    let coded = 0;
    let unit = 1;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return NaN;
      this.#at += 1;
      coded += (byte & 0x7f) * unit;
      if (byte < 0x80) return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      unit *= 128;
    }
    return NaN;
  }
}
