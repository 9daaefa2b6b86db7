import { steadyArrival } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { coinedWord } from '../population/usernames.ts';
import { ordinaryConnect, type Profile } from '../profile.ts';
import { personManner } from '../signup.ts';
import { dayMs, minuteMs } from '../time.ts';
import { disguised, drawEvasion, puppet } from './campaign.ts';
import { deviceFarm } from './infrastructure.ts';
import { anybody, work } from './job.ts';

/**
 * One person with time, who makes accounts by hand for some days: each with a name, an address, a pace and words of a person's, so that
 * none of them is remarkable. What is used again is what is at hand: two or three of a few phones, one mailbox under ever new aliases, a
 * folder of pictures and a sentence about oneself. Careful ones have more of each.
 *
 * No world has it unless it is asked for: it is there to try what looks for groups.
 */
export const oneHand: Recruiter = (setting, count) => {
  const { random, world, startMs, endMs } = setting;
  const evasion = drawEvasion(random);
  const country = world.customs.people.campaignCountry(random);
  const perThing = 8 + (1 - evasion) * 22;
  const phones = deviceFarm(random, count / perThing);
  const hubs = Array.from({ length: Math.ceil(count / (2 * perThing)) }, () => coinedWord(random, 4));
  const pictures = Array.from({ length: Math.ceil(count / perThing) }, () => random.hex(16));
  const bio = `${coinedWord(random, 2)} & ${coinedWord(random, 3)}`;
  const [usesPhones, usesHubs, usesPictures] = drawHabits(random.integer(0, 3));
  const lastsMs = random.between(1.5, 5) * dayMs;
  const beginMs = startMs + random.between(0.05, 0.9) * Math.max(0, endMs - startMs - lastsMs);
  const period = { startMs: beginMs, endMs: Math.min(endMs, beginMs + lastsMs) };
  const conduct = disguised(world.customs.fakes, 1, { ...personManner, fillsProfile: 0.8 }, 0.05);
  return Array.from({ length: count }, (_, serial) =>
    puppet(setting, steadyArrival(setting, country, period), country, 1, (life, person) => {
      const own = life.random;
      const profile: Profile = {
        ...person,
        ...(usesHubs && {
          identity: { ...person.identity, email: `${own.pick(hubs)}+${String(serial)}@gmail.com` },
        }),
        contacts: 'email',
        devices: usesPhones ? phones(own) : person.devices,
        connect: ordinaryConnect(own, world, country, 0.4),
        ...(usesPictures && { avatarHash: own.pick(pictures), bio }),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined) return;
      work(life, profile, {
        fromMs: joinedMs + own.exponential(3 * dayMs),
        actions: 2,
        gapMeanMs: 4 * minuteMs,
        requestShare: 0.4,
        verb: 'follow',
        content: 'comment',
        target: anybody,
      });
    }),
  );
};

/** What is used again, of phones, mailboxes, and pictures with words: all of them, or all but one. */
function drawHabits(spared: number): readonly [boolean, boolean, boolean] {
  return [spared !== 1, spared !== 2, spared !== 3];
}
