import type { WireErased } from './erased-schema.ts';

/** What is told of an erasure, times in milliseconds since the epoch. */
export interface ToldErasure {
  readonly id: string;
  readonly requestedMs: number;
  readonly dueMs: number;
  readonly erasedMs: number;
  readonly decisions: number;
  readonly words: number;
  readonly exports: number;
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
