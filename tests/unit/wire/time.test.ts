import { describe, expect, it } from 'vitest';
import { parseTime } from '../../../src/wire/time.ts';

const noon = Date.UTC(2026, 10, 24, 12);

describe('parseTime', () => {
  it.each([
    ['milliseconds and Z', '2026-11-24T12:00:00.123Z', noon + 123],
    ['whole seconds and Z', '2026-11-24T12:00:00Z', noon],
    ['lower-case letters', '2026-11-24t12:00:00z', noon],
    ['an offset to the east', '2026-11-24T17:00:00+05:00', noon],
    ['an offset to the west, with a fraction', '2026-11-24T08:30:00.5-03:30', noon + 500],
    ['the unknown local offset', '2026-11-24T12:00:00-00:00', noon],
    ['an offset that crosses the date', '2026-11-25T01:30:00.000+13:30', noon],
    ['one digit of fraction', '2026-11-24T12:00:00.1Z', noon + 100],
    ['two digits of fraction', '2026-11-24T12:00:00.12Z', noon + 120],
    ['nanoseconds, cut off', '2026-11-24T12:00:00.123999999Z', noon + 123],
    ['29 February of a leap year', '2028-02-29T00:00:00.000Z', Date.UTC(2028, 1, 29)],
    ['29 February of a leap century', '2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['a leap second', '2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['a leap second told with an offset', '2017-01-01T04:59:60.7+05:00', Date.UTC(2017, 0, 1)],
    ['the epoch', '1970-01-01T00:00:00.000Z', 0],
    ['a time before the epoch', '1969-12-31T23:59:59.999Z', -1],
    ['a year below 100', '0001-01-01T00:00:00Z', new Date('0001-01-01T00:00:00Z').getTime()],
    ['the last year', '9999-12-31T23:59:59.999Z', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ])('reads %s', (_, text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  it.each([
    ['nothing', ''],
    ['no zone', '2026-11-24T12:00:00.123'],
    ['a date alone', '2026-11-24'],
    ['no seconds', '2026-11-24T12:00Z'],
    ['a space for the T', '2026-11-24 12:00:00Z'],
    ['another separator in the date', '2026/11/24T12:00:00Z'],
    ['another separator in the time', '2026-11-24T12.00.00.000Z'],
    ['two digits of year', '26-11-24T12:00:00Z'],
    ['a signed year', '+002026-11-24T12:00:00Z'],
    ['a comma before the fraction', '2026-11-24T12:00:00,123Z'],
    ['a point without a fraction', '2026-11-24T12:00:00.Z'],
    ['a letter among the digits of the year', '20O6-11-24T12:00:00.000Z'],
    ['a letter among the digits of the fraction', '2026-11-24T12:00:00.0x0Z'],
    ['a minus in the fraction', '2026-11-24T12:00:00.-10Z'],
    ['month 0', '2026-00-24T12:00:00.000Z'],
    ['month 13', '2026-13-24T12:00:00.000Z'],
    ['day 0', '2026-11-00T12:00:00.000Z'],
    ['31 November', '2026-11-31T12:00:00.000Z'],
    ['30 February', '2026-02-30T12:00:00.000Z'],
    ['29 February of a common year', '2026-02-29T12:00:00.000Z'],
    ['29 February of a common century', '2100-02-29T12:00:00+01:00'],
    ['hour 24', '2026-11-24T24:00:00.000Z'],
    ['minute 60', '2026-11-24T12:60:00.000Z'],
    ['second 60 inside a day', '2026-11-24T12:00:60Z'],
    ['second 61', '2016-12-31T23:59:61Z'],
    ['an offset of 24 hours', '2026-11-24T12:00:00+24:00'],
    ['an offset with 60 minutes', '2026-11-24T12:00:00+05:60'],
    ['an offset without a colon', '2026-11-24T12:00:00+0500'],
    ['space around it', ' 2026-11-24T12:00:00Z'],
    ['a line feed after it', '2026-11-24T12:00:00Z\n'],
    ['other digits than ASCII', '２０２６-11-24T12:00:00Z'],
    ['milliseconds since the epoch', '1795521600000'],
    ['an RFC 2822 date', 'Tue, 24 Nov 2026 12:00:00 GMT'],
  ])('refuses %s', (_, text) => {
    expect(parseTime(text)).toBeNaN();
  });
});
