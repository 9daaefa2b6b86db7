import { closeSync, openSync, readSync } from 'node:fs';
import type { IncomingRecord, RecordBatch } from '../../src/ports.ts';
import { batchSize, topic } from './sample.ts';

const bytesPerRead = 4 * 1024 * 1024;
const newline = 0x0a;
const subjectPrefix = Buffer.from('"subject":"');
const quote = 0x22;

/** The lines of a file, each with bytes of its own read once. Holds one read at a time. Throws when the file cannot be read. */
export function* linesOf(file: string): Generator<Buffer, void> {
  const descriptor = openSync(file, 'r');
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      // Never written to again: who keeps a line keeps its bytes.
      const read = Buffer.allocUnsafeSlow(bytesPerRead);
      const count = readSync(descriptor, read, 0, bytesPerRead, null);
      if (count === 0) break;
      const bytes = Buffer.concat([rest, read.subarray(0, count)]);
      let from = 0;
      for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
        yield bytes.subarray(from, to);
        from = to + 1;
      }
      rest = bytes.subarray(from);
    }
    if (rest.length > 0) yield rest;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Events as a topic of so many partitions hands them over while a backlog is worked off: an account's events are all in one partition, and
 * each batch is full and of one partition. What does not fill a batch in the end is left out.
 */
export function* partitionedBatches(lines: Iterable<Buffer>, partitions: number): Generator<RecordBatch, void> {
  const waiting = Array.from({ length: partitions }, (): IncomingRecord[] => []);
  const ends = new Float64Array(partitions);
  for (const value of lines) {
    const partition = partitionOf(value, partitions);
    const records = waiting[partition]!;
    records.push({ offset: ends[partition]!++, key: null, value, headers: [], timestampMs: 0 });
    if (records.length < batchSize) continue;
    waiting[partition] = [];
    yield { topic, partition, records };
  }
}

/** By the account, of which the simulator writes the first `subject`. */
function partitionOf(value: Buffer, partitions: number): number {
  const from = value.indexOf(subjectPrefix) + subjectPrefix.length;
  let hash = 0;
  for (let at = from; at < value.length && value[at] !== quote; at++) hash = (hash * 31 + value[at]!) >>> 0;
  return hash % partitions;
}
