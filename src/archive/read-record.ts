import { hash } from 'node:crypto';
import { assertNever, failed, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { IncomingRecord } from '../ports.ts';
import { decodeDecision } from '../wire/decode-decision.ts';
import { decodeEvent } from '../wire/decode-event.ts';
import type { ArchiveItem, ChangeFacts, Origin } from './item.ts';
import { keptOfDecision } from './read-decision.ts';
import { wordOfEvent } from './read-word.ts';

/** What travels on a topic that the archive reads. */
export const archivedRoles = ['decisions', 'shadowDecisions', 'labels', 'lists', 'control'] as const;
export type ArchivedRole = (typeof archivedRoles)[number];

const decoder = new TextDecoder('utf-8', { fatal: true });
/** Hex digits of the id of a change that came from a file. */
const digits = 32;

/** What a record of Kafka is to the archive. No failure cites what was received. */
export function readRecord(
  role: ArchivedRole,
  record: IncomingRecord,
  place: { readonly topic: string; readonly partition: number },
): Result<ArchiveItem> {
  if (record.failure !== undefined) return { ok: false, failure: record.failure };
  const { topic, partition } = place;
  const origin: Origin = { topic, partition, offset: record.offset };
  switch (role) {
    case 'decisions':
    case 'shadowDecisions':
      return archivedDecision(record.value, origin);
    case 'labels':
      return archivedWord(record, origin);
    case 'lists':
    case 'control':
      return archivedChange(role, record, origin);
    default:
      return assertNever(role);
  }
}

/** A decision, of its JSON as it travels. @param origin null where it comes from no topic */
export function archivedDecision(value: Uint8Array | null, origin: Origin | null): Result<ArchiveItem> {
  const read = decodeDecision(value);
  if (!read.ok) return failed('ARCHIVE_RECORD_INVALID', read.message, read.path);
  const kept = keptOfDecision(read.decision, read.text);
  return kept.ok ? success({ kind: 'decision', origin, ...kept.value }) : kept;
}

function archivedWord(record: IncomingRecord, origin: Origin): Result<ArchiveItem> {
  const event = decodeEvent(record);
  if (!event.ok) return event;
  const word = wordOfEvent(event.value);
  if (!word.ok) return word;
  const { timestampMs } = record;
  const takenMs = Number.isNaN(timestampMs) ? event.value.timeMs : timestampMs;
  return success({ kind: 'word', origin, takenMs, ...word.value });
}

function archivedChange(
  log: ChangeFacts['log'],
  { key, value, timestampMs }: IncomingRecord,
  origin: Origin,
): Result<ArchiveItem> {
  if (key === null) return failed('ARCHIVE_RECORD_INVALID', 'A change has a key.');
  if (key.length > limits.changeKeyLengthMax || (value?.length ?? 0) > limits.changeValueBytesMax)
    return failed('ARCHIVE_RECORD_INVALID', 'A change is larger than it may be.');
  const name = textOf(key);
  const content = value === null ? null : textOf(value);
  if (name === undefined || content === undefined)
    return failed('ARCHIVE_RECORD_INVALID', 'A change is UTF-8 without NUL.');
  const facts = { log, key: name, value: content, timeMs: Number.isNaN(timestampMs) ? 0 : timestampMs };
  return success({ kind: 'change', id: idOf(facts, origin), origin, facts });
}

/** Of its place, since the same change may be made twice; and of its time, since a topic that is made anew has the same places again. */
function idOf({ log, key, timeMs }: ChangeFacts, { topic, partition, offset }: Origin): string {
  const text = `${topic.length}:${topic} ${partition} ${offset} ${timeMs} ${key}`;
  return `${log}_${hash('sha256', text, 'hex').slice(0, digits)}`;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
