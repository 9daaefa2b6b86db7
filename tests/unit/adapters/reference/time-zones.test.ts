import { describe, expect, it, vi } from 'vitest';
import { loadTimeZones, zoneLookUps, zonesMax } from '../../../../src/adapters/reference/time-zones.ts';
import { countries } from '../../../../src/simulation/population/countries.ts';
import { Random } from '../../../../src/simulation/random.ts';

const noon = Date.UTC(2026, 10, 24, 12);

describe('what is known of a time zone', async () => {
  const countryOf = await loadTimeZones();
  const { zoneCountry, localHour } = zoneLookUps(countryOf);

  it.each([
    ['Asia/Almaty', 'KZ', 17],
    ['Europe/Berlin', 'DE', 13],
    ['Europe/Oslo', 'NO', 13],
    ['Asia/Calcutta', 'IN', 17],
    ['Asia/Saigon', 'VN', 19],
    ['Europe/Kiev', 'UA', 14],
    ['America/Argentina/Buenos_Aires', 'AR', 9],
    ['Etc/GMT+5', undefined, 7],
    ['UTC', undefined, 12],
  ])('%s: %s, and at noon UTC it is %d', (timeZone, country, hour) => {
    expect(zoneCountry(timeZone)).toBe(country);
    expect(localHour(timeZone, noon)).toBe(hour);
  });

  it.each(['', 'Mars/Olympus', 'Europe/Berlin ', '+05:30', '__proto__', 'constructor', 'x'.repeat(100)])(
    'nothing of %j',
    (timeZone) => {
      expect(zoneCountry(timeZone)).toBeUndefined();
      expect(localHour(timeZone, noon)).toBeUndefined();
    },
  );

  it('has the zones of the simulation in their countries, at the hour that it takes them for', () => {
    const random = new Random(1);
    const wrong = countries.flatMap((country) =>
      Array.from({ length: 30 }, () => country.timeZone(random))
        .filter(({ name, utcOffsetMinutes }) => {
          const startOfOctober = Date.UTC(2026, 9, 5, 12);
          const hour = Math.floor((12 + utcOffsetMinutes / 60) % 24);
          return zoneCountry(name) !== country.code || localHour(name, startOfOctober) !== hour;
        })
        .map(({ name }) => `${country.code} ${name}`),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('keeps its clocks without the list of countries', () => {
    const alone = zoneLookUps(undefined);
    expect(alone.zoneCountry('Asia/Almaty')).toBeUndefined();
    expect(alone.localHour('Asia/Almaty', noon)).toBe(17);
  });

  it('remembers a zone, a wrong one too, and no more than it may', () => {
    const read = vi.fn(() => 'KZ');
    const bounded = zoneLookUps(read);
    bounded.zoneCountry('Mars/Olympus');
    bounded.localHour('Mars/Olympus', noon);
    expect(read).toHaveBeenCalledTimes(1);
    for (let index = 0; index < zonesMax; index++) bounded.zoneCountry(`Mars/${index}`);
    bounded.zoneCountry('Mars/Olympus');
    expect(read).toHaveBeenCalledTimes(zonesMax + 2);
  });
});
