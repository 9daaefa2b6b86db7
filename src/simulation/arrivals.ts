import type { Country } from './population/countries.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';
import { dayMs, wakingMoment } from './time.ts';

/** The part of a setting that says when things can happen. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** The part of a setting that says when people come. */
interface ArrivalSetting extends Period {
  readonly random: Random;
  readonly world: World;
}

/** Any time of the period at which people of that country are awake. */
export function steadyArrival(setting: ArrivalSetting, country: Country, period: Period = setting): number {
  const { random } = setting;
  const { arrivals, use } = setting.world.customs;
  const days = Math.ceil((period.endMs - period.startMs) / dayMs);
  const offset = country.timeZone(random).utcOffsetMinutes;
  const day = Math.floor(days * random.unit() ** arrivals.earliness);
  const timeMs = wakingMoment(random, period.startMs + day * dayMs, offset, use.hour);
  return wrapInto(period, timeMs);
}

/** As `steadyArrival`, or long before the stream began, where the platform is older than that. */
export function memberArrival(setting: ArrivalSetting, country: Country): number {
  const { olderShare, olderDaysMean } = setting.world.customs.arrivals;
  const timeMs = steadyArrival(setting, country);
  if (!setting.random.chanceOrCertain(olderShare)) return timeMs;
  return timeMs - (setting.endMs - setting.startMs) - Math.floor(setting.random.exponential(olderDaysMean * dayMs));
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
