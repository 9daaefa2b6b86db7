import { isLabelEvent, type AccountEvent } from '../domain/event.ts';
import type { Failure, FailureCode, Result } from '../domain/failure.ts';
import type { IncomingRecord, OutgoingRecord, RecordBatch } from '../ports.ts';
import type { Misplacement } from '../telemetry.ts';
import { deadLetter } from '../wire/dead-letter.ts';
import { decodeEvent } from '../wire/decode-event.ts';
import { misplacementOf } from './record-key.ts';
import { isPast, unbounded, type TimeBounds } from './time-bounds.ts';

/** A batch, read: each record is in exactly one of `events` and `deadLetters`. */
export interface DecodedBatch {
  /** Events in the order of the records. */
  readonly events: readonly AccountEvent[];
  /** Offset of the record that each event came in. */
  readonly offsets: readonly number[];
  /** Of these, those of events that are past: they fill history, and are not decided. */
  readonly pastOffsets: ReadonlySet<number>;
  readonly deadLetters: readonly OutgoingRecord[];
  readonly deadLetterCodes: readonly FailureCode[];
  /** One for each event whose record is not keyed by its account. */
  readonly misplaced: readonly Misplacement[];
  /** Offset of the record that each dead letter is. */
  readonly deadLetterOffsets: readonly number[];
}

/**
 * Reads all records. What is no valid event, or one whose time is out of bounds, becomes a dead letter with its bytes unchanged.
 * @param nowMs milliseconds since the epoch: when a dead letter failed.
 * @param labelsTopic the one topic that labels may come by; null where they may come by any.
 */
export function decodeBatch(
  batch: RecordBatch,
  nowMs: number,
  bounds: TimeBounds = unbounded,
  labelsTopic: string | null = null,
): DecodedBatch {
  const events: AccountEvent[] = [];
  const offsets: number[] = [];
  const pastOffsets = new Set<number>();
  const deadLetters: OutgoingRecord[] = [];
  const deadLetterCodes: FailureCode[] = [];
  const deadLetterOffsets: number[] = [];
  const misplaced: Misplacement[] = [];
  for (const { record, outcome } of outcomesOf(batch, bounds, labelsTopic)) {
    if ('code' in outcome) {
      deadLetters.push(deadLetter(record, batch, outcome, nowMs));
      deadLetterCodes.push(outcome.code);
      deadLetterOffsets.push(record.offset);
      continue;
    }
    events.push(outcome);
    offsets.push(record.offset);
    if (isPast(bounds.past, outcome.timeMs, record.timestampMs)) pastOffsets.add(record.offset);
    const misplacement = misplacementOf(record.key, outcome.subject);
    if (misplacement !== undefined) misplaced.push(misplacement);
  }
  return { events, offsets, pastOffsets, deadLetters, deadLetterCodes, deadLetterOffsets, misplaced };
}

/** What came as something unreadable is no event, whatever its bytes say. */
function read(record: IncomingRecord, mayLabel: boolean): Result<AccountEvent> {
  if (record.failure !== undefined) return { ok: false, failure: record.failure };
  const decoded = decodeEvent(record);
  if (mayLabel || !decoded.ok || !isLabelEvent(decoded.value.type)) return decoded;
  return { ok: false, failure: { code: 'EVENT_WRONG_TOPIC', message: `${decoded.value.type} belongs to the labels.` } };
}

interface Outcome {
  readonly record: IncomingRecord;
  readonly outcome: AccountEvent | Failure;
}

/** Times are judged together: what bounds one may be the events after it. */
function outcomesOf(batch: RecordBatch, bounds: TimeBounds, labelsTopic: string | null): Outcome[] {
  // Whoever may write events could otherwise say of anybody that he is fake.
  const mayLabel = labelsTopic === null || batch.topic === labelsTopic;
  const decoded = batch.records.map((record) => read(record, mayLabel));
  const judged = bounds.judge(
    decoded.flatMap((result) => (result.ok ? [result.value.timeMs] : [])),
    batch.records.flatMap(({ timestampMs }, at) => (decoded[at]!.ok ? [timestampMs] : [])),
  );
  let next = 0;
  return decoded.map((result, at) => {
    const record = batch.records[at]!;
    if (!result.ok) return { record, outcome: result.failure };
    return { record, outcome: judged[next++] ?? result.value };
  });
}
