import { addressWithin } from '../addresses.ts';
import { burstArrivals, memberArrival, splitRandomly, steadyArrival } from '../arrivals.ts';
import { hostingNetworks } from '../networks.ts';
import { deviceOf } from '../population/devices.ts';
import { coinedWord } from '../population/usernames.ts';
import { minuteMs, secondMs } from '../time.ts';
import type { Segment } from './segment.ts';
import { person } from './segment.ts';

/**
 * A firm, an agency or a library: its people come by the same one to three addresses, which may be a proxy's among servers, on machines
 * that are all of one make, for years or since the morning on which somebody told them to.
 */
export const office: Segment = {
  name: 'office',
  recruit: (setting, count) =>
    splitRandomly(setting.random, count, 4, 90).flatMap((size) => {
      const { random, world } = setting;
      const country = world.customs.people.country(random);
      const isProxied = random.chance(0.35);
      const exits = Array.from({ length: random.integer(1, 3) }, () =>
        isProxied
          ? addressWithin(random.pick(random.pick(hostingNetworks).prefixes), random)
          : world.homeAddress(random, country),
      );
      const make = random.chance(0.6) ? deviceOf(random, 'desktop') : undefined;
      const domain = random.chance(0.6) ? `${coinedWord(random, 3)}.com` : undefined;
      const atWork = random.between(0.3, 1);
      const isTold = random.chance(0.4);
      const times = isTold
        ? burstArrivals(
            random,
            setting,
            steadyArrival(setting, country),
            size,
            random.logBetween(20 * secondMs, 30 * minuteMs),
          )
        : Array.from({ length: size }, () => memberArrival(setting, country));
      return times.map((createdMs) =>
        person(setting, createdMs, country, (life, { identity, contacts, devices, connect }) => {
          const machine = make === undefined ? devices[0] : { ...make, id: deviceOf(life.random, 'desktop').id };
          const mailbox = domain === undefined ? identity.email : `${identity.email.split('@')[0] ?? 'mail'}@${domain}`;
          return {
            profile: {
              identity: { ...identity, email: mailbox },
              contacts: domain === undefined ? contacts : 'email',
              devices: [machine, devices[0]],
              connect: (own, timeMs) => (own.chance(atWork) ? { ip: own.pick(exits) } : connect(own, timeMs)),
            },
          };
        }),
      );
    }),
};
