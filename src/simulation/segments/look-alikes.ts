import { addressWithin, subnetWithin } from '../addresses.ts';
import { burstArrivals, splitRandomly, steadyArrival, wrapInto } from '../arrivals.ts';
import { networksByCountry } from '../networks.ts';
import { deviceOf } from '../population/devices.ts';
import { coinedWord } from '../population/usernames.ts';
import { steady } from '../profile.ts';
import { autofillMs, personManner } from '../signup.ts';
import { hourMs, minuteMs, secondMs } from '../time.ts';
import { person, type Segment } from './segment.ts';

/**
 * Honest people who share what only accounts of one hand should share. No world has them unless it is asked for: they are there to try
 * what looks for groups, in numbers that no platform sees.
 */

/**
 * The day of a campaign: hundreds sign up for a cause within hours, from everywhere, put its frame around their picture or take its
 * picture whole, and its words into their profile.
 */
const campaignDay: Segment = {
  name: 'campaign-day',
  recruit: (setting, count) =>
    splitRandomly(setting.random, count, 40, 160).flatMap((size) => {
      const { random, world } = setting;
      const pictures = Array.from({ length: random.integer(1, 4) }, () => random.hex(16));
      const slogan = `${coinedWord(random, 3)} now`;
      const dayMs = steadyArrival(setting, world.customs.people.country(random));
      return Array.from({ length: size }, () => {
        const country = world.customs.people.country(random);
        const createdMs = wrapInto(setting, dayMs + random.logNormal(2 * hourMs, 0.8));
        return person(setting, createdMs, country, (life, profile) => ({
          profile: {
            ...(life.random.chance(0.7) && { avatarHash: life.random.pick(pictures) }),
            ...(life.random.chance(0.6) && {
              bio: life.random.chance(0.6) ? slogan : `${profile.bio ?? ''} ${slogan}`.trim(),
            }),
          },
          conduct: { manner: { ...personManner, referrer: () => 'social', fillsProfile: 0.9 } },
        }));
      });
    }),
};

/**
 * One model of a phone, sold cheaply with the app on it: all say the same of themselves, and some of a batch have one and the same
 * device id. Strangers, behind the addresses of one carrier, who do not change the picture that came with it.
 */
const onePhoneModel: Segment = {
  name: 'one-phone-model',
  recruit: (setting, count) =>
    splitRandomly(setting.random, count, 30, 120).flatMap((size) => {
      const { random, world } = setting;
      const country = world.customs.people.country(random);
      const model = deviceOf(random, 'android');
      const batches = Array.from({ length: Math.ceil(size / random.integer(4, 20)) }, () => ({
        ...model,
        id: `d_${random.hex(16)}`,
      }));
      const picture = random.hex(16);
      return Array.from({ length: size }, () =>
        person(setting, steadyArrival(setting, country), country, (life) => ({
          profile: {
            devices: [
              life.random.chance(0.5) ? life.random.pick(batches) : { ...model, id: `d_${life.random.hex(16)}` },
            ],
            connect: (own) => ({ ip: world.mobileAddress(own, country) }),
            ...(life.random.chance(0.6) && { avatarHash: picture }),
          },
        })),
      );
    }),
};

/**
 * The staff of one company, signed up within an hour of a meeting: from one office, with names and mailboxes by the house's rule, its
 * sign as their picture and its words about itself as theirs, and some of them at one desk.
 */
const staff: Segment = {
  name: 'staff',
  recruit: (setting, count) =>
    splitRandomly(setting.random, count, 8, 45).flatMap((size) => {
      const { random, world } = setting;
      const country = world.customs.people.country(random);
      const office = subnetWithin(random.pick(networksByCountry[country.code].residential), 24, random);
      const place = steady(addressWithin(office, random));
      const desk = deviceOf(random, 'desktop');
      const firm = coinedWord(random, 3);
      const sign = random.hex(16);
      const times = burstArrivals(random, setting, steadyArrival(setting, country), size, (50 * minuteMs) / size);
      const deskShare = random.between(0, 0.5);
      return times.map((createdMs) =>
        person(setting, createdMs, country, (life, { identity, devices, connect }) => {
          const username = `${identity.name.given}.${identity.name.family}`;
          return {
            profile: {
              identity: { ...identity, username, email: `${username}@${firm}.com` },
              contacts: 'email',
              devices: life.random.chance(deskShare) ? [desk, devices[0]] : devices,
              connect: (own, timeMs) =>
                timeMs < createdMs + hourMs || own.chance(0.5) ? place(own, timeMs) : connect(own, timeMs),
              ...(life.random.chance(0.8) && { avatarHash: sign }),
              ...(life.random.chance(0.7) && { bio: `We are ${firm}` }),
            },
            conduct: {
              manner: {
                ...personManner,
                formMs: (own) =>
                  own.chance(0.4) ? autofillMs(own) : Math.max(2 * secondMs, own.logNormal(15_000, 0.4)),
                fillsProfile: 0.85,
              },
            },
          };
        }),
      );
    }),
};

export const lookAlikes: readonly Segment[] = [campaignDay, onePhoneModel, staff];
