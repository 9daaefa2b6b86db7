import { limits } from '../domain/limits.ts';
import type { Failure } from '../domain/failure.ts';
import type { RecordBatch } from '../ports.ts';
import { decodeEvent } from '../wire/decode-event.ts';
import { ahead, behind, type TimeBounds } from './time-bounds.ts';

/** Events that are looked at ahead of the one that is judged. */
export const lookaheadMax = 32;
/** Of these as many must agree: one more than the faulty events that are taken for few. */
const witnessesMin = 9;
/** Fewer following events than this may be faulty for the most part. */
const fewMax = 2 * witnessesMin - 1;
/** Part of the lookahead at either end of time that is passed over, since it may be faulty itself. */
const trimmedPart = 1 / 4;

/**
 * Bounds of a stream that is read from a file: times are held against the newest time of the stream itself, so that the outcome
 * is the same on every day.
 *
 * One faulty event must not become the newest time: a single one a year ahead would make all after it too late. So an event
 * that is more than the allowed 5 minutes ahead of the newest so far is believed only if those that follow it agree, which
 * are there to be asked in a file: after a pause all of them come later, after a faulty event hardly any. Nine have to agree, so
 * that eight others as faulty as itself are not enough; half of them where fewer are left and the pause is less than a year.
 *
 * The first event has nobody before it. It is refused as too far behind when, in time, a gap lies between it and those that
 * follow that is both longer than allowed (a year, where few follow) and longer than they last themselves.
 */
export class StreamBounds implements TimeBounds {
  readonly #behindMsMax: number;
  /** Newest time that was believed; undefined before the first. */
  #newestMs: number | undefined;
  /** First times of the batch after the one that is judged. */
  #followingMs: readonly number[] = [];

  constructor(behindMsMax: number = limits.eventBehindMsMax) {
    this.#behindMsMax = behindMsMax;
  }

  /** The batches, each given out when the first events of the next are known. Holds one batch beside the one in hand. */
  async *readAhead(batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
    let current: RecordBatch | undefined;
    for await (const next of batches) {
      this.#followingMs = firstTimesMs(next);
      if (current !== undefined) yield current;
      current = next;
    }
    this.#followingMs = [];
    if (current !== undefined) yield current;
  }

  judge(timesMs: readonly number[]): readonly (Failure | undefined)[] {
    const known = [...timesMs, ...this.#followingMs];
    return timesMs.map((timeMs, at) => {
      const failure = this.#judgeOne(timeMs, () => known.slice(at + 1, at + 1 + lookaheadMax));
      if (failure === undefined) this.#newestMs = Math.max(timeMs, this.#newestMs ?? timeMs);
      return failure;
    });
  }

  #judgeOne(timeMs: number, nextTimesMs: () => readonly number[]): Failure | undefined {
    const newestMs = this.#newestMs;
    if (newestMs === undefined) return this.#judgeFirst(timeMs, nextTimesMs());
    const earliestMs = newestMs - this.#behindMsMax;
    if (timeMs < earliestMs) return behind(newestMs - timeMs, 'the newest before it', this.#behindMsMax);
    const aheadMs = timeMs - newestMs;
    if (aheadMs <= limits.eventAheadMsMax) return undefined;
    // Those that are too far behind in any case say nothing about how time moves on.
    const nextMs = nextTimesMs().filter((nextTimeMs) => nextTimeMs >= earliestMs);
    const needed = aheadMs > limits.durationMsMax ? witnessesMin : neededOf(nextMs);
    if (witnessesOf(timeMs, nextMs) >= needed) return undefined;
    return ahead(aheadMs, 'the newest before it, and those after it do not follow');
  }

  #judgeFirst(timeMs: number, nextMs: readonly number[]): Failure | undefined {
    if (nextMs.length === 0) return undefined;
    const [earlyMs, lateMs] = middleOf(nextMs);
    if (witnessesOf(timeMs, nextMs) < neededOf(nextMs)) return ahead(timeMs - lateMs, 'those after it');
    const gapMs = longestStepMs([timeMs, ...nextMs.filter((nextTimeMs) => nextTimeMs <= earlyMs)], timeMs);
    const gapMsMax = nextMs.length < fewMax ? limits.durationMsMax : this.#behindMsMax;
    const isApart = nextMs.length > 1 && gapMs > gapMsMax && gapMs > lateMs - earlyMs;
    return isApart ? behind(gapMs, 'those after it', gapMsMax) : undefined;
  }
}

/** How many of the following events are not earlier, but for what may come in another order. */
function witnessesOf(timeMs: number, nextMs: readonly number[]): number {
  return nextMs.filter((nextTimeMs) => nextTimeMs >= timeMs - limits.eventAheadMsMax).length;
}

function neededOf(nextMs: readonly number[]): number {
  return Math.min(witnessesMin, Math.ceil(nextMs.length / 2));
}

/** Earliest and latest of times that are left when those at both ends are passed over. `timesMs` is not empty. */
function middleOf(timesMs: readonly number[]): readonly [earlyMs: number, lateMs: number] {
  const sorted = timesMs.toSorted((first, second) => first - second);
  const trimmed = Math.floor(sorted.length * trimmedPart);
  return [sorted[trimmed]!, sorted.at(-1 - trimmed)!];
}

/** The longest way between neighbours in time, from `fromMs` on; 0 when there is one time. */
function longestStepMs(timesMs: readonly number[], fromMs: number): number {
  const sorted = timesMs.filter((timeMs) => timeMs >= fromMs).toSorted((first, second) => first - second);
  return sorted.reduce((longest, timeMs, at) => Math.max(longest, timeMs - (sorted[at - 1] ?? timeMs)), 0);
}

/** Reads no further than it must: what it reads is read again when its batch is decoded. */
function firstTimesMs(batch: RecordBatch): readonly number[] {
  const timesMs: number[] = [];
  for (const record of batch.records) {
    const decoded = decodeEvent(record);
    if (decoded.ok) timesMs.push(decoded.value.timeMs);
    if (timesMs.length === lookaheadMax) break;
  }
  return timesMs;
}
