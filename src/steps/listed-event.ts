import type { Cause } from '../domain/decision.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { ListEntry } from '../domain/list-entry.ts';

type ListedEvent = Extract<AccountEvent, { type: 'account.listed' }>;

/** The entry that came to name an account, as its event tells of it. Who put it there and why is with the list itself. */
export function entryOfEvent({ timeMs, data: { list, kind, entry } }: ListedEvent): ListEntry {
  return {
    list,
    kind,
    type: 'account',
    hash: entry,
    reason: '',
    author: '',
    createdMs: timeMs,
    expiresMs: Infinity,
  };
}

export function causeOfEntry({ list, hash }: ListEntry): Cause {
  return { kind: 'list', list, entry: hash };
}
