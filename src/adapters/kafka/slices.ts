import type { Batch, KafkaMessage } from 'kafkajs';
import type { IncomingRecord, RecordBatch } from '../../ports.ts';
import { headersOf } from './record-headers.ts';

/** What Kafka says where a record has no timestamp. */
const noTimestamp = '-1';

/** Part of what one fetch brought of a partition. */
export interface Slice {
  readonly batch: RecordBatch;
  /** Offset of its last record, as the client spells it. */
  readonly lastOffset: string;
  /** Offset of the first record, and of the one after the last: past control records too, when it is the last slice. */
  readonly from: number;
  readonly next: number;
}

/** A fetched batch in slices of at most `recordsMax` records, made one by one as they are asked for. */
export function* slicesOf(batch: Batch, recordsMax: number): Generator<Slice, void, undefined> {
  const { topic, partition, messages } = batch;
  for (let start = 0; start < messages.length; start += recordsMax) {
    const records = messages.slice(start, start + recordsMax).map(toRecord);
    const first = records[0];
    const last = records.at(-1);
    if (first === undefined || last === undefined) return;
    const isLast = start + recordsMax >= messages.length;
    yield {
      batch: { topic, partition, records },
      lastOffset: String(last.offset),
      from: first.offset,
      next: (isLast ? Math.max(last.offset, Number(batch.lastOffset())) : last.offset) + 1,
    };
  }
}

function toRecord(message: KafkaMessage): IncomingRecord {
  return {
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    headers: headersOf(message),
    timestampMs: message.timestamp === noTimestamp ? NaN : Number(message.timestamp),
  };
}
