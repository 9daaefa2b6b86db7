import { steadyArrival } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { ownBio } from '../population/bios.ts';
import { ordinaryConnect } from '../profile.ts';
import { personManner } from '../signup.ts';
import { nearDuplicate, pitchVoice } from '../text.ts';
import { dayMs, minuteMs } from '../time.ts';
import { disguised, drawEvasion, puppet, workerManner } from './campaign.ts';
import { deviceFarm, fromPool, vpnPool } from './infrastructure.ts';
import { anybody, work } from './job.ts';

/**
 * Profiles of invented sweethearts, each led by hand: few strangers a day, long messages in nearly the same words, the
 * same stolen pictures cut a little differently. The persona claims one country; the worker sits in another.
 */
export const romanceScam: Recruiter = (setting, count) => {
  const { random, world } = setting;
  const evasion = drawEvasion(random);
  const claimed = setting.world.customs.people.campaignCountry(random);
  const worksFrom = setting.world.customs.people.campaignCountry(random);
  const devices = deviceFarm(random, count / random.between(2, 5));
  const exits = vpnPool(setting, random.integer(2, 8));
  const behindVpn = random.chance(0.45);
  const clockFits = random.chance(0.3 + 0.6 * evasion);
  const pictures = Array.from({ length: Math.ceil(count / random.between(3, 7)) }, () => random.hex(16));
  const bitsTurnedMax = Math.round(6 * evasion);
  const bios = Array.from({ length: random.integer(2, 5) }, () => ownBio(random, claimed.locale(random)));
  const conduct = disguised(setting.world.customs.fakes, 0.7, evasion < 0.6 ? workerManner(random) : personManner, 0.3);
  const voice = pitchVoice(random, world, {
    templates: random.integer(4, 14),
    bitsTurnedMax: random.integer(1, 6),
    linkShare: random.between(0, 0.15),
    ownWordsShare: 0.25 + 0.35 * evasion,
  });
  return Array.from({ length: count }, () =>
    puppet(setting, steadyArrival(setting, worksFrom), claimed, 0.97, (life, person) => {
      const own = life.random;
      const profile = {
        ...person,
        timeZone: clockFits ? person.timeZone : worksFrom.timeZone(own),
        devices: own.chance(0.8) ? devices(own) : person.devices,
        connect: behindVpn ? fromPool(exits) : ordinaryConnect(own, world, worksFrom, 0.4),
        voice,
        bio: own.pick(bios),
        avatarHash: nearDuplicate(own.pick(pictures), own.integer(0, bitsTurnedMax), own),
        appeal: own.between(0.25, 0.6),
      };
      const joinedMs = behave(life, profile, { ...conduct, manner: { ...conduct.manner, fillsProfile: 0.9 } });
      if (joinedMs === undefined) return;
      for (let spells = own.integer(2, 5); spells > 0; spells -= 1) {
        work(life, profile, {
          fromMs: joinedMs + 30 * minuteMs + own.exponential(3 * dayMs),
          actions: 3,
          gapMeanMs: 2 * minuteMs,
          requestShare: 0.45,
          verb: 'friend',
          content: 'message',
          target: anybody,
        });
      }
    }),
  );
};
