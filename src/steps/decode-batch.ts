import assert from 'node:assert/strict';
import { isLabelEvent, type AccountEvent, type EventType } from '../domain/event.ts';
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

/** The one topic that some types of events may come by. */
export interface OwnTopics {
  /** Of what people say; null where it may come by any. */
  readonly labels: string | null;
  /** Of what groups came to; null where nobody looks for groups: it may come by none. */
  readonly verdicts: string | null;
}

export const noOwnTopics: OwnTopics = Object.freeze({ labels: null, verdicts: null });

/**
 * Reads all records. What is no valid event, or one whose time is out of bounds, becomes a dead letter with its bytes unchanged.
 * @param nowMs milliseconds since the epoch: when a dead letter failed.
 */
export function decodeBatch(
  batch: RecordBatch,
  nowMs: number,
  bounds: TimeBounds = unbounded,
  topics: OwnTopics = noOwnTopics,
): DecodedBatch {
  const events: AccountEvent[] = [];
  const offsets: number[] = [];
  const pastOffsets = new Set<number>();
  const deadLetters: OutgoingRecord[] = [];
  const deadLetterCodes: FailureCode[] = [];
  const deadLetterOffsets: number[] = [];
  const misplaced: Misplacement[] = [];
  for (const { record, outcome } of outcomesOf(batch, bounds, topics)) {
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

/** The event of a record, whenever it is said to have happened. What came as something unreadable is no event, whatever its bytes say. */
export function readEvent(record: IncomingRecord, topic: string, topics: OwnTopics): Result<AccountEvent> {
  if (record.failure !== undefined) return { ok: false, failure: record.failure };
  const decoded = decodeEvent(record);
  if (!decoded.ok) return decoded;
  const { type } = decoded.value;
  const owner = ownerOf(type, topic, topics);
  return owner === null
    ? decoded
    : { ok: false, failure: { code: 'EVENT_WRONG_TOPIC', message: `${type} belongs to the ${owner}.` } };
}

/** Whose topic an event should have come by; null where it may come by this one. Whoever may write events could otherwise say of anybody that he is fake. */
function ownerOf(type: EventType, topic: string, { labels, verdicts }: OwnTopics): string | null {
  if (type === 'account.group_verdict') return topic === verdicts ? null : 'verdicts of groups';
  if (topic === verdicts) return 'events';
  return isLabelEvent(type) && labels !== null && topic !== labels ? 'labels' : null;
}

interface Outcome {
  readonly record: IncomingRecord;
  readonly outcome: AccountEvent | Failure;
}

/** Times are judged together: what bounds one may be the events after it. */
function outcomesOf(batch: RecordBatch, bounds: TimeBounds, topics: OwnTopics): Outcome[] {
  const decoded: Result<AccountEvent>[] = [];
  const timesMs: number[] = [];
  const timestampsMs: number[] = [];
  for (const record of batch.records) {
    const result = readEvent(record, batch.topic, topics);
    decoded.push(result);
    if (!result.ok) continue;
    timesMs.push(result.value.timeMs);
    timestampsMs.push(record.timestampMs);
  }
  const judged = bounds.judge(timesMs, timestampsMs);
  assert(judged.length === timesMs.length, 'one that is not judged would pass for one within bounds');
  let next = 0;
  return decoded.map((result, at) => {
    const record = batch.records[at]!;
    if (!result.ok) return { record, outcome: result.failure };
    return { record, outcome: judged[next++] ?? result.value };
  });
}
