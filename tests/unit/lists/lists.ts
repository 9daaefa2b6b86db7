import type { ListEntry, ListKind, ListType } from '../../../src/domain/list-entry.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { ListBook } from '../../../src/lists/list-book.ts';
import { hashOf, readListValue } from '../../../src/lists/list-value.ts';
import type { ListMatcher } from '../../../src/lists/match.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import { encodeListEntry } from '../../../src/wire/list-schema.ts';

/** Lists as tests write them. */

export const hasher = new EntityKeyHasher(new Uint8Array(16).fill(7));

export interface Draft extends Partial<ListEntry> {
  readonly kind: ListKind;
  readonly type: ListType;
  readonly value: string;
}

export function entryOf({ value, ...draft }: Draft): ListEntry {
  const read = readListValue(draft.type, value);
  if (!read.ok) throw new Error(read.failure.message);
  const { text, network } = read.value;
  return {
    list: 'own',
    reason: 'A test says so',
    author: 'tests',
    createdMs: 0,
    expiresMs: Date.UTC(2100, 0, 1),
    ...draft,
    hash: hashOf(hasher, draft.type, text),
    ...(network === undefined ? {} : { network }),
  };
}

export interface OpenBook {
  readonly book: ListBook;
  readonly refusals: Failure[];
  readonly add: (...drafts: Draft[]) => void;
  readonly remove: (draft: Draft) => void;
}

export function openBook(): OpenBook {
  const refusals: Failure[] = [];
  const book = new ListBook(hasher, {
    listsAway: () => undefined,
    listsBack: () => undefined,
    listEntryRefused: (failure) => refusals.push(failure),
    listsChanged: () => undefined,
  });
  let offset = 0;
  const write = (draft: Draft, isGone: boolean): void => {
    const { key, value } = encodeListEntry(entryOf(draft));
    book.take({ key, value: isGone ? null : Buffer.from(value), offset: (offset += 1) });
  };
  return {
    book,
    refusals,
    add: (...drafts) => drafts.forEach((draft) => write(draft, false)),
    remove: (draft) => write(draft, true),
  };
}

/** A matcher of these entries. */
export function matcherOf(...drafts: Draft[]): ListMatcher {
  const open = openBook();
  open.add(...drafts);
  if (open.refusals.length > 0) throw new Error(JSON.stringify(open.refusals));
  return open.book.lease()!;
}
