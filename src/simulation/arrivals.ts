import type { Country } from './population/countries.ts';
import type { Random } from './random.ts';
import { dayMs, wakingMoment } from './time.ts';

/** The part of a setting that says when things can happen. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** Any time of the period at which people of that country are awake. */
export function steadyArrival(random: Random, period: Period, country: Country): number {
  const days = Math.ceil((period.endMs - period.startMs) / dayMs);
  const offset = country.timeZone(random).utcOffsetMinutes;
  const timeMs = wakingMoment(random, period.startMs + random.integer(0, days - 1) * dayMs, offset);
  return wrapInto(period, timeMs);
}

/** Times that begin at `fromMs` and follow each other with exponential gaps of that mean, in order. */
export function burstArrivals(
  random: Random,
  period: Period,
  fromMs: number,
  count: number,
  gapMeanMs: number,
): number[] {
  let timeMs = fromMs;
  return Array.from({ length: count }, () => {
    timeMs += random.exponential(gapMeanMs);
    return wrapInto(period, timeMs);
  });
}

/**
 * An integer time inside the period: what lies after its end goes on at its beginning, and the other way round. Cutting
 * off instead would heap accounts up at the last moment.
 */
export function wrapInto({ startMs, endMs }: Period, timeMs: number): number {
  const lengthMs = endMs - startMs;
  const sinceStartMs = (((Math.floor(timeMs) - startMs) % lengthMs) + lengthMs) % lengthMs;
  return startMs + sinceStartMs;
}

/** Splits `total` into parts of `partMin` to `partMax`; the last part takes what is left, and may be smaller. */
export function splitRandomly(random: Random, total: number, partMin: number, partMax: number): number[] {
  const parts: number[] = [];
  for (let left = total; left > 0; left -= parts.at(-1) ?? left) {
    parts.push(Math.min(left, random.integer(partMin, partMax)));
  }
  return parts;
}
