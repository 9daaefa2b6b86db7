import { hash } from 'node:crypto';
import { eventKey, isLabelEvent, type AccountEvent } from '../domain/event.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { acceptEvent } from '../wire/accept-event.ts';
import { explainEvent } from '../wire/explain-event.ts';
import { endOfHold, nameOfHold } from '../wire/hold-word.ts';
import { parseTime } from '../wire/time.ts';
import type { ArchiveItem, WordType } from './item.ts';

type ReadWord = Pick<Extract<ArchiveItem, { kind: 'word' }>, 'accountId' | 'facts' | 'hold' | 'untilMs' | 'body'>;

/** Hex digits of an id. */
const digits = 32;

/** What an event of the labels topic is to the archive, of its JSON. */
export function readWord(json: unknown): Result<ReadWord> {
  const event = acceptEvent(json);
  if (event === undefined) {
    const { message, path } = explainEvent(json);
    return failed('ARCHIVE_RECORD_INVALID', message, path);
  }
  return wordOfEvent(event);
}

/** The same of a word as it was sealed, by this version or by one that took any time for when something was asked. */
export function readSealedWord(json: unknown): Result<ReadWord> {
  const read = readWord(json);
  if (!read.ok) return read;
  const { data } = json as { readonly data: { readonly asked_at?: string } };
  const askedMs = data.asked_at === undefined ? null : parseTime(data.asked_at);
  return success({ ...read.value, facts: { ...read.value.facts, askedMs }, body: JSON.stringify(json) });
}

export function wordOfEvent(event: AccountEvent): Result<ReadWord> {
  if (!isLabelEvent(event.type))
    return failed('ARCHIVE_RECORD_INVALID', `An event of type ${event.type} is nothing that people say.`, '$.type');
  const labelled = event.type === 'account.labelled' ? event.data : undefined;
  return success({
    accountId: event.subject,
    facts: {
      id: hash('sha256', eventKey(event), 'hex').slice(0, digits),
      timeMs: event.timeMs,
      type: event.type as WordType,
      label: labelled?.label ?? null,
      saidBy: labelled?.by ?? null,
      decision: labelled?.decision ?? null,
      askedMs: labelled?.asked_at === undefined ? null : parseTime(labelled.asked_at),
    },
    hold: nameOfHold(event),
    untilMs: endOfHold(event),
    body: bodyOf(event),
  });
}

/** Members that are kept. The context is not: an address or a device of whoever spoke is nobody's affair here. */
const keptMembers = [
  'label',
  'by',
  'author',
  'reason',
  'decision',
  'asked_at',
  'authority',
  'reference',
  'until',
  'list',
  'kind',
  'entry',
] as const;

/** The event again, of what is kept of it: read once more, it comes to the same. */
function bodyOf({ id, source, type, subject, timeMs, data }: AccountEvent): string {
  const members: { readonly [name: string]: unknown } = { ...data };
  const kept = keptMembers.flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]] as const]));
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({ specversion: '1.0', id, source, type, subject, time, data: Object.fromEntries(kept) });
}
