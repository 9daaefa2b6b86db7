import { steadyArrival } from '../arrivals.ts';
import type { Conduct } from '../conduct.ts';
import { behave, personConduct } from '../conduct.ts';
import type { Life, Recruit, Recruiter, Setting } from '../life.ts';
import type { Country } from '../population/countries.ts';
import { anyCountry } from '../population/countries.ts';
import type { Profile } from '../profile.ts';
import { inventProfile } from '../profile.ts';

/** A kind of honest people. */
export interface Segment {
  readonly name: string;
  /** Weight among the honest accounts; only ratios matter. */
  readonly weight: number;
  readonly recruit: Recruiter;
}

/** Chance that an honest signup succeeds in the end. */
const joinShare = 0.975;

/** What sets somebody apart from people at large. */
export interface Difference {
  readonly profile?: Partial<Profile>;
  readonly conduct?: Partial<Conduct>;
}

/** One honest person, made and led through the days when the time has come. */
export function person(
  setting: Setting,
  createdMs: number,
  country: Country,
  differ: (life: Life, profile: Profile) => Difference = () => ({}),
): Recruit {
  return {
    createdMs,
    country,
    joins: setting.random.chance(joinShare),
    live(life) {
      const profile = inventProfile(life.random, life.world, country);
      const difference = differ(life, profile);
      behave(life, { ...profile, ...difference.profile }, { ...personConduct, ...difference.conduct });
    },
  };
}

/** People who come one by one, each by themselves. */
export function individuals(differ?: (life: Life, profile: Profile) => Difference): Recruiter {
  return (setting, count) =>
    Array.from({ length: count }, () => {
      const country = anyCountry(setting.random);
      return person(setting, steadyArrival(setting.random, setting, country), country, differ);
    });
}
