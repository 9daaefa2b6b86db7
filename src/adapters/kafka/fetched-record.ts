import type { IHeaders } from 'kafkajs';
import type { RecordHeader } from '../../ports.ts';
import { asKafkajsDoes } from './record-headers.ts';

/** What kafkajs says of the record batch that a record came in, as far as it or we read it. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  /** 1 where the broker dated the records, all by the batch's largest timestamp. */
  readonly timestampType: number;
}

const noHeaders: readonly RecordHeader[] = Object.freeze([]);

/**
 * A record as kafkajs hands it out, members and all, of which those that hardly anybody reads are made when somebody does: kafkajs
 * itself makes two big integers, four texts, two decoders and an object of headers for each record, which together cost more
 * than reading the event in it. So are key and value, which everybody reads once: thousands of records wait for their turn, and what is
 * made for each meanwhile would be moved about by the collection of garbage.
 */
export class FetchedRecord {
  readonly offsetNumber: number;
  /** Milliseconds since the epoch; -1 where there is none. */
  readonly timestampNumber: number;
  /** In the order in which they came. */
  readonly headerList: readonly RecordHeader[];
  readonly batchContext: BatchContext;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  readonly #valueAt: number;

  /** @param bytes in which key and value are, each with its length before it, from here on */
  constructor(
    offset: number,
    timestamp: number,
    bytes: Buffer,
    keyAt: number,
    valueAt: number,
    headers: readonly RecordHeader[],
    batchContext: BatchContext,
  ) {
    this.offsetNumber = offset;
    this.timestampNumber = timestamp;
    this.#bytes = bytes;
    this.#keyAt = keyAt;
    this.#valueAt = valueAt;
    this.headerList = headers;
    this.batchContext = batchContext;
  }

  /** Another one whenever it is asked for, as is the value; no copy: a record keeps the answer that it came in. */
  get key(): Buffer | null {
    return new VarintReader(this.#bytes, this.#keyAt).readBytes();
  }

  get value(): Buffer | null {
    return new VarintReader(this.#bytes, this.#valueAt).readBytes();
  }

  get offset(): string {
    return String(this.offsetNumber);
  }

  get timestamp(): string {
    return String(this.timestampNumber);
  }

  get headers(): IHeaders {
    return asKafkajsDoes(this.headerList);
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  /** Of the format. */
  get magicByte(): number {
    return 2;
  }

  /** Kafka has no use for those of a record. */
  get attributes(): number {
    return 0;
  }
}

/** Where the fields of a batch of format 2 are (Kafka's protocol guide, "Record Batch"). */
const at = { attributes: 21, firstTimestamp: 27, maxTimestamp: 35, producerId: 43 } as const;
const flags = { logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

/** @param batch of format 2, at least its header. */
export function contextOf(batch: Buffer): BatchContext {
  const attributes = batch.readInt16BE(at.attributes);
  return {
    firstOffset: String(batch.readBigInt64BE(0)),
    firstTimestamp: String(batch.readBigInt64BE(at.firstTimestamp)),
    maxTimestamp: String(batch.readBigInt64BE(at.maxTimestamp)),
    producerId: String(batch.readBigInt64BE(at.producerId)),
    inTransaction: (attributes & flags.transactional) !== 0,
    isControlBatch: (attributes & flags.control) !== 0,
    timestampType: (attributes & flags.logAppendTime) === 0 ? 0 : 1,
  };
}

/**
 * The records of a batch.
 * @param bytes of all of them, unpacked, which `areRecords` has found to be so many.
 */
export function readRecords(bytes: Buffer, count: number, context: BatchContext): FetchedRecord[] {
  const reader = new VarintReader(bytes);
  const firstOffset = Number(context.firstOffset);
  const firstTimestamp = Number(context.firstTimestamp);
  const ofBroker = context.timestampType === 1 ? Number(context.maxTimestamp) : undefined;
  const records = new Array<FetchedRecord>(count);
  for (let index = 0; index < count; index += 1) {
    reader.read(); // its length
    reader.at += 1; // its attributes
    const timestamp = firstTimestamp + reader.read();
    const offset = firstOffset + reader.read();
    const keyAt = reader.at;
    reader.passBytes();
    const valueAt = reader.at;
    reader.passBytes();
    const headers = readHeaders(reader);
    records[index] = new FetchedRecord(offset, ofBroker ?? timestamp, bytes, keyAt, valueAt, headers, context);
  }
  return records;
}

function readHeaders(reader: VarintReader): readonly RecordHeader[] {
  const count = reader.read();
  if (count === 0) return noHeaders;
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index += 1)
    headers.push({ name: reader.readBytes()?.toString() ?? '', value: reader.readBytes() });
  return headers;
}

/** Reads what is known to be whole. */
class VarintReader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, begin = 0) {
    this.#bytes = bytes;
    this.at = begin;
  }

  /** A number in zigzag coding: of one or two bytes nearly always, and exact to 2^53. */
  read(): number {
    const first = this.#bytes[this.at++]!;
    let coded = first & 0x7f;
    if (first >= 0x80) {
      let unit = 0x80;
      for (let byte = first; byte >= 0x80; unit *= 0x80) {
        byte = this.#bytes[this.at++]!;
        coded += (byte & 0x7f) * unit;
      }
    }
    return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
  }

  /** Null where their length is below 0. */
  readBytes(): Buffer | null {
    const length = this.read();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return this.#bytes.subarray(start, this.at);
  }

  passBytes(): void {
    const length = this.read();
    if (length > 0) this.at += length;
  }
}
