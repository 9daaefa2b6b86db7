import { addressWithin, subnetWithin } from '../addresses.ts';
import { burstArrivals, memberArrival, wrapInto, splitRandomly, steadyArrival } from '../arrivals.ts';
import type { Recruit, Recruiter, Setting } from '../life.ts';
import { networksByCountry } from '../networks.ts';
import type { Country } from '../population/countries.ts';
import { countries } from '../population/countries.ts';
import type { Device } from '../population/devices.ts';
import { commonDevice, deviceOf } from '../population/devices.ts';
import type { Connect } from '../profile.ts';
import { ordinaryConnect, steady } from '../profile.ts';
import type { Random } from '../random.ts';
import { dayMs, hourMs, minuteMs, nextLocalHour } from '../time.ts';
import type { Segment } from './segment.ts';
import { person } from './segment.ts';

/** Hundreds of strangers behind one address of a mobile carrier, for as long as they live. */
export const carrierNat: Segment = {
  name: 'carrier-nat',
  recruit: crowds(150, 450, (setting, size, index) => {
    const { crowdedCarriers } = setting.world.customs.people;
    const country = crowdedCarriers[index % crowdedCarriers.length] as Country;
    const gateway = setting.world.gateway(country, Math.floor(index / crowdedCarriers.length));
    const behindGateway: Connect = (random) => ({
      ip: random.chance(0.9) ? gateway : setting.world.mobileAddress(random, country),
    });
    return Array.from({ length: size }, () =>
      person(setting, memberArrival(setting, country), country, () => ({
        profile: { connect: behindGateway },
      })),
    );
  }),
};

const campusCountries = countries.filter((country) => networksByCountry[country.code].campus.length > 0);

/** Freshmen of one university sign up within a few days, many within minutes after a lecture, from one /24. */
export const university: Segment = {
  name: 'university',
  recruit: crowds(70, 260, (setting, size) => {
    const { random } = setting;
    const country = random.pick(campusCountries);
    const campus = subnetWithin(random.pick(networksByCountry[country.code].campus), 24, random);
    const gateways = Array.from({ length: random.integer(1, 12) }, () => addressWithin(campus, random));
    const offset = country.timeZone(random).utcOffsetMinutes;
    const termStartMs = setting.startMs + random.integer(0, 4) * dayMs;
    return splitRandomly(random, size, 12, 60).flatMap((lecture) => {
      const fromMs = nextLocalHour(termStartMs + random.integer(0, 3) * dayMs, random.integer(9, 18), offset);
      const times = burstArrivals(random, setting, fromMs, lecture, random.between(20_000, 3 * minuteMs));
      return times.map((createdMs) =>
        person(setting, createdMs, country, (life) => {
          const elsewhere = ordinaryConnect(life.random, life.world, country, 0.5);
          const leavesMs = createdMs + 3 * hourMs;
          return {
            profile: {
              connect: (own, timeMs) =>
                timeMs < leavesMs || own.chance(0.5) ? { ip: own.pick(gateways) } : elsewhere(own, timeMs),
            },
          };
        }),
      );
    });
  }),
};

/** A family behind one address; some sign up one after the other at the same table, on the same tablet. */
export const household: Segment = {
  name: 'household',
  recruit: crowds(2, 6, (setting, size) => {
    const { random } = setting;
    const country = setting.world.customs.people.country(random);
    const home = steady(setting.world.homeAddress(random, country));
    const tablet = commonDevice(random, country);
    const firstMs = steadyArrival(setting, country);
    return Array.from({ length: size }, (_, index) => {
      const laterMs =
        index === 0 ? 0 : random.chance(0.5) ? random.exponential(20 * minuteMs) : random.exponential(3 * dayMs);
      return person(setting, wrapInto(setting, firstMs + laterMs), country, (life, { devices }) => ({
        profile: {
          devices: sharedWith(life.random, tablet, devices, 0.45),
          connect: (own, timeMs) =>
            own.chance(0.2) ? { ip: life.world.mobileAddress(own, country) } : home(own, timeMs),
        },
      }));
    });
  }),
};

/** An internet café, a school's computer room, a shop's demonstration phone: many people, few devices, one address. */
export const sharedDevice: Segment = {
  name: 'shared-device',
  recruit: crowds(8, 60, (setting, size) => {
    const { random } = setting;
    const country = setting.world.customs.people.country(random);
    const place = steady(setting.world.homeAddress(random, country));
    const machines = Array.from({ length: Math.ceil(size / random.between(5, 24)) }, () => deviceOf(random, 'desktop'));
    const lesson = random.chance(0.35);
    const fromMs = steadyArrival(setting, country);
    const times = lesson
      ? burstArrivals(random, setting, fromMs, size, random.between(15_000, 2 * minuteMs))
      : Array.from({ length: size }, () => steadyArrival(setting, country));
    return times.map((createdMs) =>
      person(setting, createdMs, country, (life, { devices, connect }) => ({
        profile: {
          devices: sharedWith(life.random, life.random.pick(machines), devices, 0.75),
          connect: (own, timeMs) => (own.chance(0.85) ? place(own, timeMs) : connect(own, timeMs)),
        },
      })),
    );
  }),
};

/** The shared device first, with that chance; one's own otherwise. */
function sharedWith(
  random: Random,
  shared: Device,
  own: readonly [Device, ...Device[]],
  share: number,
): readonly [Device, ...Device[]] {
  return random.chance(share) ? [shared, own[0]] : own;
}

/** Splits a segment into groups that have something in common. */
function crowds(
  sizeMin: number,
  sizeMax: number,
  gather: (setting: Setting, size: number, index: number) => readonly Recruit[],
): Recruiter {
  return (setting, count) =>
    splitRandomly(setting.random, count, sizeMin, sizeMax).flatMap((size, index) => gather(setting, size, index));
}
