import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress } from '../../../src/simulation/addresses.ts';
import { sampleCustoms } from '../../../src/simulation/customs/sample.ts';
import type { Customs } from '../../../src/simulation/customs/customs.ts';
import type { ProfileName } from '../../../src/simulation/customs/profiles.ts';
import { profileNames } from '../../../src/simulation/customs/profiles.ts';
import type { WorldName } from '../../../src/simulation/customs/worlds.ts';
import { worldOptions, worldSeed } from '../../../src/simulation/customs/worlds.ts';
import { networksByCountry } from '../../../src/simulation/networks.ts';
import { contactHabits } from '../../../src/simulation/population/contact-habits.ts';
import { countryOf } from '../../../src/simulation/population/countries.ts';
import { phoneNumber } from '../../../src/simulation/population/identity.ts';
import { Random } from '../../../src/simulation/random.ts';
import { createWorld } from '../../../src/simulation/world.ts';
import type { Simulation } from '../../../src/simulation/simulate.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { faultsOf } from './contract.ts';

interface Written {
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: {
    readonly context?: { readonly ip?: string };
    readonly kind?: string;
    readonly account_created_at?: string;
    readonly target?: string;
    readonly phone?: string;
  };
}

function world(profile: ProfileName, ordinal: number, accounts = 150): Simulation {
  return simulate({ ...worldOptions({ profile, purpose: 'testing', ordinal }), accounts });
}

function written(simulation: Simulation): readonly Written[] {
  return Array.from(simulation.events(), ({ json }) => JSON.parse(json) as Written);
}

/** Share of each event type. */
function mixOf(events: readonly Written[]): ReadonlyMap<string, number> {
  const byType = Map.groupBy(events, ({ type }) => type);
  return new Map(Array.from(byType, ([type, group]) => [type, group.length / events.length]));
}

function blocksOf(purpose: WorldName['purpose']): readonly number[] {
  return profileNames.flatMap((profile) =>
    [0, 1, 2, 3, 4].map((ordinal) => worldOptions({ profile, purpose, ordinal }).customs.numbers.blocks),
  );
}

const ordinals = fc.integer({ min: 0, max: 1e9 });

describe('worlds for training and for testing', () => {
  it('never have the same seed', () => {
    fc.assert(
      fc.property(ordinals, ordinals, (one, other) => {
        expect(worldSeed({ purpose: 'training', ordinal: one })).not.toBe(
          worldSeed({ purpose: 'testing', ordinal: other }),
        );
      }),
    );
  });

  it('are each other than the next', () => {
    fc.assert(
      fc.property(fc.constantFrom('training', 'testing'), ordinals, ordinals, (purpose, one, other) => {
        fc.pre(one !== other);
        expect(worldSeed({ purpose, ordinal: one })).not.toBe(worldSeed({ purpose, ordinal: other }));
      }),
    );
  });

  it('have courses that are no course of another world', () => {
    const courses = fc.integer({ min: 0, max: 1e6 });
    fc.assert(
      fc.property(ordinals, ordinals, courses, courses, (one, other, course, its) => {
        const [first, second] = [
          worldOptions({ profile: 'forum', purpose: 'training', ordinal: one, course }),
          worldOptions({ profile: 'forum', purpose: 'testing', ordinal: other, course: its }),
        ];
        expect(first.seed % 2).toBe(0);
        expect(second.seed % 2).toBe(1);
      }),
      { numRuns: 20 },
    );
  });

  it.each([-1, 0.5, 2e9])('have no seed for %d', (ordinal) => {
    expect(() => worldSeed({ purpose: 'testing', ordinal })).toThrow(/counted/);
  });
});

describe.each(profileNames)('a world of the profile %s', (profile) => {
  it('is the same each time', () => {
    const name: WorldName = { profile, purpose: 'training', ordinal: 4 };
    const first = written(simulate({ ...worldOptions(name), accounts: 60 }));
    expect(written(simulate({ ...worldOptions(name), accounts: 60 }))).toEqual(first);
  });

  it('has courses of the same length and customs, with other people in them', () => {
    const name: WorldName = { profile, purpose: 'testing', ordinal: 4 };
    const [first, other] = [worldOptions(name), worldOptions({ ...name, course: 1 })];
    expect(worldOptions({ ...name, course: 0 }).seed).toBe(first.seed);
    expect(other.days).toBe(first.days);
    expect({ ...other.customs.use, verb: null, content: null, loginMethod: null, hour: null }).toEqual({
      ...first.customs.use,
      verb: null,
      content: null,
      loginMethod: null,
      hour: null,
    });
    expect(written(simulate({ ...other, accounts: 60 }))).not.toEqual(written(simulate({ ...first, accounts: 60 })));
  });

  it('writes events that the contract allows, in order, of accounts that are there by then', () => {
    const simulation = world(profile, 1);
    const createdMs = new Map(simulation.truth.map((entry) => [entry.accountId, entry.createdMs]));
    const faulty: string[] = [];
    let lastMs = 0;
    for (const { json, subject, timeMs } of simulation.events()) {
      const { data } = JSON.parse(json) as Written;
      const isEarly = (id: string): boolean => (createdMs.get(id) ?? Infinity) > timeMs;
      if (faultsOf(json).length > 0 || isEarly(subject) || timeMs < lastMs) faulty.push(json);
      if (data.target !== undefined && (isEarly(data.target) || data.target === subject)) faulty.push(json);
      lastMs = timeMs;
    }
    expect(faulty).toEqual([]);
    expect(createdMs.size).toBe(150);
  });

  it('has fakes and honest people', () => {
    expect(new Set(world(profile, 2).truth.map(({ label }) => label))).toEqual(new Set(['fake', 'genuine']));
  });
});

