const dayMs = 86_400_000;
const hourMs = 3_600_000;
const periodMs = 256 * dayMs;
/** Shorter than any daylight saving time, and than Morocco's break of it for a month, so that no change hides between. */
const probeMs = 8 * dayMs;
/** Periods remembered at once. */
const periodsHeld = 4;
/** Before the first and after the last instants that ECMAScript knows, whole periods that can still be asked for. */
const instantMsMax = 8.64e15 - periodMs;

/** A period in a zone: `offsetsMs[0]`, local time less UTC, holds until `changesMs[0]`, and so on. */
interface ZonePeriod {
  readonly period: number;
  readonly changesMs: readonly number[];
  readonly offsetsMs: readonly number[];
}

/**
 * Tells the hour of the day in one time zone. To ask `Intl` takes microseconds, so each period is asked for once: every eight
 * days, and between two answers that differ, by halving, for the instant.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #periods = new Array<ZonePeriod | undefined>(periodsHeld).fill(undefined);

  private constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  /** Undefined when there is no such zone. */
  static of(timeZone: string): ZoneClock | undefined {
    try {
      return new ZoneClock(new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** The hour, 0 to 23, at an instant in milliseconds since the epoch; undefined when it is none. */
  hourAt(timeMs: number): number | undefined {
    if (!(Math.abs(timeMs) <= instantMsMax)) return undefined;
    const { changesMs, offsetsMs } = this.#periodOf(timeMs);
    let index = 0;
    while (index < changesMs.length && timeMs >= changesMs[index]!) index++;
    const localMs = timeMs + offsetsMs[index]!;
    return Math.floor((localMs - Math.floor(localMs / dayMs) * dayMs) / hourMs);
  }

  #periodOf(timeMs: number): ZonePeriod {
    const period = Math.floor(timeMs / periodMs);
    const slot = period & (periodsHeld - 1);
    const held = this.#periods[slot];
    if (held?.period === period) return held;
    return (this.#periods[slot] = readPeriod(this.#format, period));
  }
}

function readPeriod(format: Intl.DateTimeFormat, period: number): ZonePeriod {
  const startMs = period * periodMs;
  const changesMs: number[] = [];
  const offsetsMs = [offsetAt(format, startMs)];
  for (let fromMs = startMs; fromMs < startMs + periodMs; fromMs += probeMs) {
    const offsetMs = offsetAt(format, fromMs + probeMs);
    if (offsetMs === offsetsMs.at(-1)) continue;
    changesMs.push(changeBetween(format, fromMs, fromMs + probeMs));
    offsetsMs.push(offsetMs);
  }
  return { period, changesMs, offsetsMs };
}

/** The first instant at which the offset is no longer what it was at `beforeMs`; it changes once until `afterMs`. */
function changeBetween(format: Intl.DateTimeFormat, beforeMs: number, afterMs: number): number {
  const offsetMs = offsetAt(format, beforeMs);
  let before = beforeMs;
  let after = afterMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(format, middle) === offsetMs) before = middle;
    else after = middle;
  }
  return after;
}

const offsetText = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Reads `GMT`, `GMT+05:30` or, for days long ago, `GMT-00:44:30`. */
function offsetAt(format: Intl.DateTimeFormat, timeMs: number): number {
  const [, sign, hours, minutes, seconds] = offsetText.exec(format.format(timeMs)) ?? [];
  const offsetS = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return (sign === '-' ? -offsetS : offsetS) * 1000;
}
