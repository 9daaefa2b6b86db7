import { burstArrivals, splitRandomly } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { contactHabits } from '../population/contact-habits.ts';
import { phoneNumber } from '../population/identity.ts';
import { pitchVoice } from '../text.ts';
import { dayMs, hourMs, minuteMs, nextLocalHour, secondMs } from '../time.ts';
import { disguised, drawEvasion, puppet, workerManner } from './campaign.ts';
import { deviceFarm, fromPool, spoofedDevices } from './infrastructure.ts';
import { anybody, work } from './job.ts';

/**
 * Racks of SIM cards of one batch: numbers that share all but their last digits, all verified, behind the same carrier
 * gateways as honest people, typed by workers in shifts. Careful ones buy from several batches and reset their phones.
 */
export const simFarm: Recruiter = (setting, count) => {
  const { random, world } = setting;
  const evasion = drawEvasion(random);
  const country = setting.world.customs.people.campaignCountry(random);
  const batches = Array.from({ length: evasion < 0.5 ? 1 : random.integer(2, 5) }, () => {
    const pattern = random.pick(contactHabits[country.code].phonePatterns);
    return `${phoneNumber(random, pattern, world.customs.numbers.blocks).slice(0, -4)}####`;
  });
  const gateways = Array.from({ length: random.integer(1, 2 + Math.round(4 * evasion)) }, () =>
    world.gateway(country, random.integer(0, 40)),
  );
  const devices = evasion < 0.55 ? deviceFarm(random, count / random.between(4, 12)) : spoofedDevices(random, evasion);
  const conduct = disguised(setting.world.customs.fakes, 0.35 + 0.5 * evasion, workerManner(random), 0.22);
  const voice = pitchVoice(random, world, {
    templates: random.integer(3, 12),
    bitsTurnedMax: random.integer(0, 4),
    linkShare: random.between(0.3, 0.8),
    ownWordsShare: 0.15 + 0.45 * evasion,
  });
  const withEmailShare = random.between(0, 0.6);
  const offset = country.timeZone(random).utcOffsetMinutes;
  const beginMs = setting.startMs + random.between(0, 0.7) * (setting.endMs - setting.startMs);
  const gapMs = random.between(20 * secondMs, 2 * minuteMs) * (1 + 3 * evasion);
  const times = splitRandomly(random, count, Math.ceil(count / 6), Math.ceil(count / 2)).flatMap((size, shift) =>
    burstArrivals(random, setting, nextLocalHour(beginMs + shift * dayMs, random.integer(8, 20), offset), size, gapMs),
  );
  return times.map((createdMs) =>
    puppet(setting, createdMs, country, 0.96, (life, person) => {
      const profile = {
        ...person,
        identity: { ...person.identity, phone: phoneNumber(life.random, life.random.pick(batches)) },
        contacts: life.random.chance(withEmailShare) ? ('both' as const) : ('phone' as const),
        devices: devices(life.random),
        connect: fromPool(gateways),
        voice,
        appeal: life.random.between(0.25, 0.6),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined || life.random.chance(0.2)) return;
      work(life, profile, {
        fromMs: joinedMs + 2 * hourMs + life.random.exponential(2.5 * dayMs),
        actions: 9,
        gapMeanMs: 25 * secondMs,
        requestShare: 0.35,
        verb: 'invite',
        content: 'message',
        target: anybody,
      });
    }),
  );
};
