import { anyCountry } from '../population/countries.ts';
import type { Country } from '../population/countries.ts';
import type { Connect } from '../profile.ts';
import type { Random } from '../random.ts';
import { dayMs } from '../time.ts';
import type { World } from '../world.ts';
import type { Segment } from './segment.ts';
import { individuals } from './segment.ts';

/** Somebody on a journey: another country every few days, the phone's clock following most of the time. */
export const traveller: Segment = {
  name: 'traveller',
  recruit: individuals((life, profile) => ({
    profile: { connect: journey(life.random, life.world, life.account.createdMs, profile.connect) },
  })),
};

/** Comes by a VPN service, always or now and then; the clock stays at home. */
export const vpn: Segment = {
  name: 'vpn',
  recruit: individuals((life, profile) => {
    const vpnShare = life.random.chance(0.6) ? 0.95 : 0.4;
    const usual = life.random.chance(0.4) ? life.world.vpnExit(life.random) : undefined;
    const connect: Connect = (own, timeMs) =>
      own.chance(vpnShare) ? { ip: usual ?? life.world.vpnExit(own) } : profile.connect(own, timeMs);
    return { profile: { connect } };
  }),
};

function journey(random: Random, world: World, departureMs: number, home: Connect): Connect {
  const stops: { readonly fromMs: number; readonly connect: Connect }[] = [];
  let fromMs = departureMs + (random.chance(0.5) ? -1 : random.exponential(2 * dayMs));
  for (let count = random.integer(1, 3); count > 0; count -= 1) {
    stops.push({ fromMs, connect: hotel(random, world, anyCountry(random)) });
    fromMs += dayMs + random.exponential(3 * dayMs);
  }
  if (random.chance(0.6)) stops.push({ fromMs, connect: home });
  return (own, timeMs) => (stops.findLast((stop) => stop.fromMs <= timeMs)?.connect ?? home)(own, timeMs);
}

function hotel(random: Random, world: World, country: Country): Connect {
  const wireless = world.homeAddress(random, country);
  const timeZone = country.timeZone(random).name;
  const clockFollows = random.chance(0.85);
  return (own) => ({
    ip: own.chance(0.6) ? wireless : world.mobileAddress(own, country),
    ...(clockFollows && { timeZone }),
  });
}