describe('homes whose address says another country', () => {
  // One world of forty had any, and models took a country that differs for a trait of fakes: on a platform with many of
  // them the first bundles blocked one honest person in a hundred.
  it('are anything from none to nearly all of a world, in those that train too', () => {
    const shares = profileNames.flatMap((profile) =>
      [0, 1, 2, 3, 4].map(
        (ordinal) => worldOptions({ profile, purpose: 'training', ordinal }).customs.people.strayHomeShare,
      ),
    );
    expect(shares.filter((share) => share === 0).length).toBeGreaterThan(shares.length / 3);
    expect(shares.filter((share) => share > 0).length).toBeGreaterThan(shares.length / 3);
    expect(shares.filter((share) => share > 0.5).length).toBeGreaterThan(5);
  });

  it.each([0, 0.5, 1])('come at the share %d that is usual there', (strayHomeShare) => {
    const customs = { ...sampleCustoms, people: { ...sampleCustoms.people, strayHomeShare } };
    const { homeAddress } = createWorld(new Random(1), 100, customs);
    const random = new Random(2);
    const networks = networksByCountry.KZ.residential.map((prefix) => prefix.split('.').slice(0, 2).join('.'));
    const homes = Array.from({ length: 1_000 }, () => homeAddress(random, countryOf('KZ')));
    const stray = homes.filter((home) => !networks.some((network) => home.startsWith(`${network}.`))).length;
    // Any country may be drawn, the own one too.
    expect(stray / homes.length).toBeGreaterThanOrEqual(0.9 * strayHomeShare);
    expect(stray / homes.length).toBeLessThanOrEqual(1.1 * strayHomeShare);
  });
});

describe('what differs so much between platforms that it says little by itself', () => {
  // Evenings of quick talk with one person were in no world, and a bundle blocked them; so with a telephone whose address changes from
  // one message to the next, and with homes of which the database of addresses knows nothing true.
  it.each([
    ['talk with one person', (customs: Customs) => customs.use.talk.share, 0.2],
    ['homes with any address', (customs: Customs) => customs.people.anyAddressShare, 0.2],
    ['connections that change within a sitting', (customs: Customs) => customs.people.roamingShare, 0.2],
    ['people behind relays', (customs: Customs) => customs.people.relayShare, 0.1],
  ])('%s: none in many worlds, and much in many', (_, shareOf, much) => {
    for (const purpose of ['training', 'testing'] as const) {
      const shares = customsOf(purpose).map(shareOf);
      expect(shares.filter((share) => share === 0).length).toBeGreaterThan(shares.length / 6);
      expect(shares.filter((share) => share > much).length).toBeGreaterThan(shares.length / 10);
    }
  });

  it('holds for campaigns too: their connections change within a sitting', () => {
    expect(addressesOf(1)).toBeGreaterThan(1.5 * addressesOf(0));
  });

  it('any address is a public one', () => {
    const random = new Random(4);
    const drawn = Array.from({ length: 2_000 }, () => anyAddress(random));
    expect(drawn.filter((ip) => /^(0|10|127|169|172|192|22[4-9]|2[3-5]\d)\./.test(ip))).toEqual([]);
    expect(new Set(drawn.map((ip) => ip.split('.')[0])).size).toBeGreaterThan(150);
  });
});

describe('an evening of talk', () => {
  it('is many messages to one person within the hour', () => {
    const customs = { ...sampleCustoms, segments: { 'pen-pal': 1 } };
    const messages = written(simulate({ seed: 7, accounts: 60, campaigns: [], customs })).filter(
      ({ data: { kind } }) => kind === 'message',
    );
    const evenings = Map.groupBy(messages, ({ subject, time, data }) =>
      [subject, time.slice(0, 13), data.target].join(' '),
    );
    expect(Math.max(...Array.from(evenings.values(), ({ length }) => length))).toBeGreaterThan(15);
  });
});

