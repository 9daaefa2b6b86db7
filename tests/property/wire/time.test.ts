import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from '../../../src/wire/time.ts';
import { time } from './arbitraries.ts';

describe('parseTime', () => {
  it('agrees with Date.parse on every time with a zone', () => {
    fc.assert(
      fc.property(time, (text) => {
        expect(parseTime(text)).toBe(Date.parse(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads only dates that exist, and to the same instant as Date.parse, from digits of any kind', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
    const small = fc.integer({ min: 0, max: 33 }).map((number) => String(number).padStart(2, '0'));
    fc.assert(
      fc.property(fc.tuple(two, two, small, small, small, two, two), fc.boolean(), (parts, withFraction) => {
        const [century, year, month, day, hour, minute, second] = parts;
        const text = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}${withFraction ? '.250' : ''}Z`;
        const parsed = parseTime(text);
        const isWritten = !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text.slice(0, 19));
        fc.pre(second !== '60');
        expect(isWritten).toBe(existsInCalendar(text));
      }),
      { numRuns: 3_000 },
    );
  });
});

/** JavaScript's own calendar: a date that does not exist comes back as another one. */
function existsInCalendar(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 19));
}
