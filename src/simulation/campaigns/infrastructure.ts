import { addressWithin, subnetWithin } from '../addresses.ts';
import type { Setting } from '../life.ts';
import { hostingNetworks } from '../networks.ts';
import type { Country } from '../population/countries.ts';
import type { Device } from '../population/devices.ts';
import { deviceOf } from '../population/devices.ts';
import type { Connect } from '../profile.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** The devices of a campaign: which ones an account uses. */
export type DevicePool = (random: Random) => readonly [Device, ...Device[]];

/** A rack of phones or a few machines, each used for many accounts. */
export function deviceFarm(random: Random, size: number): DevicePool {
  const family = random.pick(['android', 'android', 'ios', 'desktop'] as const);
  const devices = Array.from({ length: Math.max(1, Math.round(size)) }, () => deviceOf(random, family));
  return (own) => [own.pick(devices)];
}

/** A made-up device for each account. What is made up carelessly is always the same model, or its screen does not fit it. */
export function spoofedDevices(random: Random, evasion: number): DevicePool {
  const template = deviceOf(random, random.pick(['android', 'android', 'desktop', 'ios'] as const));
  const sameModelShare = 0.9 * (1 - evasion);
  const wrongScreenShare = 0.3 * (1 - evasion);
  return (own) => {
    const drawn = deviceOf(own, template.family);
    const device = own.chance(sameModelShare) ? { ...template, id: drawn.id } : drawn;
    return [own.chance(wrongScreenShare) ? { ...device, screen: '1920x1080' } : device];
  };
}

/** Some addresses in one hosting network, or a few when `spread`. */
export function hostingPool(random: Random, size: number, spread: boolean): readonly string[] {
  const networks = Array.from({ length: spread ? 4 : 1 }, () =>
    subnetWithin(random.pick(random.pick(hostingNetworks).prefixes), 24, random),
  );
  return Array.from({ length: Math.max(1, size) }, () => addressWithin(random.pick(networks), random));
}

export function vpnPool({ random, world }: Setting, size: number): readonly string[] {
  return Array.from({ length: Math.max(1, size) }, () => world.vpnExit(random));
}

/** Any address of the pool, anew in each session. */
export function fromPool(addresses: readonly string[]): Connect {
  return (own) => ({ ip: own.pick(addresses) });
}

/** One address of the pool for as long as the account lives. */
export function oneOf(random: Random, addresses: readonly string[]): Connect {
  const ip = random.pick(addresses);
  return () => ({ ip });
}

/** Residential proxies: in each session another home's address, or another phone's, of the countries that are paid for. */
export function rotatingProxies(world: World, countries: readonly Country[], mobileShare: number): Connect {
  return (own) => {
    const country = own.pick(countries);
    return { ip: own.chance(mobileShare) ? world.mobileAddress(own, country) : world.homeAddress(own, country) };
  };
}
