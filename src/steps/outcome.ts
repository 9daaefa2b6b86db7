import type { Decision } from '../domain/decision.ts';
import type { FailureCode } from '../domain/failure.ts';
import type { OutgoingRecord, RecordBatch, StandingChange } from '../ports.ts';
import type { EnrichedBatch } from './enrich-batch.ts';

/** What stands for an account from one row of a batch on. */
export interface RowChange extends StandingChange {
  readonly row: number;
}

/** What was decided about one row of a batch. */
export interface RowDecision {
  readonly row: number;
  readonly decision: Decision;
}

/** What was decided of one record. Neither a decision nor a dead letter: there was nothing to say. */
export interface Outcome {
  readonly offset: number;
  /** Of the record: tells it from another one at the same offset, in a partition that was made anew. */
  readonly timestampMs: number;
  readonly decision: Decision | null;
  readonly deadLetter: { readonly record: OutgoingRecord; readonly code: FailureCode } | null;
  /** What stands for its account from then on; null where nothing new does. */
  readonly change: StandingChange | null;
}

/**
 * The outcomes of a batch's records, in their order, without those that are settled. What was decided of a record before is not
 * decided otherwise now, though the model, the policy or the clock be another.
 * @param known outcomes from before, by offset.
 */
export function outcomesOf(
  { records }: RecordBatch,
  enriched: EnrichedBatch,
  decisions: readonly RowDecision[],
  changes: readonly RowChange[],
  known: ReadonlyMap<number, Outcome>,
  settledOffset: number,
): readonly Outcome[] {
  const decisionOf = atOffset(decisions, ({ row }) => enriched.offsets[row]!);
  const changeOf = atOffset(changes, ({ row }) => enriched.offsets[row]!);
  const deadLetterOf = atOffset(
    enriched.deadLetters.map((record, index) => ({ record, code: enriched.deadLetterCodes[index]! })),
    (_, index) => enriched.deadLetterOffsets[index]!,
  );
  const outcomes: Outcome[] = [];
  for (const { offset, timestampMs } of records) {
    const fresh = {
      offset,
      timestampMs,
      decision: decisionOf(offset)?.decision ?? null,
      deadLetter: deadLetterOf(offset),
      change: changeOf(offset),
    };
    if (offset > settledOffset) outcomes.push(known.get(offset) ?? fresh);
  }
  return outcomes;
}

/** The standings that outcomes leave, one for each account that has a new one. */
export function standingsAfter(outcomes: readonly Outcome[]): readonly StandingChange[] {
  const latest = new Map<string, StandingChange>();
  for (const { change } of outcomes) if (change !== null) latest.set(`${change.keyHigh}:${change.keyLow}`, change);
  return [...latest.values()];
}

/** Finds items by offset, asked for in rising order as the items are. */
function atOffset<T>(items: readonly T[], offsetOf: (item: T, index: number) => number): (offset: number) => T | null {
  let next = 0;
  return (offset) => {
    const item = items[next];
    if (item === undefined || offsetOf(item, next) !== offset) return null;
    next++;
    return item;
  };
}
