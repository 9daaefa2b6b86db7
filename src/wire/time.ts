/**
 * Times on the wire: RFC 3339 with a zone, to milliseconds since the epoch. `Date.parse` will not do: it accepts local times
 * and other formats, and rolls 30 February over to March.
 */

const outOfRange = -1_000_000;
const calendarCycleYears = 400;
const calendarCycleMs = 146_097 * 86_400_000;
const daysByMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Milliseconds since the epoch of an RFC 3339 time, negative before 1970; NaN when `text` is none: no zone, an impossible
 * date, a space instead of the T. Fractions finer than a millisecond are cut off. A leap second (`23:59:60` in UTC) counts
 * as the first instant of the next day.
 */
export function parseTime(text: string): number {
  // What nearly every producer writes, `YYYY-MM-DDTHH:MM:SSZ` or `YYYY-MM-DDTHH:MM:SS.sssZ`, without a regular expression.
  const hasMilliseconds = text.length === 24 && text[19] === '.';
  if ((hasMilliseconds || text.length === 20) && text.endsWith('Z') && hasSeparators(text)) {
    const millisecond = hasMilliseconds ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
    const parsed = utcMs(
      twoDigits(text, 0) * 100 + twoDigits(text, 2),
      twoDigits(text, 5),
      twoDigits(text, 8),
      twoDigits(text, 11),
      twoDigits(text, 14),
      twoDigits(text, 17),
      millisecond,
    );
    if (!Number.isNaN(parsed)) return parsed;
  }
  return parseAnyTime(text);
}

function parseAnyTime(text: string): number {
  const match = rfc3339.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return Number.NaN;
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const isLeapSecond = second === '60';
  const localMs = utcMs(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    isLeapSecond ? 59 : Number(second),
    isLeapSecond ? 1_000 : Number(`${fraction}00`.slice(0, 3)),
  );
  const parsed = localMs - offsetMs;
  return isLeapSecond && parsed % 86_400_000 !== 0 ? Number.NaN : parsed;
}

/** NaN when a part is outside its range. `Date.UTC` reads years below 100 as 19xx, so it is asked one calendar cycle later. */
function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number {
  const isTimeOfDay =
    hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59 && millisecond >= 0;
  if (year < 0 || day < 1 || day > daysInMonth(year, month) || !isTimeOfDay) return Number.NaN;
  return Date.UTC(year + calendarCycleYears, month - 1, day, hour, minute, second, millisecond) - calendarCycleMs;
}

/** 0 when there is no such month. */
function daysInMonth(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (daysByMonth[month - 1] ?? 0);
}

function hasSeparators(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
}

/** A number so low that no sum with it is in any range, when the characters are no digits. */
function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : outOfRange;
}
