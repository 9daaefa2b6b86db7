import { burstArrivals, splitRandomly } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { pitchVoice } from '../text.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../time.ts';
import { disguised, drawEvasion, puppet, scriptedManner } from './campaign.ts';
import { deviceFarm, fromPool, hostingPool, oneOf, spoofedDevices, vpnPool } from './infrastructure.ts';
import { customers, work } from './job.ts';
import { drawNaming } from './naming.ts';

/**
 * A script on rented servers: waves of signups from few addresses and few devices, forms filled in within seconds, names
 * by a template. Careful ones slow down, spread over many servers or VPN exits and make up a device for each account.
 */
export const bulkScript: Recruiter = (setting, count) => {
  const { random } = setting;
  const evasion = drawEvasion(random);
  const poolSize = Math.round(evasion < 0.4 ? random.integer(1, 4) : 4 + (count / 6) * evasion);
  const addresses = random.chance(0.3) ? vpnPool(setting, poolSize) : hostingPool(random, poolSize, evasion > 0.5);
  const devices = evasion < 0.5 ? deviceFarm(random, random.integer(1, 6)) : spoofedDevices(random, evasion);
  const naming = drawNaming(random, evasion);
  const conduct = disguised(setting.world.customs.fakes, 0.25 + 0.5 * evasion, scriptedManner(random, evasion), 0.28);
  const voice = pitchVoice(random, setting.world, {
    templates: random.integer(2, 8),
    bitsTurnedMax: random.integer(0, 5),
    linkShare: random.between(0.3, 0.9),
    ownWordsShare: 0.4 * evasion,
  });
  const country = setting.world.customs.people.campaignCountry(random);
  const beginMs = setting.startMs + random.between(0.05, 0.75) * (setting.endMs - setting.startMs);
  const target = customers([random.unit(), random.unit()], beginMs);
  const gapMs = evasion < 0.5 ? random.between(3 * secondMs, 45 * secondMs) : random.between(minuteMs, 12 * minuteMs);
  const waves = splitRandomly(random, count, Math.ceil(count / 4), count);
  const times = waves.flatMap((size, wave) =>
    burstArrivals(random, setting, beginMs + wave * random.between(0.3, 1.5) * dayMs, size, gapMs),
  );
  return times.map((createdMs, serial) =>
    puppet(setting, createdMs, country, 0.92, (life, person) => {
      const profile = {
        ...person,
        identity: naming(life.random, person.identity, serial),
        contacts: life.random.chance(0.85) ? ('email' as const) : person.contacts,
        devices: devices(life.random),
        connect: evasion < 0.6 ? fromPool(addresses) : oneOf(life.random, addresses),
        voice,
        appeal: life.random.between(0.15, 0.45),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined || life.random.chance(0.25)) return;
      work(life, profile, {
        fromMs: joinedMs + life.random.exponential(10 * hourMs),
        actions: 6,
        gapMeanMs: 12 * secondMs,
        requestShare: 0.5,
        verb: 'follow',
        content: 'comment',
        target,
      });
    }),
  );
};
