import type { SqlRow, SqlValue } from '../../sql-database.ts';
import type { ErasureRecord, StatementRecord } from '../archive.ts';
import type { ArchiveItem, ChangeFacts, DecisionFacts, WordFacts } from '../item.ts';
import type { OwnFacts, Traits } from './traits.ts';

/** What is read of tables, as what it means. Their writers are in this room too: a cast here is no guess. */

/** In the order of `decisionColumns`. @param trait the number of the rest */
export function decisionRow(
  { id, timeMs, createdMs, score, supersedes, cohort }: OwnFacts,
  trait: number,
  account: number | null,
  body: Uint8Array | null,
): SqlValue[] {
  return [id, account, timeMs, trait, createdMs, score, supersedes, cohort, body];
}

/** Of a row that was read by names. */
export function ownFactsOf(row: SqlRow): OwnFacts {
  return {
    id: row['id'],
    timeMs: row['time_ms'],
    createdMs: row['created_ms'],
    score: row['score'],
    supersedes: row['supersedes'],
    cohort: row['cohort'],
  } as OwnFacts;
}

/** What `decisionOf` reads. */
export const decisionFactColumns = 'time_ms, id, account, trait, created_ms, score, supersedes, cohort';

/** Member by member: a report reads a million of them, and each would be copied by its names. */
export function decisionOf(values: readonly SqlValue[], traits: Traits): DecisionFacts {
  return {
    id: values[1] as string,
    account: values[2] as number | null,
    timeMs: values[0] as number,
    mode: traits.mode,
    action: traits.action,
    due: traits.due,
    cause: traits.cause,
    saidBy: traits.saidBy,
    eventType: traits.eventType,
    exists: traits.exists,
    createdMs: values[4] as number | null,
    reported: traits.reported,
    score: values[5] as number | null,
    role: traits.role,
    model: traits.model,
    policy: traits.policy,
    norms: traits.norms,
    rules: traits.rules,
    matched: traits.matched,
    restrainedBy: traits.restrainedBy,
    degraded: traits.degraded,
    supersedes: values[6] as string | null,
    sample: traits.sample,
    cohort: values[7] as string | null,
  };
}

/** In the order of `wordColumns`. @param untilMs the last moment of a hold; of a request for erasure, when it was written */
export function wordRow(
  { facts, hold, untilMs }: Pick<Extract<ArchiveItem, { kind: 'word' }>, 'facts' | 'hold' | 'untilMs'>,
  account: number | null,
  body: Uint8Array | null,
): SqlValue[] {
  const { id, timeMs, type, label, saidBy, decision, askedMs } = facts;
  return [id, account, timeMs, type, label, saidBy, decision, askedMs, hold, untilMs, body];
}

export function wordOf(row: SqlRow): WordFacts {
  return {
    id: row['id'],
    account: row['account'],
    timeMs: row['time_ms'],
    type: row['type'],
    label: row['label'],
    saidBy: row['said_by'],
    decision: row['decision'],
    askedMs: row['asked_ms'],
  } as WordFacts;
}

export function changeOf(row: SqlRow): ChangeFacts {
  return { log: row['log'], key: row['name'], value: row['value'], timeMs: row['time_ms'] } as ChangeFacts;
}

export function statementOf(row: SqlRow): StatementRecord {
  return {
    decision: row['decision'],
    timeMs: row['time_ms'],
    state: row['state'],
    answer: row['answer'],
  } as StatementRecord;
}

export function erasureOf(row: SqlRow): ErasureRecord {
  return {
    id: row['id'],
    requestedMs: row['requested_ms'],
    dueMs: row['due_ms'],
    erasedMs: row['erased_ms'],
    decisions: row['decisions'],
    words: row['words'],
    exports: row['exports'],
    entries: row['entries'],
  } as ErasureRecord;
}
