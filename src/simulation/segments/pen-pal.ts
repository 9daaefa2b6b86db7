import type { Account } from '../community.ts';
import { askSomebody, personHabits, talk } from '../activity.ts';
import type { Life } from '../life.ts';
import { openSession } from '../life.ts';
import type { Profile } from '../profile.ts';
import { dayMs, minuteMs, secondMs, wakingMoment } from '../time.ts';
import type { Segment } from './segment.ts';
import { individuals } from './segment.ts';

/** Keeps to one person or two: an evening of quick talk, often the first one right after the signup, and then nothing for days. */
export const penPal: Segment = {
  name: 'pen-pal',
  recruit: individuals(
    () => ({ conduct: { habits: { ...personHabits, sessionsPerDay: 0.05, trendShare: 0.001 } } }),
    (life, profile, joinedMs) => {
      const { random } = life;
      const manner = {
        messagesMean: random.logBetween(5, 40),
        pauseMeanMs: random.logBetween(4 * secondMs, 90 * secondMs),
      };
      const points = Array.from({ length: random.integer(1, 2) }, () => random.unit());
      const restMeanDays = random.logBetween(0.7, 7);
      const knownMs = Math.max(joinedMs, life.startMs);
      let fromMs = random.chance(0.5)
        ? knownMs + random.exponential(20 * minuteMs)
        : eveningAfter(life, profile, knownMs);
      for (let evenings = random.integer(1, 8); evenings > 0 && fromMs < life.endMs; evenings -= 1) {
        const session = openSession(life, profile, fromMs);
        const met = meet(life, random.pick(points), knownMs);
        if (random.chance(0.3)) askSomebody(life, profile, session, fromMs, life.world.customs.use.verb(random), met);
        talk(life, profile, session, fromMs + 5 * secondMs, manner, met);
        fromMs = eveningAfter(life, profile, fromMs + random.exponential(restMeanDays * dayMs));
      }
    },
  ),
};

/** The same one at each point (0 to 1). */
function meet({ community, account }: Life, point: number, timeMs: number): Account | undefined {
  const met = community.oneAt(point, timeMs);
  return met === account ? undefined : met;
}

/** A moment of the next day at which one is awake. */
function eveningAfter({ random, world }: Life, { timeZone }: Profile, timeMs: number): number {
  const nextDayMs = timeMs - (timeMs % dayMs) + dayMs;
  return wakingMoment(random, nextDayMs, timeZone.utcOffsetMinutes, world.customs.use.hour);
}
