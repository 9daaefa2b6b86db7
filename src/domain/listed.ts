import type { ListEntry, ListKind, ListType } from './list-entry.ts';

/** The entries of lists that hold for one event. */
export interface Listed {
  /** About the account itself, a denial before a permission; undefined where none is. */
  readonly account: ListEntry | undefined;
  /** About something else of the event that is denied: the first of them. */
  readonly denied: ListEntry | undefined;
  /** All of them, in the order of the types. */
  readonly entries: readonly ListEntry[];
}

/** What an event says of a list about its account, beside what the lists say of it: they may not have been read that far yet. */
export function withEntry(listed: Listed | undefined, entry: ListEntry): Listed {
  if (listed === undefined) return { account: entry, denied: undefined, entries: [entry] };
  if (listed.entries.some(({ list, type, hash }) => list === entry.list && type === entry.type && hash === entry.hash))
    return listed;
  const account = listed.account?.kind === 'deny' ? listed.account : entry;
  return { ...listed, account, entries: [entry, ...listed.entries] };
}

/** The entry that asks for a block; undefined where none does. What else is denied does not count for an account that is let through. */
export function denyingEntry({ account, denied }: Listed): ListEntry | undefined {
  if (account !== undefined) return account.kind === 'deny' ? account : undefined;
  return denied;
}

/** The entry that lets the account through, whatever is found. */
export function allowingEntry({ account }: Listed): ListEntry | undefined {
  return account?.kind === 'allow' ? account : undefined;
}

/** Whether what an event says is on a list, by an entry of one of these types, whatever its kind. */
export type ListLookup = (list: string, types: readonly ListType[]) => boolean;

/** How decisions name an entry. */
export interface ListedReference {
  readonly list: string;
  readonly kind: ListKind;
  readonly type: ListEntry['type'];
  /** The keyed hash that it is kept under. */
  readonly entry: string;
}
