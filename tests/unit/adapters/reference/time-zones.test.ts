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

  it('has the zones of the simulation in their countries', () => {
    const random = new Random(1);
    const wrong = countries.flatMap((country) =>
      Array.from({ length: 30 }, () => country.timeZone(random).name)
        .filter((timeZone) => zoneCountry(timeZone) !== country.code)
        .map((timeZone) => `${country.code} ${timeZone}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps its clocks without the list of countries', () => {
    const alone = zoneLookUps(undefined);
    expect(alone.zoneCountry('Asia/Almaty')).toBeUndefined();
    expect(alone.localHour('Asia/Almaty', noon)).toBe(17);
  });

  it('remembers a zone, and no more of them than it may', () => {
    const read = vi.fn<(timeZone: string) => string>(() => 'AR');
    const bounded = zoneLookUps(read);
    const spellings = spellingsOf('America/Argentina/Buenos_Aires', 3 * zonesMax);
    bounded.zoneCountry(spellings[0]!);
    bounded.localHour(spellings[0]!, noon);
    expect(read).toHaveBeenCalledTimes(1);
    for (const spelling of spellings) bounded.zoneCountry(spelling);
    const reads = read.mock.calls.length;
    for (const spelling of spellings) bounded.zoneCountry(spelling);
    // Which of them are remembered is up to chance: not more than there is room for.
    expect(read.mock.calls.length - reads).toBeGreaterThanOrEqual(2 * zonesMax);
  });
});

/** The same zone in large and small letters: there are not enough zones to fill the memory. */
function spellingsOf(timeZone: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => {
    let bits = number;
    return timeZone.toLowerCase().replaceAll(/[a-z]/g, (letter) => {
      const isLarge = bits % 2 === 1;
      bits = Math.floor(bits / 2);
      return isLarge ? letter.toUpperCase() : letter;
    });
  });
}
