import { wrapInto } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { ownBio } from '../population/bios.ts';
import { pitchVoice, siteDomain } from '../text.ts';
import { dayMs, minuteMs, secondMs, wakingMoment } from '../time.ts';
import { disguised, drawEvasion, puppet, scriptedManner, workerManner } from './campaign.ts';
import { fromPool, hostingPool, oneOf, rotatingProxies, spoofedDevices, vpnPool } from './infrastructure.ts';
import { anybody, work } from './job.ts';
import { drawNaming } from './naming.ts';

/**
 * Follows strangers by the dozen every day so that they look back and find the link in the profile. Pictures and bios
 * are used again and again. Careful ones follow at the pace of a busy person.
 */
export const followSpam: Recruiter = (setting, count) => {
  const { random, world } = setting;
  const evasion = drawEvasion(random);
  const country = setting.world.customs.people.campaignCountry(random);
  const naming = drawNaming(random, 0.3 + 0.7 * evasion);
  const devices = spoofedDevices(random, evasion);
  const pool = random.chance(0.5) ? vpnPool(setting, 10) : hostingPool(random, Math.ceil(count / 7), true);
  const proxies = rotatingProxies(world, [country, setting.world.customs.people.campaignCountry(random)], 0.5);
  const behindProxies = random.chance(0.25 + 0.6 * evasion);
  const conduct = disguised(
    setting.world.customs.fakes,
    0.5,
    evasion < 0.5 ? scriptedManner(random, 0.5) : workerManner(random),
    0.36,
  );
  const pictures = Array.from({ length: Math.ceil(count / random.between(3, 12)) }, () => random.hex(16));
  const site = siteDomain(random);
  const slogans = Array.from({ length: random.integer(2, 6) }, () => ownBio(random, country.locale(random)));
  const voice = pitchVoice(random, world, {
    templates: random.integer(3, 10),
    bitsTurnedMax: random.integer(0, 5),
    linkShare: random.between(0.2, 0.6),
    ownWordsShare: 0.2 + 0.4 * evasion,
  });
  const followsPerDay = random.between(5, 16) * (1 - 0.6 * evasion);
  const beginMs = setting.startMs + random.between(0, 0.5) * (setting.endMs - setting.startMs);
  const lastsDays = random.integer(2, 6);
  return Array.from({ length: count }, (_, serial) => {
    const dayStartMs = beginMs - (beginMs % dayMs) + random.integer(0, lastsDays - 1) * dayMs;
    const createdMs = wrapInto(setting, wakingMoment(random, dayStartMs, country.timeZone(random).utcOffsetMinutes));
    return puppet(setting, createdMs, country, 0.95, (life, person) => {
      const own = life.random;
      const profile = {
        ...person,
        identity: naming(own, person.identity, serial),
        devices: devices(own),
        connect: behindProxies ? proxies : evasion < 0.5 ? fromPool(pool) : oneOf(own, pool),
        voice,
        bio: `${own.pick(slogans)}${own.chance(0.6) ? ` ${site}` : ''}`,
        avatarHash: own.pick(pictures),
        appeal: own.between(0.1, 0.4),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined) return;
      const activeDays = Math.min((life.endMs - joinedMs) / dayMs, own.integer(1, 4));
      for (let day = 0; day < activeDays; day += 1) {
        work(life, profile, {
          fromMs: joinedMs + 20 * minuteMs + (day + 0.6 * own.unit()) * dayMs,
          actions: followsPerDay,
          gapMeanMs: own.between(10, 70) * secondMs,
          requestShare: 0.9,
          verb: 'follow',
          content: 'comment',
          target: anybody,
        });
      }
    });
  });
};
