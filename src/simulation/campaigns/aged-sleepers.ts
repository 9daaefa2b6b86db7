import { steadyArrival } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { pitchVoice } from '../text.ts';
import { dayMs, hourMs, secondMs } from '../time.ts';
import { disguised, drawEvasion, puppet, scriptedManner, workerManner } from './campaign.ts';
import { deviceFarm, hostingPool, oneOf, rotatingProxies, spoofedDevices, vpnPool } from './infrastructure.ts';
import { anybody, work } from './job.ts';
import { drawNaming } from './naming.ts';

/**
 * Made early and left alone, so that they look old; then, on one day, all of them send requests and links within hours.
 * Careful ones use the accounts a little in the meantime and wake in several groups. Where the platform is older than the stream, some were made
 * before it.
 */
export const agedSleepers: Recruiter = (setting, count) => {
  const { random, world, startMs, endMs } = setting;
  const lengthMs = endMs - startMs;
  const evasion = drawEvasion(random);
  const country = setting.world.customs.people.campaignCountry(random);
  const devices = random.chance(0.5)
    ? deviceFarm(random, count / random.between(3, 10))
    : spoofedDevices(random, evasion);
  const pool = random.chance(0.5) ? vpnPool(setting, 12) : hostingPool(random, Math.ceil(count / 8), true);
  const proxies = rotatingProxies(world, [country], 0.3);
  const behindProxies = random.chance(0.3 + 0.6 * evasion);
  const naming = drawNaming(random, 0.2 + 0.8 * evasion);
  const manner = evasion < 0.5 ? scriptedManner(random, 0.5) : workerManner(random);
  const conduct = disguised(setting.world.customs.fakes, 0.05 + 0.6 * evasion, manner, 0.34);
  const voice = pitchVoice(random, world, {
    templates: random.integer(2, 10),
    bitsTurnedMax: random.integer(0, 5),
    linkShare: random.between(0.5, 0.95),
    ownWordsShare: 0.3 * evasion,
  });
  const olderDays = random.chanceOrCertain(world.customs.arrivals.olderShare > 0 ? 0.5 : 0)
    ? random.logBetween(5, 500)
    : 0;
  const making = { startMs, endMs: startMs + Math.ceil((0.4 * lengthMs) / dayMs) * dayMs };
  const wakings = Array.from(
    { length: 1 + Math.round(3 * evasion) },
    () => startMs + random.between(0.6, 0.9) * lengthMs,
  );
  return Array.from({ length: count }, (_, serial) => {
    const madeMs = steadyArrival(setting, country, making);
    const createdMs = olderDays === 0 ? madeMs : madeMs - lengthMs - olderDays * dayMs;
    return puppet(setting, createdMs, country, 0.95, (life, person) => {
      const own = life.random;
      const profile = {
        ...person,
        identity: naming(own, person.identity, serial),
        devices: devices(own),
        connect: behindProxies ? proxies : oneOf(own, pool),
        voice,
        appeal: own.between(0.2, 0.5),
      };
      if (behave(life, profile, conduct) === undefined || own.chance(0.08)) return;
      work(life, profile, {
        fromMs: own.pick(wakings) + own.exponential(2 * hourMs),
        actions: 12,
        gapMeanMs: own.between(8, 60) * secondMs,
        requestShare: 0.6,
        verb: 'friend',
        content: own.chance(0.5) ? 'message' : 'post',
        target: anybody,
      });
    });
  });
};
