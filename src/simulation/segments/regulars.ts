import { askSomebody, personHabits, sitting } from '../activity.ts';
import type { Life } from '../life.ts';
import { openSession } from '../life.ts';
import type { Profile } from '../profile.ts';
import { siteDomain, ownVoice } from '../text.ts';
import { dayMs, minuteMs, secondMs } from '../time.ts';
import type { Segment } from './segment.ts';
import { individuals } from './segment.ts';

/** Cannot leave it alone: hundreds of acts, often from the first day on, and with little pause. */
export const enthusiast: Segment = {
  name: 'enthusiast',
  recruit: individuals((life) => ({
    conduct: {
      habits: {
        sessionsPerDay: life.random.between(0.5, 4),
        actionsPerSession: life.random.logBetween(3, 25),
        requestShare: life.random.between(0.02, 0.85),
        trendShare: 0.08,
      },
    },
  })),
};

/** Signs up, is silent for days or weeks, and then comes back to stay: at first sight a sleeper that wakes. */
export const returner: Segment = {
  name: 'returner',
  recruit: individuals(
    () => ({ conduct: { habits: { ...personHabits, sessionsPerDay: 0.02, trendShare: 0.001 } } }),
    (life, profile, joinedMs) => {
      const { random } = life;
      const backMs = joinedMs + random.between(4, 16) * dayMs;
      const habits = {
        ...personHabits,
        actionsPerSession: random.between(2, 9),
        requestShare: random.between(0.1, 0.7),
      };
      const stayDays = random.integer(1, 6);
      for (let day = 0; day < stayDays; day += 1)
        sitting(life, profile, habits, backMs + (day + 0.4 * random.unit()) * dayMs, random.chance(0.8));
    },
  ),
};

/** Lets the app read the address book, and asks everybody in it within minutes of the signup. */
export const addressBook: Segment = {
  name: 'address-book',
  recruit: individuals(undefined, (life, profile, joinedMs) => {
    const { random } = life;
    const fromMs = joinedMs + random.exponential(4 * minuteMs);
    const session = openSession(life, profile, fromMs);
    const pauseMs = random.chance(0.5) ? 0.4 * secondMs : 6 * secondMs;
    let timeMs = fromMs;
    for (let left = random.integer(5, 60); left > 0; left -= 1) {
      timeMs += random.exponential(pauseMs);
      askSomebody(life, profile, session, timeMs, 'invite', life.community.acquaintance(random, timeMs, life.account));
    }
  }),
};

/** An honest shop, club or artist: posts the same offer with the same link again and again, and answers in the same words. */
export const seller: Segment = {
  name: 'seller',
  recruit: individuals((life: Life, profile: Profile) => ({
    profile: { voice: shopVoice(life, profile) },
    conduct: {
      habits: {
        sessionsPerDay: life.random.between(0.4, 2),
        actionsPerSession: life.random.between(2, 7),
        requestShare: life.random.between(0, 0.3),
        trendShare: 0.004,
      },
    },
  })),
};

function shopVoice(life: Life, { voice }: Profile): Profile['voice'] {
  const { random, world } = life;
  const texts = Array.from({ length: random.integer(1, 6) }, () => ownVoice(random, world).textHash(random));
  const site = siteDomain(random);
  const sameShare = random.between(0.3, 0.95);
  const linkShare = random.between(0.2, 0.95);
  return {
    textHash: (own) => (own.chance(sameShare) ? own.pick(texts) : voice.textHash(own)),
    links: (own) => (own.chance(linkShare) ? [site] : voice.links(own)),
  };
}
