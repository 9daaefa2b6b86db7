import { failed, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import {
  lendableTypes,
  listKinds,
  listName,
  listReasonLengthMax,
  listTypes,
  type ListEntry,
} from '../domain/list-entry.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { parseTime } from '../wire/time.ts';
import { hashOf, readListValue } from './list-value.ts';

/** An entry as a person writes it; an empty text is as good as none. */
export interface ListDraft {
  readonly list: string;
  readonly kind: string;
  readonly type: string;
  /** What is listed, in any spelling. It is hashed and not kept. */
  readonly value: string;
  readonly reason: string;
  readonly author: string;
  /** A time, or how long from now: `7d`. */
  readonly expires?: string | undefined;
  readonly reference?: string | undefined;
}

const units = { h: 3_600_000, d: 24 * 3_600_000 } as const;

/**
 * Makes an entry of what a person wrote, or says what is wrong with it and what to write. The value itself is in no message.
 * @param nowMs when it is written, milliseconds since the epoch
 */
export function entryOfDraft(draft: ListDraft, hasher: EntityKeyHasher, nowMs: number): Result<ListEntry> {
  const { list, reason, author, reference = '' } = draft;
  const kind = listKinds.find((one) => one === draft.kind);
  const type = listTypes.find((one) => one === draft.type);
  if (!listName.test(list)) return invalid('list is not a name of small letters, digits and hyphens, at most 63.');
  if (kind === undefined) return invalid(`kind is not one of ${listKinds.join(', ')}.`);
  if (type === undefined) return invalid(`type is not one of ${listTypes.join(', ')}.`);
  if (!isText(reason, listReasonLengthMax))
    return invalid(`reason is not a sentence of 1 to ${listReasonLengthMax} characters.`);
  if (!isText(author, limits.identifierLengthMax)) return invalid('author is not a name of 1 to 256 characters.');
  if (reference !== '' && !isText(reference, limits.identifierLengthMax))
    return invalid('reference is longer than 256 characters.');
  const expiresMs = expiryOf(draft.expires ?? '', nowMs);
  if (Number.isNaN(expiresMs))
    return invalid('expires is no time such as 2026-12-24T09:00:00Z, and not like 7d or 12h.');
  if (expiresMs <= nowMs) return invalid('expires is past.');
  if (kind === 'deny' && expiresMs === Infinity && lendableTypes.has(type))
    return invalid(`expires is missing: ${type} passes from one to another, so a denial needs an end, such as 7d.`);
  const value = readListValue(type, draft.value);
  if (!value.ok) return invalid(`value: ${value.failure.message}`);
  const { text, network } = value.value;
  return success({
    list,
    kind,
    type,
    hash: hashOf(hasher, type, text),
    reason,
    author,
    createdMs: nowMs,
    expiresMs,
    ...(reference === '' ? {} : { reference }),
    ...(network === undefined ? {} : { network }),
  });
}

function isText(text: string, lengthMax: number): boolean {
  return text.trim() !== '' && text.length <= lengthMax && text.isWellFormed();
}

/** Infinity for none, NaN for what is no time. */
function expiryOf(text: string, nowMs: number): number {
  if (text === '') return Infinity;
  const [, count, unit] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  return count === undefined ? parseTime(text) : nowMs + Number(count) * units[unit as keyof typeof units];
}

function invalid(message: string): Result<never> {
  return failed('LIST_ENTRY_INVALID', message);
}
