import { span, type Extractor } from './feature.ts';
import { snapshotColumn, spanColumn, type EntityKind } from './state.ts';

/**
 * What "first seen" means depends on how long Winnow has been looking. On a new installation every device, address and account
 * is seen for the first time, and no account has a past: that says something about the installation and nothing about them.
 *
 * How long it has been looking is read from half days of the last week in which it saw something happen, not from the oldest
 * event: an import brings events of years ago, and nobody was looking then.
 */

const spells = snapshotColumn('platform_part', 'spells', '7d');
const spellHours = 12;
const weekHours = 168;
const secondsPerHour = 3600;
/** What appears in the first day of an installation was mostly there before. */
const settlingHours = 24;

/** Hours for which Winnow has been looking at least; a week stands for a week or more. NaN where that is not known. */
export function watchedHours(values: Float64Array, row: number): number {
  const seen = values[row + spells]!;
  if (!(seen > 0)) return NaN;
  return seen * spellHours >= weekHours ? weekHours : (seen - 1) * spellHours;
}

/** An age since the first sight, hours; NaN while it may be the age of the installation. */
function sightedHours(ageHours: number, values: Float64Array, row: number): number {
  if (ageHours >= weekHours) return ageHours;
  const watched = watchedHours(values, row);
  return watched >= weekHours || watched - ageHours >= settlingHours ? ageHours : NaN;
}

/** Of a catalogue entry: when an age since the first sight is missing. */
export const unwatched = 'Winnow has not been looking for a day longer than that, nor for a week';

/** Hours since an entity was first seen. */
export function ageSinceSight(kind: EntityKind): Extractor {
  const age = spanColumn(kind, 'age_s');
  return (_facts, values, row) => sightedHours(values[row + age]! / secondsPerHour, values, row);
}

const accountAge = spanColumn('account', 'age_s');
const accountSignups = snapshotColumn('account', 'signups', '7d');

/**
 * Hours since the account was created: as the platform says, else since its signup, else since it was first seen, if it could have
 * been seen before.
 */
export const accountAgeHours: Extractor = ({ event }, values, row) => {
  const seen = values[row + accountAge]! / secondsPerHour;
  if (event.accountCreatedMs !== undefined)
    return Math.max(0, (event.timeMs - event.accountCreatedMs) / 1000 / secondsPerHour, seen || 0);
  return values[row + accountSignups]! > 0 ? seen : sightedHours(seen, values, row);
};

/** Hours since the account's event before this one; NaN where nobody was looking for so long. */
export function idleHours(): Extractor {
  const idle = span('account', 'idle_s', secondsPerHour);
  return (facts, values, row) => {
    const hours = idle(facts, values, row);
    const watched = watchedHours(values, row);
    return watched >= weekHours || hours <= watched ? hours : NaN;
  };
}

/**
 * A count of a shorter window over the mean of as long a time in the week, as far as Winnow saw the week. Missing while there is
 * none in the week.
 * @param hours of the shorter window.
 */
export function surge(now: number, week: number, hours: number): Extractor {
  return (_facts, values, row) => {
    const usual = values[row + week]!;
    const watched = Math.min(weekHours, values[row + spells]! * spellHours);
    return usual === 0 ? NaN : (values[row + now]! / usual) * Math.max(1, watched / hours);
  };
}

const gapMean = spanColumn('account', 'gap_mean_s');
const weekEvents = snapshotColumn('account', 'events', '7d');

/** Events of the account before the last 7 days: its age over the mean gap is how often it acted. */
export const pastEvents: Extractor = (_facts, values, row) => {
  const gapS = values[row + gapMean]!;
  const all = gapS > 0 ? Math.round(values[row + accountAge]! / gapS) + 1 : 1;
  return Number.isNaN(values[row + accountAge]!) ? NaN : Math.max(0, all - values[row + weekEvents]!);
};
