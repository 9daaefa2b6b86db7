import { failed, type Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';

/**
 * What event times are held against. An event outside its bounds is a dead letter, and moves no window, age or span of anybody:
 * one event dated 0001 would make whatever it touches two thousand years old for good.
 */
export interface TimeBounds {
  /**
   * Judges the times of a batch's events, in their order, in milliseconds since the epoch: for each undefined where it is within
   * bounds. Called once for each batch, in the order of the batches.
   * @param writtenMs when their records were written, likewise; NaN where that is not known.
   */
  judge(timesMs: readonly number[], writtenMs?: readonly number[]): readonly (Failure | undefined)[];
  /** What history allows an event to be behind the newest that it knows, milliseconds. As `emptyObservations` has it if absent. */
  readonly behindMsMax?: number;
  /** What is past: history, and not decided. Nothing if absent. */
  readonly past?: Past;
}

/**
 * What fills history and is not decided: what happened before a time, and was written to its topic before it too. By the event's
 * time alone, whoever can date an event back would not be looked at.
 */
export interface Past {
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
  /** Milliseconds that a past event may be behind that. */
  readonly behindMsMax: number;
}

/** @param writtenMs when the event's record was written; NaN where that is not known, and then it is not past. */
export function isPast(past: Past | undefined, timeMs: number, writtenMs: number): boolean {
  return past !== undefined && timeMs < past.untilMs && writtenMs > 0 && writtenMs < past.untilMs;
}

/** No bounds: for streams that were held to them before. */
export const unbounded: TimeBounds = { judge: (timesMs) => timesMs.map(() => undefined) };

/** What is within both bounds. The second judges what is within the first, and does not see the rest. */
export function withinBoth(first: TimeBounds, second: TimeBounds): TimeBounds {
  return {
    judge(timesMs) {
      const judged = first.judge(timesMs);
      const again = second.judge(timesMs.filter((_, at) => judged[at] === undefined)).values();
      return judged.map((failure) => failure ?? again.next().value);
    },
  };
}

/**
 * Bounds of records that are read again: the clock of then, which is when each was written, and that of now where it is not said. Nothing was written
 * later than now, whatever a producer's clock said: what was refused as it happened, because it was dated ahead, is refused again.
 */
export function writtenBounds(nowMs: () => number, behindMsMax: number, past?: Past): TimeBounds {
  return {
    behindMsMax,
    ...(past === undefined ? {} : { past }),
    judge: (timesMs, writtenMs = []) =>
      timesMs.flatMap((timeMs, at) => {
        const thenMs = (): number => Math.min(writtenMs[at]! > 0 ? writtenMs[at]! : Infinity, nowMs());
        return clockBounds(thenMs, behindMsMax, past).judge([timeMs], [writtenMs[at] ?? NaN]);
      }),
  };
}

/**
 * Bounds of a stream that is read as it happens: the clock, in milliseconds since the epoch, is what times are held against; what is
 * past is held against the end of the past, however long ago that is.
 */
export function clockBounds(nowMs: () => number, behindMsMax: number, past?: Past): TimeBounds {
  return {
    behindMsMax,
    ...(past === undefined ? {} : { past }),
    judge(timesMs, writtenMs = []) {
      const clockMs = nowMs();
      return timesMs.map((timeMs, at) => {
        if (past !== undefined && isPast(past, timeMs, writtenMs[at] ?? NaN)) {
          const byMs = past.untilMs - timeMs;
          return byMs > past.behindMsMax ? behind(byMs, 'the end of the past', past.behindMsMax) : undefined;
        }
        if (timeMs > clockMs + limits.eventAheadMsMax) return ahead(timeMs - clockMs, 'the clock');
        return timeMs < clockMs - behindMsMax ? behind(clockMs - timeMs, 'the clock', behindMsMax) : undefined;
      });
    },
  };
}

export function ahead(byMs: number, of: string): Failure {
  const message = `The time is ${byMs} ms ahead of ${of}; at most ${limits.eventAheadMsMax} are allowed.`;
  return failed('EVENT_TIME_AHEAD', message, '$.time').failure;
}

export function behind(byMs: number, of: string, behindMsMax: number): Failure {
  const message = `The time is ${byMs} ms behind ${of}; at most ${behindMsMax} are allowed.`;
  return failed('EVENT_TIME_BEHIND', message, '$.time').failure;
}
