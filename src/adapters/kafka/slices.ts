import type { Batch, KafkaMessage } from 'kafkajs';
import type { Failure } from '../../domain/failure.ts';
import type { IncomingRecord, RecordBatch } from '../../ports.ts';
import { FetchedRecord } from './fetched-record.ts';
import { headersOf } from './record-headers.ts';
import type { Due } from './turns.ts';
import { isPlaceholder, unreadableOf } from './unreadable.ts';

/** What Kafka calls the timestamp of a broker, the topic's `message.timestamp.type` being LogAppendTime. */
const logAppendTime = 1;

/** Part of what one fetch brought of a partition. */
export interface Slice {
  readonly batch: RecordBatch;
  /** Offset of its last record, as the client spells it. */
  readonly lastOffset: string;
  /** Offset of the first record, and of the one after the last: past control records too, when it is the last slice. */
  readonly from: number;
  readonly next: number;
  /** Of the record behind it, where more was fetched; milliseconds since the epoch, NaN where that has none. */
  readonly nextTimestampMs?: number;
  /** Of a record batch that could not be read, which is one record here, and a slice by itself. */
  readonly unreadable?: Failure;
}

/** A fetched batch in slices of at most `recordsMax` records, made one by one as they are asked for. */
export function* slicesOf(batch: Batch, recordsMax: number): Generator<Slice, void, undefined> {
  const { topic, partition, messages } = batch;
  for (let start = 0, end = 0; start < messages.length; start = end) {
    end = endOfSlice(messages, start, recordsMax);
    const part = messages.slice(start, end);
    const first = part[0];
    const last = part.at(-1);
    if (first === undefined || last === undefined) return;
    const from = Number(first.offset);
    const lastOffset =
      end >= messages.length ? Math.max(Number(last.offset), Number(batch.lastOffset())) : Number(last.offset);
    const following = messages[end];
    const place = {
      lastOffset: last.offset,
      from,
      next: lastOffset + 1,
      ...(following === undefined ? {} : { nextTimestampMs: timeOf(following) }),
    };
    if (isPlaceholder(first)) {
      const { failure, record } = unreadableRecord(batch, first, Number(last.offset));
      yield { batch: { topic, partition, records: [record] }, ...place, unreadable: failure };
    } else yield { batch: { topic, partition, records: part.map(toRecord) }, ...place };
  }
}

/** What a turn is about that takes the slice. */
export function dueOf({ batch: { records }, nextTimestampMs }: Slice): Due {
  return { timestampMs: records[0]?.timestampMs ?? NaN, records: records.length, nextMs: nextTimestampMs };
}

/** Index behind the slice that begins at `start`: records that can be read, or those of one batch that cannot. */
function endOfSlice(messages: readonly KafkaMessage[], start: number, recordsMax: number): number {
  const first = messages[start]!;
  if (isPlaceholder(first)) {
    let end = start + 1;
    while (end < messages.length && continues(messages[end]!)) end += 1;
    return end;
  }
  const end = Math.min(start + recordsMax, messages.length);
  for (let index = start + 1; index < end; index += 1) if (isPlaceholder(messages[index]!)) return index;
  return end;
}

/** Whether it stands for a later record of a batch whose first record is before it. */
function continues(message: KafkaMessage): boolean {
  return isPlaceholder(message) && unreadableOf(message) === undefined;
}

/** @param lastOffset of the batch, whose records begin at or before `first`: a fetch may begin inside a batch */
function unreadableRecord(
  { topic, partition }: Batch,
  first: KafkaMessage,
  lastOffset: number,
): { readonly failure: Failure; readonly record: IncomingRecord } {
  const told = unreadableOf(first);
  const place = `${topic} [${partition}], offsets ${first.offset} to ${lastOffset}`;
  const why = told === undefined ? 'It cannot be unpacked.' : `${told.reason} (sha256 of its records ${told.sha256}).`;
  const failure: Failure = { code: 'EVENT_BATCH_UNREADABLE', message: `${place}: ${why}` };
  return { failure, record: { ...toRecord(first), key: null, value: told?.head ?? null, failure } };
}

function toRecord(message: KafkaMessage): IncomingRecord {
  const { key, value } = message;
  // What kafkajs has as text came as numbers.
  if (message instanceof FetchedRecord) {
    const { offsetNumber: offset, headerList: headers, batchContext } = message;
    const timestampMs = timeOf(message);
    return batchContext.timestampType === logAppendTime
      ? { offset, key, value, headers, timestampMs, isDatedByBroker: true }
      : { offset, key, value, headers, timestampMs };
  }
  const timestampMs = timeOf(message);
  return { offset: Number(message.offset), key, value, headers: headersOf(message), timestampMs };
}

/**
 * NaN where a record does not say when it was written: it has -1 then, the 0 of a producer that sets none, or a number of another unit. As
 * milliseconds, seconds are a day of January 1970 until the year 33658, and microseconds are beyond the year 9999 since 1978. No record has
 * waited since 2001; and one that says it is of then would say that the clock of this machine is slow.
 */
function timeOf(message: KafkaMessage): number {
  const timestampMs = message instanceof FetchedRecord ? message.timestampNumber : Number(message.timestamp);
  return timestampMs >= leastTimestampMs && timestampMs < endOfTimestampsMs ? timestampMs : NaN;
}

/** September 2001. */
const leastTimestampMs = 1e12;
/** The year 10,000. */
const endOfTimestampsMs = 253_402_300_800_000;
