import type { Random } from './random.ts';
import { weighted } from './random.ts';

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** How awake people are at each hour of their own day, midnight first; only the ratios matter. */
export const activityByHour = [
  0.35, 0.2, 0.12, 0.08, 0.08, 0.12, 0.3, 0.55, 0.75, 0.85, 0.9, 0.95, 1, 0.95, 0.9, 0.9, 0.95, 1, 1.1, 1.25, 1.35, 1.3,
  1, 0.65,
] as const;
/** An hour of one's own day, 0 to 23. */
export const wakingHour = weighted(activityByHour.map((activity, hour) => [hour, activity] as const));

/** A moment within the UTC day that begins at `dayStartMs`, at an hour at which people of that time zone are awake. */
export function wakingMoment(
  random: Random,
  dayStartMs: number,
  utcOffsetMinutes: number,
  hour: (random: Random) => number = wakingHour,
): number {
  const localMs = (hour(random) + random.unit()) * hourMs;
  const sinceMidnightMs = (localMs - utcOffsetMinutes * minuteMs + 2 * dayMs) % dayMs;
  return Math.floor(dayStartMs + sinceMidnightMs);
}

/** The first moment from `fromMs` on at which that local hour (0 to 24, may have a fraction) strikes. */
export function nextLocalHour(fromMs: number, localHour: number, utcOffsetMinutes: number): number {
  const targetMs = localHour * hourMs - utcOffsetMinutes * minuteMs;
  const waitMs = (((targetMs - fromMs) % dayMs) + dayMs) % dayMs;
  return fromMs + waitMs;
}
