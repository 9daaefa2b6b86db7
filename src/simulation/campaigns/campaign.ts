import type { Unpopularity } from '../activity.ts';
import { personHabits } from '../activity.ts';
import type { Conduct } from '../conduct.ts';
import { personConduct } from '../conduct.ts';
import type { FakeCustoms } from '../customs/customs.ts';
import type { Life, Recruit, Setting } from '../life.ts';
import type { Country } from '../population/countries.ts';
import type { Profile } from '../profile.ts';
import { inventProfile } from '../profile.ts';
import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import type { SignupManner } from '../signup.ts';
import { personManner } from '../signup.ts';

/**
 * How well an instance of a campaign imitates people, from 0 (crude) to 1. Drawn once an instance: the same kind comes
 * in crude and in careful variants.
 */
export function drawEvasion(random: Random): number {
  return random.unit();
}

/** One fake account. It begins as a person of the country and is then changed: what is left alone is like anybody's. */
export function puppet(
  setting: Setting,
  createdMs: number,
  country: Country,
  joinShare: number,
  act: (life: Life, person: Profile) => void,
): Recruit {
  return {
    createdMs,
    country,
    joins: setting.random.chance(joinShare),
    live: (life) => {
      act(life, inventProfile(life.random, life.world, country));
    },
  };
}

/** A signup by a program: fast and even when crude; with waits that imitate typing when not. */
export function scriptedManner(random: Random, evasion: number): SignupManner {
  const formMedianMs =
    evasion < 0.35
      ? random.between(600, 2_600)
      : evasion < 0.7
        ? random.between(3_000, 12_000)
        : random.between(14_000, 36_000);
  const formSigma = 0.15 + 0.4 * evasion;
  const solverMedianMs = random.between(7_000, 22_000);
  const referrer = random.pick(['direct', 'search', 'invite', undefined]);
  return {
    ...personManner,
    formMs: (own) => Math.max(300, own.logNormal(formMedianMs, formSigma)),
    captchaMs: (own) => Math.max(700, own.logNormal(solverMedianMs, 0.4)),
    referrer: (own) => (own.chance(0.6 * (1 - evasion)) ? referrer : personManner.referrer(own)),
    stumbles: 0.22,
    verifies: random.between(0.55, 0.95),
    verifyAfterMs: (own) => (evasion < 0.5 ? own.logNormal(9_000, 0.4) : personManner.verifyAfterMs(own)),
    fillsProfile: random.between(0.25, 0.8),
  };
}

/** A signup by a paid worker who has done it a thousand times: typed, brisk, codes at hand. */
export function workerManner(random: Random): SignupManner {
  const formMedianMs = random.between(11_000, 26_000);
  return {
    ...personManner,
    formMs: (own) => Math.max(2_500, own.logNormal(formMedianMs, 0.4)),
    captchaMs: (own) => Math.max(900, own.logNormal(4_800, 0.45)),
    stumbles: 0.2,
    verifies: 0.93,
    verifyAfterMs: (own) => own.logNormal(18_000, 0.6),
    fillsProfile: random.between(0.4, 0.85),
  };
}

const suspicion = weighted<'fake' | 'spam' | 'abuse' | 'other'>([
  ['spam', 46],
  ['fake', 34],
  ['abuse', 10],
  ['other', 10],
]);

/** Reported more often than people are, with other reasons. */
export function unpopular(chance: number): Unpopularity {
  return { chance, reportsMean: 1.7, reason: suspicion };
}

/** Everyday use as a disguise: `share` of what a person does. */
export function disguised(
  { disguiseScale, reportScale }: FakeCustoms,
  share: number,
  manner: SignupManner,
  reportChance: number,
): Conduct {
  return {
    ...personConduct,
    manner,
    habits: {
      ...personHabits,
      sessionsPerDay: personHabits.sessionsPerDay * share * disguiseScale,
      trendShare: personHabits.trendShare * share * disguiseScale,
    },
    unpopularity: unpopular(reportChance * reportScale),
  };
}
