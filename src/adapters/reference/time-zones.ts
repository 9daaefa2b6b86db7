import { HashedCache } from './hashed-cache.ts';
import { ZoneClock } from './zone-clock.ts';

/** Zone names remembered, wrong ones among them; the time zone database has about 600. */
export const zonesMax = 1_024;
const zoneName = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/;

type ZoneCountry = (timeZone: string) => string | undefined;

export async function loadTimeZones(): Promise<ZoneCountry> {
  const { getTimezone } = await import('countries-and-timezones');
  return (timeZone) => getTimezone(timeZone)?.countries[0];
}

/** Both undefined for a name that Node does not know. */
interface Zone {
  readonly country: string | undefined;
  readonly clock: ZoneClock | undefined;
}

export interface ZoneLookUps {
  readonly zoneCountry: (timeZone: string) => string | undefined;
  readonly localHour: (timeZone: string, timeMs: number) => number | undefined;
}

/** Countries come from the package; clocks from Node's own copy of the time zone database. */
export function zoneLookUps(countryOf: ZoneCountry | undefined): ZoneLookUps {
  const seen = new HashedCache<Zone>(zonesMax);
  // One a zone, in whatever letters it is written: there are no more than Node knows.
  const clocks = new Map<string, ZoneClock>();
  const clockOf = (timeZone: string): ZoneClock | undefined => {
    const key = timeZone.toLowerCase();
    const clock = clocks.get(key) ?? ZoneClock.of(timeZone);
    if (clock !== undefined) clocks.set(key, clock);
    return clock;
  };
  const describe = (name: string): Zone => {
    const clock = clockOf(name);
    return { country: clock && countryOf?.(name), clock };
  };
  // By their own names, which say nothing of anybody: nearly all events have one of them, and no name has to be hashed.
  const named = new Map<string, Zone | undefined>(Intl.supportedValuesOf('timeZone').map((name) => [name, undefined]));
  const findNamed = (name: string): Zone => {
    const zone = describe(name);
    named.set(name, zone);
    return zone;
  };
  const find = (timeZone: string): Zone | undefined => {
    const zone = named.get(timeZone);
    if (zone !== undefined) return zone;
    if (named.has(timeZone)) return findNamed(timeZone);
    return zoneName.test(timeZone) ? seen.get(timeZone, describe) : undefined;
  };
  return {
    zoneCountry: (timeZone) => find(timeZone)?.country,
    localHour: (timeZone, timeMs) => find(timeZone)?.clock?.hourAt(timeMs),
  };
}
