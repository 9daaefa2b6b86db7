import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZoneClock } from '../../../../src/adapters/reference/zone-clock.ts';

const hourAt = (timeZone: string, time: string): number | undefined => ZoneClock.of(timeZone)?.hourAt(Date.parse(time));

describe('the clock of a time zone', () => {
  it.each([
    ['UTC', '2026-11-24T04:36:51.123Z', 4],
    ['Asia/Almaty', '2026-11-24T04:36:51.123Z', 9],
    // Half and quarter hours.
    ['Asia/Kolkata', '2026-11-24T18:29:59.999Z', 23],
    ['Asia/Kolkata', '2026-11-24T18:30:00Z', 0],
    ['Asia/Kathmandu', '2026-11-24T18:14:59.999Z', 23],
    ['Asia/Kathmandu', '2026-11-24T18:15:00Z', 0],
    // Spring forward: 01:59:59 is followed by 03:00:00.
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 3],
    // Fall back: 02:59:59 is followed by 02:00:00.
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 2],
    ['Europe/Berlin', '2026-10-25T02:00:00Z', 3],
    ['America/New_York', '2026-03-08T06:59:59.999Z', 1],
    ['America/New_York', '2026-03-08T07:00:00Z', 3],
    // Half an hour of daylight saving time.
    ['Australia/Lord_Howe', '2026-10-03T15:29:59.999Z', 1],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', 2],
    // Morocco's clocks go back for the month of Ramadan.
    ['Africa/Casablanca', '2026-02-15T01:59:59.999Z', 2],
    ['Africa/Casablanca', '2026-02-15T02:00:00Z', 2],
    ['Africa/Casablanca', '2026-02-15T03:00:00Z', 3],
  ])('%s at %s: hour %d', (timeZone, time, hour) => {
    expect(hourAt(timeZone, time)).toBe(hour);
  });

  it('tells the same as Intl, at any time of twenty years and in any zone, asked in any order', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const clocks = new Map(zones.map((timeZone) => [timeZone, ZoneClock.of(timeZone)!]));
    const times = fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...zones), times, (timeZone, time) => {
        const format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23' });
        expect(clocks.get(timeZone)!.hourAt(time.getTime())).toBe(Number(format.format(time)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([NaN, Infinity, -Infinity, 8.64e15, -8.64e15, 1e300])('knows no hour at %d', (timeMs) => {
    expect(ZoneClock.of('Asia/Almaty')!.hourAt(timeMs)).toBeUndefined();
  });

  it.each(['', 'Mars/Olympus', 'Asia/', 'x'])('does not exist for %j', (timeZone) => {
    expect(ZoneClock.of(timeZone)).toBeUndefined();
  });
});
