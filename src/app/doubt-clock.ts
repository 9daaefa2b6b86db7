import { FailureError } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { Clock, IncomingRecord, RecordBatch } from '../ports.ts';
import { ClockWatch, witnessesMax } from '../steps/clock-watch.ts';
import { noOwnTopics, readEvent, type OwnTopics } from '../steps/decode-batch.ts';
import { holdWordOf } from '../wire/hold-word.ts';

/** How slow a clock may be that one witness contradicts, milliseconds: what one wrote further ahead of it was written by a wrong clock. */
const slowMsMax = 15 * 60_000;

/** One of these is in whatever speaks of a hold or asks to be forgotten, unless its letters are written as numbers. */
const traces = ['hold_', 'erasure_', String.raw`\u`].map((text) => Buffer.from(text));

/** A quick look: nearly all records say nothing of who may be forgotten. */
export function maySpeakOfErasure({ value, headers }: IncomingRecord): boolean {
  return hasTrace(value) || headers.some((header) => hasTrace(header.value));
}

function hasTrace(content: Uint8Array | string | null): boolean {
  if (content === null) return false;
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return traces.some((trace) => bytes.includes(trace));
}

/**
 * The same batches, as long as nothing is lost by a slow clock of this machine. What is dated ahead of it is refused, and is not read again: so where that
 * is a word on who may be forgotten, and it may as well be the clock that is wrong, its batch is not handed on. It may be, where the broker says when
 * the word was written, where most of the `witnessesMax` that wrote beside it or next are ahead too, and where it is by `slowMsMax` at most. Throws
 * `FailureError` `CLOCK_BEHIND` then: the clock is to be set, or comes so far by itself.
 *
 * @param ownTopics by which those words may come alone
 * @param batches in the order in which they were written; of those behind such a word up to `witnessesMax` are read before it is handed on
 */
export async function* doubtingClock(
  batches: AsyncIterable<RecordBatch>,
  clock: Pick<Clock, 'nowMs'>,
  ownTopics: OwnTopics = noOwnTopics,
): AsyncGenerator<RecordBatch> {
  const watch = new ClockWatch();
  let waiting: RecordBatch[] = [];
  let doubtful: RefusedWord | undefined;
  let heard = 0;
  let enough = Infinity;
  // Few who are wrong are a majority of few.
  const isAccused = (): boolean => heard >= witnessesMax && watch.isAccused(clock.nowMs());
  for await (const batch of batches) {
    watch.hear(batch);
    waiting.push(batch);
    heard += batch.records.length;
    for (const word of refusedWordsOf(batch, clock.nowMs(), ownTopics)) {
      if (word.isCertain) throw clockBehind(word, clock.nowMs());
      if (doubtful === undefined) enough = heard - word.recordsBehind + witnessesMax;
      doubtful ??= word;
    }
    if (doubtful !== undefined && heard < enough) continue;
    if (doubtful !== undefined && isAccused()) throw clockBehind(doubtful, clock.nowMs());
    yield* waiting;
    waiting = [];
    doubtful = undefined;
  }
  if (doubtful !== undefined && isAccused()) throw clockBehind(doubtful, clock.nowMs());
  yield* waiting;
}

/** A word on who may be forgotten that the clock refuses. */
interface RefusedWord {
  /** Where it is. */
  readonly place: string;
  readonly writtenMs: number;
  /** Needs no further witness. */
  readonly isCertain: boolean;
  /** Of its batch. */
  readonly recordsBehind: number;
}

function refusedWordsOf(
  { topic, partition, records }: RecordBatch,
  nowMs: number,
  ownTopics: OwnTopics,
): RefusedWord[] {
  return records.flatMap((record, index) => {
    const { offset, timestampMs: writtenMs, isDatedByBroker } = record;
    if (!(writtenMs > nowMs) || !isRefusedWord(record, topic, nowMs, ownTopics)) return [];
    const isCertain = isDatedByBroker === true || writtenMs - nowMs <= slowMsMax;
    const place = `${topic} [${partition}], offset ${offset}`;
    return [{ place, writtenMs, isCertain, recordsBehind: records.length - 1 - index }];
  });
}

/** A word in a topic of others is refused whatever the time is. */
function isRefusedWord(record: IncomingRecord, topic: string, nowMs: number, ownTopics: OwnTopics): boolean {
  if (!maySpeakOfErasure(record)) return false;
  const decoded = readEvent(record, topic, ownTopics);
  if (!decoded.ok || holdWordOf(decoded.value, nowMs) === undefined) return false;
  return decoded.value.timeMs > nowMs + limits.eventAheadMsMax;
}

function clockBehind({ place, writtenMs }: RefusedWord, nowMs: number): FailureError {
  const byS = Math.ceil((writtenMs - nowMs) / 1_000);
  const message = `A legal hold, its end or a request to be forgotten was written ${byS} s ahead of this machine's clock: ${place}.`;
  return new FailureError({ code: 'CLOCK_BEHIND', message });
}
