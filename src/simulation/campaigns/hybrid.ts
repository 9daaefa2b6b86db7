import type { Conduct } from '../conduct.ts';
import { behave } from '../conduct.ts';
import { burstArrivals, splitRandomly, steadyArrival, wrapInto } from '../arrivals.ts';
import type { Recruiter, Setting } from '../life.ts';
import type { Country } from '../population/countries.ts';
import type { Connect, Profile } from '../profile.ts';
import { ordinaryConnect } from '../profile.ts';
import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import { personManner } from '../signup.ts';
import { pitchVoice } from '../text.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../time.ts';
import { disguised, drawEvasion, puppet, scriptedManner, workerManner } from './campaign.ts';
import type { DevicePool } from './infrastructure.ts';
import {
  deviceFarm,
  fromPool,
  hostingPool,
  oneOf,
  rotatingProxies,
  spoofedDevices,
  vpnPool,
} from './infrastructure.ts';
import type { Job } from './job.ts';
import { anybody, customers, victims, work } from './job.ts';
import type { Naming } from './naming.ts';
import { drawNaming } from './naming.ts';

/**
 * Whatever the other kinds do, put together anew: where it comes from, what it names and dates its accounts, how long it waits
 * and what it is there for are drawn each by itself, so that no model can know a campaign by what usually goes together.
 */
export const hybrid: Recruiter = (setting, count) => {
  const { random, world } = setting;
  const evasion = drawEvasion(random);
  const country = world.customs.people.campaignCountry(random);
  const naming: Naming = random.chance(0.25) ? (_, identity) => identity : drawNaming(random, evasion);
  const devices = drawDevices(random, evasion, count);
  const connect = drawConnect(setting, country, count);
  const conduct = drawConduct(setting, evasion);
  const times = drawTimes(setting, country, count);
  const jobs = drawJobs(setting);
  const waitMeanMs = random.pick([20 * minuteMs, 6 * hourMs, 2 * dayMs, 6 * dayMs]);
  const agedDays = random.chance(0.3) ? random.logBetween(5, 600) : 0;
  const idleShare = random.between(0, 0.12);
  const voice = pitchVoice(random, world, {
    templates: random.integer(1, 25),
    bitsTurnedMax: random.integer(0, 6),
    linkShare: random.between(0, 0.95),
    ownWordsShare: random.between(0, 0.6),
  });
  const usesOwnWords = random.chance(0.2);
  const pictures = Array.from({ length: Math.ceil(count / random.between(2, 14)) }, () => random.hex(16));
  const pictured = random.between(0, 1);
  const appealMin = random.between(0.05, 0.5);
  return times.map((timeMs, serial) => {
    const createdMs = agedDays === 0 ? timeMs : timeMs - (setting.endMs - setting.startMs) - agedDays * dayMs;
    return puppet(setting, createdMs, country, 0.95, (life, person) => {
      const own = life.random;
      const profile: Profile = {
        ...person,
        identity: naming(own, person.identity, serial),
        devices: devices === undefined ? person.devices : devices(own),
        connect: connect(own),
        voice: usesOwnWords ? person.voice : voice,
        ...(own.chance(pictured) && { avatarHash: own.pick(pictures) }),
        appeal: own.between(appealMin, appealMin + 0.35),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined || own.chance(idleShare)) return;
      for (const job of jobs)
        work(life, profile, {
          ...job,
          fromMs: Math.max(joinedMs, timeMs) + 30 * secondMs + own.exponential(waitMeanMs),
        });
    });
  });
};

/** Whose devices they use; `undefined` for their own, each. */
function drawDevices(random: Random, evasion: number, count: number): DevicePool | undefined {
  const kind = weighted<'farm' | 'spoofed' | 'own'>([
    ['farm', 5],
    ['spoofed', 3],
    ['own', 2],
  ])(random);
  if (kind === 'farm') return deviceFarm(random, count / random.logBetween(2, 30));
  return kind === 'spoofed' ? spoofedDevices(random, evasion) : undefined;
}

/** Where the accounts come from: a function of each account's own random numbers. */
function drawConnect(setting: Setting, country: Country, count: number): (own: Random) => Connect {
  const { random, world } = setting;
  const size = Math.max(1, Math.round(count / random.logBetween(1.5, 40)));
  const flats = Array.from({ length: size }, () => world.homeAddress(random, country));
  const gateways = Array.from({ length: random.integer(1, 5) }, () => world.gateway(country, random.integer(0, 30)));
  const servers = hostingPool(random, size, random.chance(0.5));
  const exits = vpnPool(setting, size);
  const proxies = rotatingProxies(world, [country], random.between(0, 0.6));
  const draw = weighted<(own: Random) => Connect>([
    [() => fromPool(servers), 2],
    [(own) => oneOf(own, servers), 2],
    [() => fromPool(exits), 2],
    [() => proxies, 3],
    [() => fromPool(gateways), 2],
    [(own) => oneOf(own, flats), 3],
    [() => fromPool(flats), 2],
    [(own) => ordinaryConnect(own, world, country, 0.4), 2],
  ]);
  const main = draw(random);
  const other = draw(random);
  const otherShare = random.chance(0.4) ? random.between(0.05, 0.5) : 0;
  return (own) => (own.chance(otherShare) ? other : main)(own);
}

function drawConduct(setting: Setting, evasion: number): Conduct {
  const { random } = setting;
  const manner = random.pick([
    scriptedManner(random, evasion),
    scriptedManner(random, evasion),
    workerManner(random),
    personManner,
  ]);
  return disguised(setting.world.customs.fakes, random.between(0, 0.9), manner, random.between(0.02, 0.5));
}

/** When they come: in waves, in bursts of a few, or one by one. */
function drawTimes(setting: Setting, country: Country, count: number): readonly number[] {
  const { random, startMs, endMs } = setting;
  const beginMs = startMs + random.between(0.02, 0.75) * (endMs - startMs);
  const lastsMs = random.logBetween(hourMs, 0.6 * (endMs - startMs));
  const kind = random.pick(['waves', 'spread', 'steady'] as const);
  if (kind === 'steady') return Array.from({ length: count }, () => steadyArrival(setting, country));
  if (kind === 'spread')
    return Array.from({ length: count }, () => wrapInto(setting, beginMs + random.unit() * lastsMs));
  const gapMs = random.logBetween(2 * secondMs, 15 * minuteMs);
  return splitRandomly(random, count, Math.ceil(count / 12), Math.ceil(count / 2)).flatMap((size) =>
    burstArrivals(random, setting, beginMs + random.unit() * lastsMs, size, gapMs),
  );
}

/** What they are there for: one to five spells of work, in a minute or a day. */
function drawJobs(setting: Setting): readonly Omit<Job, 'fromMs'>[] {
  const { random, startMs, endMs } = setting;
  const chosenMs = startMs + random.between(0.05, 0.4) * (endMs - startMs);
  const points = Array.from({ length: random.integer(1, 6) }, () => random.unit());
  const target = weighted<Job['target']>([
    [customers(points, chosenMs), 4],
    [anybody, 4],
    [victims(random.logBetween(2, 30)), 2],
  ])(random);
  const gapMeanMs = random.logBetween(2 * secondMs, 20 * minuteMs);
  const actions = random.logBetween(1, 25);
  const requestShare = random.pick([0, 0.2, 0.5, 0.9, 1]);
  return Array.from({ length: random.integer(1, 5) }, () => ({
    actions,
    gapMeanMs,
    requestShare,
    verb: random.pick(['friend', 'follow', 'invite'] as const),
    content: random.pick(['message', 'comment', 'like', 'post'] as const),
    target,
  }));
}
