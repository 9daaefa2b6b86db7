/** Numbers as a person says them. None of these ever says a unit that nobody counts in, nor digits that nobody needs. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** From which length on, milliseconds, which unit is used: below two of one, the smaller one tells more. */
const durations = [
  { fromMs: 730 * dayMs, unitMs: 365 * dayMs, unit: 'year' },
  { fromMs: 2 * dayMs, unitMs: dayMs, unit: 'day' },
  { fromMs: 2 * hourMs, unitMs: hourMs, unit: 'hour' },
  { fromMs: 2 * minuteMs, unitMs: minuteMs, unit: 'minute' },
  { fromMs: 1_000, unitMs: 1_000, unit: 'second' },
] as const;

/** A length of time: `3 days`, `90 seconds`, `less than a second`. @param ms 0 or more. */
export function sayDuration(ms: number): string {
  const found = durations.find(({ fromMs }) => ms >= fromMs);
  if (found === undefined) return 'less than a second';
  const count = Math.round(ms / found.unitMs);
  return `${sayCount(count)} ${found.unit}${count === 1 ? '' : 's'}`;
}

/** A length of time of which seconds say nothing, as an age: `less than a minute` at least. */
export function sayAge(ms: number): string {
  return ms < minuteMs ? 'less than a minute' : sayDuration(ms);
}

/** A part of a whole: `40 %`, `less than 1 %`, `more than 99 %`. @param share 0 to 1. */
export function sayShare(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %';
  if (share > 0.99 && share < 1) return 'more than 99 %';
  return `${Math.round(share * 100)} %`;
}

/** How many times: `3.2 times`, `40 times`. */
export function sayTimes(factor: number): string {
  return `${factor >= 10 ? sayCount(Math.round(factor)) : String(Math.round(factor * 10) / 10)} times`;
}

/** A number of things: whole where it is, grouped by thousands, and one digit after the point otherwise. */
export function sayCount(count: number): string {
  const whole = Number.isInteger(count) || count >= 100;
  const [digits, fraction] = (whole ? String(Math.round(count)) : String(Math.round(count * 10) / 10)).split('.');
  const grouped = digits!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Milliseconds of the units of time in which features are. */
const unitMs: Readonly<Record<string, number>> = { milliseconds: 1, seconds: 1_000, hours: hourMs };

/** A feature's value by its unit, `unknown` for missing. */
export function sayValue(value: number, unit: string): string {
  if (Number.isNaN(value)) return 'unknown';
  if (unit === 'hours') return sayAge(value * hourMs);
  if (unitMs[unit] !== undefined) return sayDuration(value * unitMs[unit]);
  if (unit === 'share') return sayShare(value);
  if (unit === 'times the usual') return sayTimes(value);
  return sayCount(value);
}
