import type { Habits, Unpopularity } from './activity.ts';
import { liveOrdinarily, personHabits, personUnpopularity, sufferReports } from './activity.ts';
import type { Life } from './life.ts';
import type { Profile } from './profile.ts';
import type { SignupManner } from './signup.ts';
import { personManner, signUp } from './signup.ts';

/** All that an account does: how it signs up, what it is used for, how often it is reported. */
export interface Conduct {
  readonly manner: SignupManner;
  readonly habits: Habits;
  readonly unpopularity: Unpopularity;
}

export const personConduct: Conduct = {
  manner: personManner,
  habits: personHabits,
  unpopularity: personUnpopularity,
};

/** Plans an account's course by its conduct. Returns when its signup had succeeded, or `undefined` if it never did. */
export function behave(life: Life, profile: Profile, conduct: Conduct): number | undefined {
  const joinedMs = signUp(life, profile, conduct.manner);
  if (joinedMs === undefined) return undefined;
  liveOrdinarily(life, profile, conduct.habits, joinedMs);
  sufferReports(life, conduct.unpopularity, joinedMs);
  return joinedMs;
}
