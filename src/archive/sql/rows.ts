import type { Sample } from '../../domain/decision.ts';
import type { SqlRow, SqlValue } from '../../sql-database.ts';
import type { ErasureRecord, StatementRecord } from '../archive.ts';
import type { ArchiveItem, ChangeFacts, DecisionFacts, WordFacts } from '../item.ts';

/** What is read of tables, as what it means. Their writers are in this room too: a cast here is no guess. */

type Facts<Kind extends ArchiveItem['kind']> = Extract<ArchiveItem, { kind: Kind }>['facts'];

/** In the order of `decisionColumns`. */
export function decisionRow(facts: Facts<'decision'>, account: number | null, body: Uint8Array | null): SqlValue[] {
  return [
    facts.id,
    account,
    facts.timeMs,
    facts.mode,
    facts.action,
    facts.due,
    facts.cause,
    facts.saidBy,
    facts.eventType,
    writeFlag(facts.exists),
    facts.createdMs,
    writeFlag(facts.reported),
    facts.score,
    facts.role,
    facts.model,
    facts.policy,
    facts.norms,
    writeNames(facts.rules),
    writeNames(facts.matched),
    writeNames(facts.restrainedBy),
    writeNames(facts.degraded),
    facts.supersedes,
    facts.sample?.kind ?? null,
    facts.sample?.probability ?? null,
    facts.sample?.ofAny ?? null,
    facts.cohort,
    body,
  ];
}

export function decisionOf(row: SqlRow): DecisionFacts {
  return {
    id: row['id'],
    account: row['account'],
    timeMs: row['time_ms'],
    mode: row['mode'],
    action: row['action'],
    due: row['due'],
    cause: row['cause'],
    saidBy: row['said_by'],
    eventType: row['event_type'],
    exists: readFlag(row['has_account']!),
    createdMs: row['created_ms'],
    reported: readFlag(row['reported']!),
    score: row['score'],
    role: row['role'],
    model: row['model'],
    policy: row['policy'],
    norms: row['norms'],
    rules: readNames(row['rules']!),
    matched: readNames(row['matched']!),
    restrainedBy: readNames(row['restrained_by']!),
    degraded: readNames(row['degraded']!),
    supersedes: row['supersedes'],
    sample: sampleOf(row),
    cohort: row['cohort'],
  } as DecisionFacts;
}

function sampleOf({ sample, probability, of_any: ofAny }: SqlRow): Sample | null {
  if (sample === null) return null;
  return { kind: sample, probability, ...(ofAny === null ? {} : { ofAny }) } as unknown as Sample;
}

/** In the order of `wordColumns`. */
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

/** Both databases have numbers, and only one has flags. */
function writeFlag(flag: boolean | null): number | null {
  return flag === null ? null : Number(flag);
}

function readFlag(value: SqlValue): boolean | null {
  return value === null ? null : value === 1;
}

/** Names hold no line break. */
function writeNames(names: readonly string[]): string {
  return names.join('\n');
}

const none: readonly string[] = Object.freeze([]);

function readNames(text: SqlValue): readonly string[] {
  return text === '' ? none : (text as string).split('\n');
}
