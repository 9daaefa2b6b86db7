import type { Country, TimeZone } from './population/countries.ts';
import type { Device } from './population/devices.ts';
import { commonDevice } from './population/devices.ts';
import type { Identity } from './population/identity.ts';
import { inventIdentity } from './population/identity.ts';
import { ownBio } from './population/bios.ts';
import type { Random } from './random.ts';
import { dayMs } from './time.ts';
import type { Voice } from './text.ts';
import { ownVoice } from './text.ts';
import type { World } from './world.ts';

export interface Connection {
  readonly ip: string;
  /** Where it is another one than the profile's, as on a journey. */
  readonly timeZone?: string;
}

/** Where a session that begins at that time comes from. */
export type Connect = (random: Random, timeMs: number) => Connection;

/** What an account is like for as long as it lives. */
export interface Profile {
  readonly identity: Identity;
  /** Which contacts the signup gives. */
  readonly contacts: 'email' | 'phone' | 'both';
  /** BCP 47 tag. */
  readonly locale: string;
  readonly timeZone: TimeZone;
  /** The first is the one used most. */
  readonly devices: readonly [Device, ...Device[]];
  readonly connect: Connect;
  readonly voice: Voice;
  readonly bio?: string;
  readonly avatarHash?: string;
  /** Chance from 0 to 1 that a request of this account is accepted. */
  readonly appeal: number;
}

/** A person as there are many in the country. Segments and campaigns replace the parts in which theirs differ. */
export function inventProfile(random: Random, world: World, country: Country): Profile {
  const { people } = world.customs;
  const locale = country.locale(random);
  const first = commonDevice(random, country);
  const devices: [Device, ...Device[]] = random.chance(people.secondDeviceShare)
    ? [first, commonDevice(random, country)]
    : [first];
  const stockAvatar = random.chance(people.stockPictureShare);
  return {
    identity: institutional(random, world, inventIdentity(random, country, world.customs.numbers.blocks)),
    contacts: people.contacts(random),
    locale,
    timeZone: country.timeZone(random),
    devices,
    connect: ordinaryConnect(random, world, country, first.family === 'desktop' ? 0.1 : 0.45),
    voice: ownVoice(random, world),
    ...(random.chance(people.bioShare) && { bio: ownBio(random, locale) }),
    ...(random.chance(people.pictureShare) && {
      avatarHash: stockAvatar ? random.pick(world.stockAvatars) : random.hex(16),
    }),
    appeal: 0.35 + 0.55 * random.unit() ** 0.6,
  };
}

/** With the mailbox of a school or a firm, where that is usual. */
function institutional(random: Random, world: World, identity: Identity): Identity {
  if (!random.chanceOrCertain(world.customs.people.institutionMailShare)) return identity;
  return { ...identity, email: `${identity.email.split('@')[0] ?? 'mail'}@${random.pick(world.institutions)}` };
}

/** From home, whose address changes every few days with some providers, or on the way by the carrier. */
export function ordinaryConnect(random: Random, world: World, country: Country, mobileShare: number): Connect {
  const { mobileScale, steadyHomeShare, relayShare } = world.customs.people;
  if (random.chanceOrCertain(relayShare)) return relayed(world);
  const home = random.chance(steadyHomeShare)
    ? steady(world.homeAddress(random, country))
    : renewing(random.between(1, 6) * dayMs, () => world.homeAddress(random, country));
  return (own, timeMs) =>
    own.chance(mobileShare * mobileScale) ? { ip: world.mobileAddress(own, country) } : home(own, timeMs);
}

/** By a relay that many use: nearly always out of its exits. */
function relayed(world: World): Connect {
  return (own) => ({ ip: world.vpnExit(own) });
}

export function steady(ip: string): Connect {
  return () => ({ ip });
}

/** A new address in every period. Sessions are asked for in any order of time: addresses are kept by period. */
export function renewing(periodMs: number, draw: () => string): Connect {
  const addresses = new Map<number, string>();
  return (_, timeMs) => {
    const period = Math.floor(timeMs / periodMs);
    const ip = addresses.get(period) ?? draw();
    addresses.set(period, ip);
    return { ip };
  };
}
