import { steadyArrival } from '../arrivals.ts';
import { behave } from '../conduct.ts';
import type { Recruiter } from '../life.ts';
import { ordinaryConnect } from '../profile.ts';
import { personManner } from '../signup.ts';
import { pitchVoice } from '../text.ts';
import { minuteMs, secondMs } from '../time.ts';
import { disguised, drawEvasion, puppet, workerManner } from './campaign.ts';
import { deviceFarm, rotatingProxies, spoofedDevices } from './infrastructure.ts';
import { customers, work } from './job.ts';
import { drawNaming } from './naming.ts';

/**
 * Accounts that pass for people one by one, and that all like, follow and praise the same customer within minutes, time
 * and again. Careful ones take longer, skip some calls, and live at ordinary addresses.
 */
export const synchronisedEngagement: Recruiter = (setting, count) => {
  const { random, world, startMs, endMs } = setting;
  const evasion = drawEvasion(random);
  const countries = Array.from({ length: random.integer(1, 3) }, () =>
    setting.world.customs.people.campaignCountry(random),
  );
  const devices = random.chance(0.6)
    ? deviceFarm(random, count / random.between(2, 6))
    : spoofedDevices(random, 0.5 + evasion / 2);
  const naming = drawNaming(random, 0.4 + 0.6 * evasion);
  const conduct = disguised(
    setting.world.customs.fakes,
    0.75,
    evasion < 0.5 ? workerManner(random) : personManner,
    0.14,
  );
  const voice = pitchVoice(random, world, {
    templates: random.integer(6, 25),
    bitsTurnedMax: random.integer(1, 6),
    linkShare: random.between(0, 0.2),
    ownWordsShare: 0.3 + 0.4 * evasion,
  });
  const calls = Array.from({ length: random.integer(4, 9) }, () => {
    const timeMs = startMs + random.between(0.2, 0.97) * (endMs - startMs);
    return { timeMs, target: customers([random.unit()], timeMs) };
  });
  const answerShare = 0.85 - 0.45 * evasion;
  const delayMs = random.between(1.5, 4) * minuteMs * (1 + 3 * evasion);
  const proxyShare = 0.7 * (1 - evasion);
  return Array.from({ length: count }, (_, serial) => {
    const country = random.pick(countries);
    return puppet(setting, steadyArrival(setting, country), country, 0.97, (life, person) => {
      const own = life.random;
      const profile = {
        ...person,
        identity: naming(own, person.identity, serial),
        devices: own.chance(0.7) ? devices(own) : person.devices,
        connect: own.chance(proxyShare)
          ? rotatingProxies(world, [country], 0.3)
          : ordinaryConnect(own, world, country, 0.4),
        voice,
        appeal: own.between(0.3, 0.7),
      };
      const joinedMs = behave(life, profile, conduct);
      if (joinedMs === undefined) return;
      for (const call of calls) {
        if (call.timeMs < joinedMs || !own.chance(answerShare)) continue;
        work(life, profile, {
          fromMs: call.timeMs + own.logNormal(delayMs, 0.5),
          actions: 1.4,
          gapMeanMs: 20 * secondMs,
          requestShare: 0.25,
          verb: 'follow',
          content: own.chance(0.75) ? 'like' : 'comment',
          target: call.target,
        });
      }
    });
  });
};
