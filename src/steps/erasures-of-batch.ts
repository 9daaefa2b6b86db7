import { afterErasures, wordsOver, type HoldWord } from '../domain/legal-hold.ts';
import type { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import type { EventFacts } from '../features/facts.ts';
import type { IncomingRecord, LegalHolds, RecordBatch } from '../ports.ts';
import { deadLetter } from '../wire/dead-letter.ts';
import { holdWordOf } from '../wire/hold-word.ts';
import type { EnrichedBatch } from './enrich-batch.ts';

/** A batch of which it is known whose account goes. */
export interface ErasingBatch {
  /** The batch, in which words that there was no room for are dead letters: whoever keeps holds is told, and can send them again. */
  readonly enriched: EnrichedBatch;
  /** Rows at which an account goes: of a request that nothing holds, or of the word by which the last hold ended. */
  readonly rows: ReadonlySet<number>;
  /** The batch is settled: lets go of what asked for it. May be repeated; without it, the account is forgotten once more. */
  done(): Promise<void>;
}

const noRows: ReadonlySet<number> = new Set();

/** A batch that says nothing of who may be forgotten, as nearly all do not. */
export function withoutErasures(enriched: EnrichedBatch): ErasingBatch {
  return { enriched, rows: noRows, done: () => Promise.resolve() };
}

export function speaksOfErasure(facts: readonly EventFacts[]): boolean {
  return facts.some(({ event }) => holdWordOf(event, event.timeMs) !== undefined);
}

/**
 * Takes what a batch says of who may be forgotten, in the order of its rows: a request waits while a hold stands, and what is due by the time its
 * word was written is done at its row. To be repeated with the same batch, as often as it comes: what is kept is the same then. Rejects with
 * `FailureError` `STORE_UNAVAILABLE` and nothing else.
 *
 * Not while another of the same accounts is under way (`AccountTurns`).
 * @param hasher under whose key holds are named
 * @param nowMs milliseconds since the epoch: no record was written later
 * @param dating `event`: what comes from a file was written when it happened
 */
export async function erasuresOfBatch(
  holds: LegalHolds,
  hasher: EntityKeyHasher,
  enriched: EnrichedBatch,
  batch: RecordBatch,
  nowMs: number,
  dating: 'clock' | 'event',
): Promise<ErasingBatch> {
  const records = new Map(batch.records.map((record) => [record.offset, record]));
  const erased = new Set<number>();
  const refused = new Set<number>();
  const known = new Map<string, readonly HoldWord[]>();
  const over: { readonly account: string; readonly words: readonly HoldWord[] }[] = [];
  for (const [row, { event }] of enriched.facts.entries()) {
    const offset = enriched.offsets[row]!;
    const writtenMs = Math.min(
      nowMs,
      dating === 'clock' ? writtenOf(records.get(offset)!, event.timeMs) : event.timeMs,
    );
    const said = holdWordOf(event, writtenMs);
    if (said === undefined) continue;
    const word = keyed(said, hasher);
    const account = event.subject;
    const former = known.get(account) ?? (await holds.of(account));
    const words = [...former, word];
    // What is said in the moment of a request, or of the end of a hold, and was written before it, is known by now.
    const left = afterErasures(words, Math.max(writtenMs, word.timeMs + 1));
    const isKept = left.includes(word) && !saysNothingNew(word, former);
    if (isKept && !(await holds.add(account, word, batch.partition))) {
      refused.add(offset);
      known.set(account, former);
      continue;
    }
    known.set(account, left);
    if (left.length === words.length) continue;
    erased.add(offset);
    over.push({ account, words: wordsOver(former, left) });
  }
  const without = refused.size === 0 ? enriched : withoutRefused(enriched, batch, refused, records, nowMs);
  return {
    enriched: without,
    rows: new Set(without.offsets.keys().filter((row) => erased.has(without.offsets[row]!))),
    done: async () => {
      for (const { account, words } of over) if (words.length > 0) await holds.remove(account, words);
    },
  };
}

/** No kind of entity. */
const holdKind = 255;

/** Authority and reference could be guessed from a hash that anybody can make. */
function keyed(word: HoldWord, hasher: EntityKeyHasher): HoldWord {
  if (word.hold === null) return word;
  hasher.hashText(holdKind, word.hold);
  return { ...word, hold: [hasher.high, hasher.low].map((half) => half.toString(16).padStart(8, '0')).join('') };
}

function writtenOf({ timestampMs }: IncomingRecord, eventMs: number): number {
  return Number.isNaN(timestampMs) ? eventMs : timestampMs;
}

/** Who asks again while his request waits is forgotten with it. */
function saysNothingNew(word: HoldWord, former: readonly HoldWord[]): boolean {
  return isRequest(word) && former.some((one) => isRequest(one) && one.timeMs <= word.timeMs);
}

function isRequest({ type }: HoldWord): boolean {
  return type === 'account.erasure_requested';
}

const noRoom = {
  code: 'LEGAL_HOLDS_FULL',
  message: `No more holds are placed on over ${limits.heldAccountsMax} accounts, ${limits.holdWordsMax} words of one, or ${limits.heldWordsMax} of all.`,
} as const satisfies Failure;

function withoutRefused(
  enriched: EnrichedBatch,
  batch: RecordBatch,
  refused: ReadonlySet<number>,
  records: ReadonlyMap<number, IncomingRecord>,
  nowMs: number,
): EnrichedBatch {
  const isLeft = (_: unknown, row: number): boolean => !refused.has(enriched.offsets[row]!);
  const letters = [
    ...enriched.deadLetters.map((record, index) => ({
      record,
      code: enriched.deadLetterCodes[index]!,
      offset: enriched.deadLetterOffsets[index]!,
    })),
    ...Array.from(refused, (offset) => ({
      record: deadLetter(records.get(offset)!, batch, noRoom, nowMs),
      code: noRoom.code,
      offset,
    })),
  ].toSorted((first, second) => first.offset - second.offset);
  return {
    ...enriched,
    facts: enriched.facts.filter(isLeft),
    offsets: enriched.offsets.filter(isLeft),
    deadLetters: letters.map(({ record }) => record),
    deadLetterCodes: letters.map(({ code }) => code),
    deadLetterOffsets: letters.map(({ offset }) => offset),
  };
}
