import type { FailureCode } from '../domain/failure.ts';
import { readFacts, type EventFacts } from '../features/facts.ts';
import { noReference, type Reference } from '../features/reference.ts';
import type { OutgoingRecord, RecordBatch } from '../ports.ts';
import { deadLetter } from '../wire/dead-letter.ts';
import { decodeEvent } from '../wire/decode-event.ts';

/** A batch, read: each record is in exactly one of `facts` and `deadLetters`. */
export interface DecodedBatch {
  /** Events in the order of the records. */
  readonly facts: readonly EventFacts[];
  /** Offset of the record that each event came in. */
  readonly offsets: readonly number[];
  readonly deadLetters: readonly OutgoingRecord[];
  readonly deadLetterCodes: readonly FailureCode[];
}

/**
 * Reads all records. What is no valid event becomes a dead letter with its bytes unchanged.
 * @param nowMs milliseconds since the epoch: when a dead letter failed.
 * @param latestMs what an event may be ahead of: the clock, or Infinity in a replay, whose result must not depend on the date.
 */
export function decodeBatch(
  batch: RecordBatch,
  nowMs: number,
  reference: Reference = noReference,
  latestMs: number = nowMs,
): DecodedBatch {
  const facts: EventFacts[] = [];
  const offsets: number[] = [];
  const deadLetters: OutgoingRecord[] = [];
  const deadLetterCodes: FailureCode[] = [];
  for (const record of batch.records) {
    const decoded = decodeEvent(record, latestMs);
    if (decoded.ok) {
      facts.push(readFacts(decoded.value, reference));
      offsets.push(record.offset);
    } else {
      deadLetters.push(deadLetter(record, batch, decoded.failure, nowMs));
      deadLetterCodes.push(decoded.failure.code);
    }
  }
  return { facts, offsets, deadLetters, deadLetterCodes };
}
