import { wrapInto } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { pitchVoice } from '../text.ts';
import { dayMs, hourMs, secondMs, wakingMoment } from '../time.ts';
import { disguised, drawEvasion, puppet, scriptedManner } from './campaign.ts';
import { deviceFarm, rotatingProxies, spoofedDevices } from './infrastructure.ts';
import { anybody, work } from './job.ts';
import { drawNaming } from './naming.ts';

/**
 * Every session comes from another home: no address repeats. What is left to see are devices (a rack of phones, or
 * made-up ones), names and texts by template, and clocks that do not fit the country of the address.
 */
export const residentialProxies: Recruiter = (setting, count) => {
  const { random } = setting;
  const evasion = drawEvasion(random);
  const countries = Array.from({ length: random.integer(1, 4) }, () =>
    setting.world.customs.people.campaignCountry(random),
  );
  const mobileShare = random.between(0, 0.4);
  const devices =
    random.chance(0.5) && evasion < 0.8
      ? deviceFarm(random, count / random.between(2, 9))
      : spoofedDevices(random, evasion);
  const naming = drawNaming(random, 0.2 + 0.8 * evasion);
  const conduct = disguised(
    setting.world.customs.fakes,
    0.4 + 0.5 * evasion,
    scriptedManner(random, 0.25 + 0.75 * evasion),
    0.24,
  );
  const clockFitsShare = evasion;
  const operator = setting.world.customs.people.campaignCountry(random);
  const voice = pitchVoice(random, setting.world, {
    templates: random.integer(4, 20),
    bitsTurnedMax: random.integer(1, 6),
    linkShare: random.between(0.2, 0.7),
    ownWordsShare: 0.2 + 0.4 * evasion,
  });
  const lastsDays = random.between(1, 6);
  const beginMs = setting.startMs + random.between(0, 0.6) * (setting.endMs - setting.startMs);
  return Array.from({ length: count }, (_, serial) => {
    const country = random.pick(countries);
    const dayStartMs = beginMs + Math.floor(random.between(0, lastsDays)) * dayMs;
    const offset = country.timeZone(random).utcOffsetMinutes;
    const timeMs = random.chance(evasion)
      ? wakingMoment(random, dayStartMs, offset)
      : dayStartMs + random.between(0, dayMs);
    return puppet(setting, wrapInto(setting, timeMs), country, 0.94, (life, person) => {
      const profile = {
        ...person,
        identity: naming(life.random, person.identity, serial),
        timeZone: life.random.chance(clockFitsShare) ? person.timeZone : operator.timeZone(life.random),
        devices: devices(life.random),
        connect: rotatingProxies(life.world, life.random.chance(evasion) ? [country] : countries, mobileShare),
        voice,
        appeal: life.random.between(0.2, 0.5),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined || life.random.chance(0.2)) return;
      for (let spells = life.random.integer(1, 3); spells > 0; spells -= 1) {
        work(life, profile, {
          fromMs: joinedMs + hourMs + life.random.exponential(2 * dayMs),
          actions: 5,
          gapMeanMs: 30 * secondMs,
          requestShare: 0.45,
          verb: 'friend',
          content: life.random.chance(0.5) ? 'post' : 'comment',
          target: anybody,
        });
      }
    });
  });
};
