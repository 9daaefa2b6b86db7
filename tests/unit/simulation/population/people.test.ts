import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { CountryCode } from '../../../../src/simulation/networks.ts';
import { networksByCountry } from '../../../../src/simulation/networks.ts';
import { countries } from '../../../../src/simulation/population/countries.ts';
import { appVersionAt, deviceOf, userAgentAt } from '../../../../src/simulation/population/devices.ts';
import { inventProfile } from '../../../../src/simulation/profile.ts';
import { Random } from '../../../../src/simulation/random.ts';
import { dayMs } from '../../../../src/simulation/time.ts';
import { sampleCustoms } from '../../../../src/simulation/customs/sample.ts';
import { createWorld } from '../../../../src/simulation/world.ts';

const nowMs = Date.UTC(2026, 9, 5);
const peoplePerCountry = 60;
const world = createWorld(new Random(1), 20_000, sampleCustoms);

function peopleOf(country: (typeof countries)[number]) {
  return Array.from({ length: peoplePerCountry }, (_, stream) => {
    const random = new Random(2, stream);
    const profile = inventProfile(random, world, country);
    return {
      profile,
      connections: Array.from({ length: 4 }, (__, day) => profile.connect(random, nowMs + day * dayMs)),
    };
  });
}

/** What is wrong with whom, over the people of all countries. */
function complaints(
  complain: (person: ReturnType<typeof peopleOf>[number], code: CountryCode) => readonly string[],
): string[] {
  return countries.flatMap((country) =>
    peopleOf(country).flatMap((person) =>
      complain(person, country.code).map((complaint) => `${country.code}: ${complaint}`),
    ),
  );
}

function offsetMinutesOf(timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(nowMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

describe('people', () => {
  it('are of at least 25 countries', () => {
    expect(countries.length).toBeGreaterThanOrEqual(25);
  });

  it('come from addresses of their country', () => {
    const lists = new Map(countries.map(({ code }) => [code, blockList(code)]));
    const strangers = complaints(({ connections }, code) =>
      connections
        .map(({ ip }) => ip)
        .filter((ip) => lists.get(code)?.check(ip, ip.includes(':') ? 'ipv6' : 'ipv4') !== true),
    );
    expect(strangers).toEqual([]);
  });

  it('have locales that are well formed', () => {
    expect(
      complaints(({ profile }) =>
        Intl.getCanonicalLocales(profile.locale)[0] === profile.locale ? [] : [profile.locale],
      ),
    ).toEqual([]);
  });

  // An hour is let pass: countries give daylight saving time up and take it back, and each ICU knows its own.
  it('have time zones that exist, and their offset in early October', () => {
    const wrong = complaints(({ profile: { timeZone } }) =>
      Math.abs(offsetMinutesOf(timeZone.name) - timeZone.utcOffsetMinutes) <= 60 ? [] : [timeZone.name],
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['numbers in E.164', 'phone', /^\+[1-9]\d{9,13}$/],
    ['mailboxes in plain letters', 'email', /^[a-z0-9][a-z0-9._+]*@[a-z0-9-]+(\.[a-z0-9-]+)+$/],
    ['usernames in plain letters', 'username', /^[a-z0-9._]{2,40}$/],
  ] as const)('have %s', (_, member, pattern) => {
    const wrong = complaints(({ profile: { identity } }) => (pattern.test(identity[member]) ? [] : [identity[member]]));
    expect(wrong).toEqual([]);
  });
});

function blockList(code: CountryCode): BlockList {
  const list = new BlockList();
  const { residential, mobile } = networksByCountry[code];
  for (const prefix of [...residential, ...mobile]) {
    const [base, length] = prefix.split('/') as [string, string];
    list.addSubnet(base, Number(length), base.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

describe('display names', () => {
  it.each([
    ['RU', /\p{Script=Cyrillic}/u],
    ['EG', /\p{Script=Arabic}/u],
    ['IN', /\p{Script=Devanagari}/u],
    ['BD', /\p{Script=Bengali}/u],
    ['CN', /\p{Script=Han}/u],
    ['JP', /\p{Script=Hiragana}|\p{Script=Katakana}/u],
    ['KR', /\p{Script=Hangul}/u],
    ['TH', /\p{Script=Thai}/u],
    ['VN', /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệ]/iu],
  ])('are in the script of %s, and sometimes in plain Latin letters', (code, script) => {
    const country = countries.find((entry) => entry.code === code);
    const names = country === undefined ? [] : peopleOf(country).map(({ profile }) => profile.identity.displayName);
    expect(names.filter((name) => script.test(name)).length).toBeGreaterThan(0);
    expect(names.filter((name) => /[a-z]/i.test(name)).length).toBeGreaterThan(0);
  });
});

describe('devices', () => {
  it('move to newer versions with time, the slow ones later', () => {
    const device = { ...deviceOf(new Random(1), 'android'), usesApp: true, updateLagDays: 3 };
    const behind = { ...device, updateLagDays: 200 };
    expect(appVersionAt(device, nowMs)).toBe('11.25.1');
    expect(appVersionAt(device, nowMs + 14 * dayMs)).toBe('11.27.1');
    expect(appVersionAt(behind, nowMs)).toMatch(/^10\./);
    expect(userAgentAt(device, nowMs)).not.toBe(userAgentAt(device, nowMs + 30 * dayMs));
  });

  it.each([
    ['android', /Android \d+; .+Mobile Safari/],
    ['ios', /iPhone OS \d+_\d+/],
    ['desktop', /Windows NT|Macintosh|X11/],
  ] as const)('look like what they are: %s', (family, pattern) => {
    expect(userAgentAt(deviceOf(new Random(3), family), nowMs)).toMatch(pattern);
  });
});
