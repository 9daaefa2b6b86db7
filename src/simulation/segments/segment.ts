import { memberArrival } from '../arrivals.ts';
import type { Conduct } from '../conduct.ts';
import { behave, personConduct } from '../conduct.ts';
import type { Life, Recruit, Recruiter, Setting } from '../life.ts';
import type { Country } from '../population/countries.ts';
import type { Profile } from '../profile.ts';
import { inventProfile } from '../profile.ts';
import type { LookAlikeName, SegmentName } from './names.ts';

/** A kind of honest people. */
export interface Segment {
  readonly name: SegmentName | LookAlikeName;
  readonly recruit: Recruiter;
}

/** Chance that an honest signup succeeds in the end. */
const joinShare = 0.975;

/** What sets somebody apart from people at large. */
export interface Difference {
  readonly profile?: Partial<Profile>;
  readonly conduct?: Partial<Conduct>;
}

/** What somebody does beside the everyday, once the signup had succeeded. */
export type GoOn = (life: Life, profile: Profile, joinedMs: number) => void;

/** One honest person, made and led through the days when the time has come. */
export function person(
  setting: Setting,
  createdMs: number,
  country: Country,
  differ: (life: Life, profile: Profile) => Difference = () => ({}),
  goOn: GoOn = () => undefined,
): Recruit {
  return {
    createdMs,
    country,
    joins: setting.random.chance(joinShare),
    live(life) {
      const profile = inventProfile(life.random, life.world, country);
      const difference = differ(life, profile);
      const whole = { ...profile, ...difference.profile };
      const joinedMs = behave(life, whole, { ...personConduct, ...difference.conduct });
      if (joinedMs !== undefined) goOn(life, whole, joinedMs);
    },
  };
}

/** People who come one by one, each by themselves. */
export function individuals(differ?: (life: Life, profile: Profile) => Difference, goOn?: GoOn): Recruiter {
  return (setting, count) =>
    Array.from({ length: count }, () => {
      const country = setting.world.customs.people.country(setting.random);
      return person(setting, memberArrival(setting, country), country, differ, goOn);
    });
}
