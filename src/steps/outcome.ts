import assert from 'node:assert/strict';
import type { Decision } from '../domain/decision.ts';
import type { FailureCode } from '../domain/failure.ts';
import type { FoundVerdict, GroupVerdict } from '../domain/group-verdict.ts';
import { accountKeyAt, type ObservationBatch } from '../features/observation.ts';
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
  /** What groups came to by it, for whoever owns their accounts; nearly always nothing. */
  readonly verdicts: readonly GroupVerdict[];
}

/** Whether it is told to anybody: nearly all outcomes are silence, so whoever gathers what is told looks at no others. */
export function isTold({ decision, deadLetter, verdicts }: Outcome): boolean {
  return decision !== null || deadLetter !== null || verdicts.length > 0;
}

const noVerdicts: readonly GroupVerdict[] = Object.freeze([]);

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
  found: readonly FoundVerdict[],
  known: ReadonlyMap<number, Outcome>,
  settledOffset: number,
): readonly Outcome[] {
  const decisionOf = atOffset(decisions, ({ row }) => enriched.offsets[row]!);
  const changeOf = atOffset(changes, ({ row }) => enriched.offsets[row]!);
  const verdictsOf = found.length === 0 ? undefined : Map.groupBy(found, ({ row }) => enriched.offsets[row]!);
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
      verdicts: verdictsOf?.get(offset)?.map(({ verdict }) => verdict) ?? noVerdicts,
    };
    if (offset > settledOffset) outcomes.push(known.get(offset) ?? fresh);
  }
  // One that stood out of order would have hidden all behind it.
  const isEachTaken = decisionOf.isAtEnd() && changeOf.isAtEnd() && deadLetterOf.isAtEnd();
  assert(isEachTaken, 'what was decided is of records of the batch, in their order');
  return outcomes;
}

/**
 * The standings that outcomes leave, one for each account that has a new one, which also says what stood before it meanwhile: what is kept of
 * an account does not depend on where batches end. Of an account that asked to be forgotten nothing from before
 * that is left: the batch is settled after history has forgotten it, and would bring it back.
 */
export function standingsAfter(
  outcomes: readonly Outcome[],
  observations: Pick<ObservationBatch, 'count' | 'keys' | 'offsets' | 'erases'>,
): readonly StandingChange[] {
  const erasedAt = erasuresOf(observations);
  const latest = new Map<string, StandingChange>();
  for (const { offset, change } of outcomes) {
    if (change === null) continue;
    const account = `${change.keyHigh}:${change.keyLow}`;
    if (offset <= (erasedAt.get(account) ?? -1)) continue;
    const former = latest.get(account);
    latest.set(account, former !== undefined && acts(former) ? { ...change, hasActed: true } : change);
  }
  return [...latest.values()];
}

function acts({ standing, hasActed }: StandingChange): boolean {
  return standing.action !== 'allow' || hasActed === true;
}

/** By account, the offset of the last event by which it asked to be forgotten. */
function erasuresOf({
  count,
  keys,
  offsets,
  erases,
}: Parameters<typeof standingsAfter>[1]): ReadonlyMap<string, number> {
  const erasedAt = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    if (erases[row] !== 1) continue;
    const key = accountKeyAt(row);
    erasedAt.set(`${keys[key]}:${keys[key + 1]}`, offsets[row]!);
  }
  return erasedAt;
}

interface AtOffset<T> {
  (offset: number): T | null;
  /** Whether all of them were found. */
  readonly isAtEnd: () => boolean;
}

/** Finds items by offset, asked for in rising order as the items are. */
function atOffset<T>(items: readonly T[], offsetOf: (item: T, index: number) => number): AtOffset<T> {
  let next = 0;
  const find = (offset: number): T | null => {
    const item = items[next];
    if (item === undefined || offsetOf(item, next) !== offset) return null;
    next++;
    return item;
  };
  return Object.assign(find, { isAtEnd: () => next === items.length });
}
