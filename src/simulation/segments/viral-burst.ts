import { askSomebody } from '../activity.ts';
import { splitRandomly, wrapInto } from '../arrivals.ts';
import { behave, personConduct } from '../conduct.ts';
import type { Recruit, Setting } from '../life.ts';
import { openSession } from '../life.ts';
import { inventProfile } from '../profile.ts';
import { personManner } from '../signup.ts';
import { hourMs, minuteMs, secondMs, wakingMoment } from '../time.ts';
import type { Segment } from './segment.ts';

/**
 * Somebody's post goes round, and within an hour hundreds sign up by the invitation and follow the same account: honest,
 * and in time and target just like a coordinated wave.
 */
export const viralBurst: Segment = {
  name: 'viral-burst',
  recruit: (setting, count) => splitRandomly(setting.random, count, 120, 400).flatMap((size) => wave(setting, size)),
};

function wave(setting: Setting, size: number): readonly Recruit[] {
  const { random, startMs, endMs } = setting;
  const country = setting.world.customs.people.country(random);
  const dayStartMs = startMs + Math.floor(random.between(0.08, 0.85) * (endMs - startMs));
  const postMs = wakingMoment(
    random,
    dayStartMs - (dayStartMs % (24 * hourMs)),
    country.timeZone(random).utcOffsetMinutes,
  );
  // Everybody of the wave finds the same account: the draw is repeated from the same number.
  const idolDraw = random.unit();
  return Array.from({ length: size }, () => {
    const createdMs = wrapInto(setting, postMs + random.logNormal(22 * minuteMs, 0.8));
    const own = random.chance(0.75) ? country : setting.world.customs.people.country(random);
    return {
      createdMs,
      country: own,
      joins: random.chance(0.97),
      live(life) {
        const profile = inventProfile(life.random, life.world, own);
        const manner = { ...personManner, referrer: () => (life.random.chance(0.85) ? 'invite' : 'social') };
        const joinedMs = behave(life, profile, { ...personConduct, manner });
        if (joinedMs === undefined || life.random.chance(0.15)) return;
        const timeMs = joinedMs + 20 * secondMs + life.random.exponential(3 * minuteMs);
        askSomebody(
          life,
          profile,
          openSession(life, profile, timeMs),
          timeMs,
          'follow',
          life.community.oneAt(idolDraw, Math.min(postMs, createdMs)),
        );
      },
    };
  });
}
