import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import { Decoder } from './cluster.ts';
import { crc32c } from './crc32c.ts';
import { contextOf, readRecords, type FetchedRecord } from './fetched-record.ts';
import { areRecords, batchHeader, canHaveRecords, placeholderBatch } from './unreadable.ts';

/**
 * Reads the record batches of an answer in place of kafkajs. It does not check their CRC, and what a damaged one makes of it is an
 * error that ends the member, or records that nobody wrote; and it makes a dozen objects for each record that nobody looks at. A
 * damaged batch is replaced by records that say so, as one that cannot be unpacked is.
 *
 * kafkajs 2.2.4 loads the function that reads the record set of a partition when it first fetches, so putting another one in its place
 * before that is enough; `tests/unit/adapters/kafka/record-set.test.ts` fails when a release changes what this rests on.
 */

type DecodeMessages = (decoder: Decoder) => Promise<unknown[]>;

const internals = createRequire(import.meta.url);
const path = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages';
const decodeMessages = internals(path) as DecodeMessages;
const { lookupCodec } = internals('kafkajs/src/protocol/message/compression') as {
  readonly lookupCodec: (type: number) => { readonly decompress: (packed: Buffer) => Promise<Buffer> } | null;
};

/** Mends kafkajs, for the process, before its first fetch. Calling this again changes nothing. */
export function checkRecordBatches(): void {
  internals.cache[internals.resolve(path)]!.exports = decodeChecked;
}

const sizeBytes = 4;
/** Where the offsets of a record set end that was decoded, by what was made of it. */
const ends = new WeakMap<readonly unknown[], number>();

/**
 * The offset behind the last whole batch of which these are the records; undefined where there was none. Compaction leaves batches
 * without a record, and kafkajs does not tell them from no answer at all.
 */
export function endOfRecordSet(messages: readonly unknown[]): number | undefined {
  return ends.get(messages);
}

/** Bytes of record sets, unpacked, by what was made of them. */
const sizes = new WeakMap<readonly unknown[], number>();

/** Bytes of the records of which these are all, unpacked: they are held for as long as one of them is. 0 where that is not known. */
export function bytesOfRecordSet(messages: readonly unknown[]): number {
  return sizes.get(messages) ?? 0;
}

async function decodeChecked(decoder: Decoder): Promise<unknown[]> {
  const { buffer, offset } = decoder;
  const size = buffer.readInt32BE(offset);
  const start = offset + sizeBytes;
  if (size <= 0 || start + size > buffer.length) return decodeMessages(decoder);
  const messages = await readRecordSet(buffer.subarray(start, start + size));
  decoder.offset = start + size;
  return messages;
}

/** The records of one partition in an answer, as kafkajs has them; none where there are no bytes. */
export async function readRecordSet(received: Buffer): Promise<unknown[]> {
  const oldEnd = endOfOldFormat(received);
  if (oldEnd > 0) return decodeMessages(new Decoder(withSize(received.subarray(0, oldEnd))));
  const checked = checkedRecordSet(received);
  const messages = await recordsOf(checked);
  const end = offsetBehind(checked);
  if (end !== undefined) ends.set(messages, end);
  return messages;
}

function withSize(recordSet: Buffer): Buffer {
  const size = Buffer.alloc(sizeBytes);
  size.writeInt32BE(recordSet.length);
  return Buffer.concat([size, recordSet]);
}

/** Of batches that were checked; one that is cut off ends them. */
async function recordsOf(recordSet: Buffer): Promise<FetchedRecord[]> {
  const all: FetchedRecord[] = [];
  let size = 0;
  for (const batch of wholeBatches(recordSet)) {
    const whole = canHaveRecords(batchHeader(batch)) ? batch : placeholderBatch(batch, reasonOfCount(batch));
    const packed = whole.subarray(recordsAt);
    const codec = lookupCodec(whole.readInt16BE(attributesAt) & codecMask);
    // What comes of a codec is as many records as the header says, which it was held against, or placeholders.
    const bytes = codec === null ? packed : await codec.decompress(packed);
    for (const record of readRecords(bytes, batchHeader(whole).records, contextOf(whole))) all.push(record);
    size += bytes.length;
  }
  sizes.set(all, size);
  return all;
}

function reasonOfCount(batch: Buffer): string {
  return `A record batch of ${batch.length} bytes says to have ${batchHeader(batch).records} records, which it cannot have`;
}

