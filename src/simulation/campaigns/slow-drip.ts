import { steadyArrival } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { ordinaryConnect } from '../profile.ts';
import { personManner } from '../signup.ts';
import { pitchVoice } from '../text.ts';
import { dayMs, minuteMs } from '../time.ts';
import { disguised, drawEvasion, puppet } from './campaign.ts';
import { deviceFarm, oneOf } from './infrastructure.ts';
import { customers, work } from './job.ts';
import { drawNaming } from './naming.ts';

/**
 * A few accounts a day for as long as it goes, with the timings of people. What they share shows late: some flats'
 * addresses, some phones, the customers whom they follow, and texts in the same words.
 */
export const slowDrip: Recruiter = (setting, count) => {
  const { random, world } = setting;
  const evasion = drawEvasion(random);
  const country = setting.world.customs.people.campaignCountry(random);
  const flats = Array.from({ length: Math.ceil(count / random.between(4, 14)) }, () =>
    world.homeAddress(random, country),
  );
  const phones = deviceFarm(random, count / random.between(2, 6));
  const sharedPhoneShare = 0.85 - 0.6 * evasion;
  const naming = drawNaming(random, 0.6 + 0.4 * evasion);
  const conduct = disguised(setting.world.customs.fakes, 0.8, personManner, 0.16);
  const voice = pitchVoice(random, world, {
    templates: random.integer(3, 10),
    bitsTurnedMax: random.integer(1, 6),
    linkShare: random.between(0.15, 0.5),
    ownWordsShare: 0.3 + 0.4 * evasion,
  });
  const chosenMs = setting.startMs + 1.5 * dayMs;
  const target = customers(
    Array.from({ length: random.integer(3, 8) }, () => random.unit()),
    chosenMs,
  );
  return Array.from({ length: count }, (_, serial) =>
    puppet(setting, steadyArrival(setting, country), country, 0.97, (life, person) => {
      const own = life.random;
      const profile = {
        ...person,
        identity: naming(own, person.identity, serial),
        devices: own.chance(sharedPhoneShare) ? phones(own) : person.devices,
        connect: own.chance(0.75) ? oneOf(own, flats) : ordinaryConnect(own, world, country, 0.4),
        voice,
        appeal: own.between(0.3, 0.7),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined) return;
      for (let spells = own.integer(1, 4); spells > 0; spells -= 1) {
        work(life, profile, {
          fromMs: joinedMs + own.exponential(3 * dayMs),
          actions: 2.5,
          gapMeanMs: 1.2 * minuteMs,
          requestShare: 0.55,
          verb: 'follow',
          content: 'comment',
          target,
        });
      }
    }),
  );
};
