import type { TimeRange } from './record.ts';

/** A period of whole days, in UTC. */
export interface Period extends TimeRange {
  /** As reports name it: `2026-Q3`, or `2026-01-01/2026-06-30`, both days included. */
  readonly name: string;
}

const dayMs = 86_400_000;
const monthsOfQuarter = 3;

/** The day of a time, in UTC: `2026-11-24`. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** `2026-Q3`; undefined for what is none. */
export function parseQuarter(text: string): Period | undefined {
  const [, year, quarter] = /^(20\d\d)-Q([1-4])$/.exec(text) ?? [];
  if (year === undefined || quarter === undefined) return undefined;
  const month = (Number(quarter) - 1) * monthsOfQuarter;
  return {
    name: text,
    fromMs: Date.UTC(Number(year), month),
    untilMs: Date.UTC(Number(year), month + monthsOfQuarter),
  };
}

/** `2026-01-01/2026-06-30`, both days included; undefined for what is none. */
export function parseDays(text: string): Period | undefined {
  const [first = '', last = '', ...more] = text.split('/');
  const fromMs = parseDay(first);
  const lastMs = parseDay(last);
  if (more.length > 0 || fromMs === undefined || lastMs === undefined || lastMs < fromMs) return undefined;
  return { name: text, fromMs, untilMs: lastMs + dayMs };
}

/** A day at its beginning, milliseconds since the epoch; undefined for what is none, such as 30 February. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || dayOf(timeMs) !== text ? undefined : timeMs;
}

/** The months of a period of whole months, or the one span that it is. */
export function monthsOf({ fromMs, untilMs }: TimeRange): readonly Period[] {
  const months: Period[] = [];
  for (let startMs = fromMs; startMs < untilMs;) {
    const start = new Date(startMs);
    const endMs = Math.min(untilMs, Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1));
    months.push({ name: dayOf(startMs).slice(0, 7), fromMs: startMs, untilMs: endMs });
    startMs = endMs;
  }
  return months;
}

export function isWithin({ fromMs, untilMs }: TimeRange, timeMs: number): boolean {
  return fromMs <= timeMs && timeMs < untilMs;
}