describe('the blocks that phone numbers come from', () => {
  // In no world did honest people share one but by luck, and two signups of a block within the hour were the strongest evidence that
  // models knew: on another program's platform, where each country has few, they blocked a campus for it.
  it.each(['training', 'testing'] as const)('are any in some worlds and few in others, for %s', (purpose) => {
    const blocks = blocksOf(purpose);
    expect(blocks.filter((each) => each === Infinity).length).toBeGreaterThan(blocks.length / 3);
    expect(blocks.filter((each) => each <= 30).length).toBeGreaterThan(blocks.length / 8);
    expect(Math.min(...blocks)).toBeGreaterThanOrEqual(1);
  });

  it.each([1, 7, 2_000, Infinity])('are %d for a pattern at most, and each number fits its pattern', (blocksMax) => {
    const random = new Random(1);
    for (const pattern of ['+49151########', '+1212N######', '+48500######']) {
      const numbers = Array.from({ length: 500 }, () => phoneNumber(random, pattern, blocksMax));
      const fits = new RegExp(`^${pattern.replace('+', '\\+').replaceAll('#', '\\d').replaceAll('N', '[2-9]')}$`);
      expect(numbers.filter((number) => !fits.test(number))).toEqual([]);
      // Of each block, those of an open first digit count as one.
      const blocks = new Set(numbers.map((number) => number.slice(0, -4).replace(/^(\+1212)\d/, '$1')));
      expect(blocks.size).toBeLessThanOrEqual(blocksMax);
      if (blocksMax === 7) expect(blocks.size).toBe(7);
    }
  });

  it('are those of honest people for a SIM farm too', () => {
    const customs = {
      ...sampleCustoms,
      numbers: { blocks: 1 },
      fakes: { ...sampleCustoms.fakes, kinds: { 'sim-farm': 1 } },
    };
    const simulation = simulate({
      ...worldOptions({ profile: 'messenger', purpose: 'training', ordinal: 0 }),
      customs,
      accounts: 200,
    });
    const blocks = new Set(
      written(simulation).flatMap(({ data: { phone } }) => (phone === undefined ? [] : [phone.slice(0, -4)])),
    );
    const patterns = Object.values(contactHabits).flatMap(({ phonePatterns }) => phonePatterns);
    // An N stands for eight digits.
    expect(blocks.size).toBeLessThanOrEqual(patterns.reduce((sum, each) => sum + (each.includes('N') ? 8 : 1), 0));
  });
});

describe('the worlds', () => {
  const some = profileNames.flatMap((profile) => [0, 1, 2, 3].map((ordinal) => world(profile, ordinal, 80)));
  const events = some.map(written);

  it('have mixes of events that are far apart', () => {
    const likes = events.map((each) => mixOf(each).get('social.request_sent') ?? 0);
    expect(Math.max(...likes)).toBeGreaterThan(5 * Math.min(...likes));
    const logins = events.map((each) => mixOf(each).get('account.login') ?? 0);
    expect(Math.max(...logins)).toBeGreaterThan(5 * Math.min(...logins));
  });

  it.each(['device_id', 'timezone', 'screen', 'user_agent', 'app_version'])(
    'have clients that do not send %s, and clients that do',
    (member) => {
      const shares = events.map((each) => {
        const contexts = each.flatMap(({ data }) => data.context ?? []);
        return contexts.filter((context) => member in context).length / contexts.length;
      });
      expect(Math.min(...shares)).toBe(0);
      expect(Math.max(...shares)).toBeGreaterThan(0.5);
    },
  );

  it('are older than the stream in some, and say how old accounts are in some', () => {
    const olderShares = some.map(({ truth }) => {
      const startMs = Date.UTC(2026, 9, 5);
      return truth.filter(({ createdMs }) => createdMs < startMs).length / truth.length;
    });
    expect(Math.min(...olderShares)).toBe(0);
    expect(Math.max(...olderShares)).toBeGreaterThan(0.3);
    const dated = events.map((each) => each.every(({ data }) => data.account_created_at !== undefined));
    expect(new Set(dated).size).toBe(2);
  });

  it('have shares of fakes that are far apart', () => {
    const shares = some.map(({ truth }) => truth.filter(({ label }) => label === 'fake').length / truth.length);
    expect(Math.max(...shares)).toBeGreaterThan(3 * Math.min(...shares));
  });
});

function customsOf(purpose: WorldName['purpose']): Customs[] {
  return profileNames.flatMap((profile) =>
    [0, 1, 2, 3, 4].map((ordinal) => worldOptions({ profile, purpose, ordinal }).customs),
  );
}

/** How many addresses the fakes of a campaign come from. */
function addressesOf(roamingShare: number): number {
  const { fakes, people } = sampleCustoms;
  const customs = {
    ...sampleCustoms,
    people: { ...people, roamingShare },
    fakes: { ...fakes, shareMin: 1, shareMax: 1, kinds: { 'residential-proxies': 1 } },
  };
  const events = written(simulate({ seed: 5, accounts: 40, customs }));
  return new Set(events.flatMap(({ data }) => data.context?.ip ?? [])).size;
}
