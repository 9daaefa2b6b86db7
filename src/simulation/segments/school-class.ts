import { askSomebody, publish } from '../activity.ts';
import { burstArrivals, splitRandomly, steadyArrival } from '../arrivals.ts';
import type { Account } from '../community.ts';
import { openSession } from '../life.ts';
import type { Life } from '../life.ts';
import { deviceOf } from '../population/devices.ts';
import { coinedWord } from '../population/usernames.ts';
import type { Profile } from '../profile.ts';
import { steady } from '../profile.ts';
import { personManner } from '../signup.ts';
import { minuteMs, secondMs } from '../time.ts';
import type { Segment } from './segment.ts';
import { person } from './segment.ts';

/**
 * A teacher or an administrator makes accounts for a whole class or firm: within minutes, at one address, often on one machine,
 * with names by a template. The people themselves then come from their own devices. Or all of them sit in one room and sign up themselves, and
 * then do what the teacher says, within minutes.
 */
export const schoolClass: Segment = {
  name: 'school-class',
  recruit: (setting, count) =>
    splitRandomly(setting.random, count, 6, 60).flatMap((size) => {
      const { random, world } = setting;
      const country = world.customs.people.country(random);
      const place = steady(world.homeAddress(random, country));
      const desk = deviceOf(random, 'desktop');
      const stem = coinedWord(random, 2);
      const templateShare = random.chance(0.6) ? 0.9 : 0;
      const domain = random.chance(0.6) ? `${coinedWord(random, 3)}.org` : undefined;
      const gapMs = random.logBetween(2 * secondMs, 90 * secondMs);
      const formMedianMs = random.logBetween(1_500, 40_000);
      const sitsTogether = random.between(0, 0.9);
      const deskShare = random.pick([0, 0.3, 0.6, 1]);
      const teacherPoint = random.chance(0.5) ? random.unit() : undefined;
      const times = burstArrivals(random, setting, steadyArrival(setting, country), size, gapMs);
      const firstMs = Math.min(...times);
      const taskMs = Math.max(...times) + random.logBetween(minuteMs, 60 * minuteMs);
      return times.map((createdMs, serial) =>
        person(
          setting,
          createdMs,
          country,
          (life, { identity, devices, connect }) => {
            const templated = life.random.chance(templateShare);
            const username = templated ? `${stem}${String(serial + 1).padStart(2, '0')}` : identity.username;
            const email = domain === undefined ? identity.email : `${username}@${domain}`;
            return {
              profile: {
                identity: { ...identity, username, email },
                contacts: 'email',
                devices: life.random.chance(deskShare) ? [desk, devices[0]] : devices,
                connect: (own, timeMs) =>
                  timeMs < createdMs + 60 * secondMs || own.chance(sitsTogether)
                    ? place(own, timeMs)
                    : connect(own, timeMs),
              },
              conduct: {
                manner: {
                  ...personManner,
                  formMs: (own) => Math.max(500, own.logNormal(formMedianMs, 0.35)),
                  stumbles: 0.04,
                  fillsProfile: 0.2,
                  verifies: 0.4,
                },
              },
            };
          },
          (life, profile) => {
            if (teacherPoint === undefined || life.random.chance(0.2)) return;
            const teacher = life.community.oneAt(teacherPoint, firstMs);
            doAsTold(life, profile, taskMs + life.random.exponential(2 * minuteMs), teacher);
          },
        ),
      );
    }),
};

/** Comes to the teacher, as everybody of the class does. */
function doAsTold(life: Life, profile: Profile, timeMs: number, teacher: Account | undefined): void {
  const session = openSession(life, profile, timeMs);
  const isAsked = life.random.chance(0.5);
  if (isAsked) askSomebody(life, profile, session, timeMs, life.world.customs.use.verb(life.random), teacher);
  else publish(life, profile, session, timeMs, life.random.pick(['comment', 'like', 'message']), teacher);
}