function* wholeBatches(recordSet: Buffer): Generator<Buffer, void> {
  for (let at = 0; at + recordsAt <= recordSet.length;) {
    const length = recordSet.readInt32BE(at + 8) + uncountedBytes;
    const batch = recordSet.subarray(at, at + length);
    if (length < recordsAt || batch.length < length || batch.readInt8(magicAt) !== 2) break;
    yield batch;
    at += length;
  }
}

/** Of the last batch of format 2 that is there whole. */
function offsetBehind(recordSet: Buffer): number | undefined {
  let end: number | undefined;
  for (const batch of wholeBatches(recordSet))
    end = Number(batch.readBigInt64BE(0)) + batchHeader(batch).lastOffsetDelta + 1;
  return end;
}

/** Where the fields of a batch of format 2 are, and what its length does not count. */
const magicAt = 16;
const crcAt = 17;
const attributesAt = 21;
const recordsAt = 61;
const uncountedBytes = 12;
const codecMask = 0b111;
/** Where a message of an older format has its CRC, a plain CRC-32 of what follows; and its bytes at least: key and value of none. */
const oldCrcAt = 12;
const oldBytesMin = 26;

/**
 * The same bytes where all batches are whole; else a copy that ends with placeholders for the first that is not. What is behind it comes
 * with the next fetch: where the length of a batch is what is damaged, it cannot be known where the next begins. A batch that is cut
 * off ends it, unless it is the first: brokers send at least that one whole, so it would be asked for without end.
 *
 * The offset at which a batch begins is under no checksum. Where it does not rise past the batch before, the batch is damaged too, and its
 * placeholders are where it should begin. Otherwise brokers find batches by it, and a damaged one is theirs to notice.
 */
export function checkedRecordSet(received: Buffer): Buffer {
  let next: number | undefined;
  for (let at = 0; at + recordsAt <= received.length;) {
    const length = received.readInt32BE(at + 8) + uncountedBytes;
    const isFramed = length >= recordsAt && at + length <= received.length;
    if (!isFramed && at > 0) return received;
    const batch = received.subarray(at, isFramed ? at + length : received.length);
    const fault = isFramed ? faultOf(batch, next) : `it says to have ${length} bytes, and ${batch.length} came`;
    if (fault !== undefined) {
      const reason = `A record batch of ${batch.length} bytes is damaged: ${fault}`;
      return Buffer.concat([received.subarray(0, at), placeholderBatch(batch, reason, next)]);
    }
    next = endOfBatch(batch);
    at += batch.length;
  }
  return received;
}

/**
 * Where the messages end with which a record set begins that are of a format of before 2017: 0 where there are none. They are left to
 * kafkajs, which checks nothing, so only those are that are whole and have the CRC that they say; a batch of today whose format says
 * otherwise, as where zeros were written over it, is none of them.
 */
function endOfOldFormat(recordSet: Buffer): number {
  let at = 0;
  while (at + oldBytesMin <= recordSet.length) {
    const end = at + uncountedBytes + recordSet.readInt32BE(at + 8);
    const isWhole =
      end >= at + oldBytesMin && end <= recordSet.length && isMagicOfOld(recordSet.readInt8(at + magicAt));
    if (!isWhole || crc32(recordSet.subarray(at + magicAt, end)) !== recordSet.readUInt32BE(at + oldCrcAt)) break;
    at = end;
  }
  return at;
}

function isMagicOfOld(magic: number): boolean {
  return magic === 0 || magic === 1;
}

/** The offset behind a batch that is whole; undefined where that is none. */
function endOfBatch(batch: Buffer): number | undefined {
  const end = Number(batch.readBigInt64BE(0)) + batchHeader(batch).lastOffsetDelta + 1;
  return canHaveRecords(batchHeader(batch)) && Number.isSafeInteger(end) ? end : undefined;
}

/**
 * What is wrong with a batch that is there from end to end. What is packed is looked at when it is unpacked.
 * @param next the offset behind the batch before, where there is one
 */
function faultOf(batch: Buffer, next = -Infinity): string | undefined {
  if (batch.readInt8(magicAt) !== 2) return `its format is ${batch.readInt8(magicAt)}`;
  if (!isCrcRight(batch)) return 'its CRC is another';
  if (batch.readBigInt64BE(0) < next) return 'its offsets are those of the batch before';
  const isPacked = (batch.readInt16BE(attributesAt) & codecMask) !== 0;
  if (isPacked || areRecords(batch.subarray(recordsAt), batchHeader(batch).records)) return undefined;
  return 'it holds something else than its records';
}

function isCrcRight(batch: Buffer): boolean {
  return crc32c(batch.subarray(attributesAt)) === batch.readUInt32BE(crcAt);
}
