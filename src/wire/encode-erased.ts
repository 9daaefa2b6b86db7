import type { WireErased } from './erased-schema.ts';

/** That an account was forgotten, and what that came to; nothing of whom. Times are milliseconds since the epoch. */
export interface ToldErasure {
  /** A function of the request's event: who asked knows it. */
  readonly id: string;
  readonly requestedMs: number;
  /** When it became due: the request, or the end of the hold that outranked it. */
  readonly dueMs: number;
  readonly erasedMs: number;
  readonly decisions: number;
  readonly words: number;
  readonly exports: number;
  /** Entries of lists about the account. */
  readonly entries: number;
}

/** The value of a record on the topic of confirmations. */
export function encodeErased({ id, requestedMs, dueMs, erasedMs, ...counts }: ToldErasure): string {
  const erased: WireErased = {
    specversion: '1.0',
    type: 'account.erased',
    source: 'winnow',
    id,
    time: timeOf(erasedMs),
    data: {
      requested: timeOf(requestedMs),
      due: timeOf(dueMs),
      forgotten: {
        decisions: counts.decisions,
        words: counts.words,
        exports: counts.exports,
        list_entries: counts.entries,
      },
    },
  };
  return JSON.stringify(erased);
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
