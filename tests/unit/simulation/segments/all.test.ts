import { beforeAll, describe, expect, it } from 'vitest';
import { sampleCustoms } from '../../../../src/simulation/customs/sample.ts';
import * as measures from '../measures.ts';
import type { Observation, Observed } from '../observation.ts';
import { tenThousandAccounts } from '../ten-thousand.ts';

let seen: Observation;

beforeAll(() => {
  seen = tenThousandAccounts();
});

const of = (segment: string): readonly Observed[] => measures.ofKind(seen, `honest:${segment}`);
const isAbroad = (account: Observed): boolean => measures.countriesOf(account).size > 1;
const actionCount = ({ actions }: Observed): number => actions.length;

describe('the honest segments', () => {
  it('are all there, and nothing else is honest', () => {
    const genuine = seen.accounts.filter(({ truth }) => truth.label === 'genuine');
    expect([...new Set(genuine.map(({ kind }) => kind))].toSorted()).toEqual(
      Object.keys(sampleCustoms.segments)
        .map((name) => `honest:${name}`)
        .toSorted(),
    );
  });
});

describe('an honest segment is as hard as it says', () => {
  it('carrier-nat: more than a hundred behind one address', () => {
    expect(measures.largestCrowd(of('carrier-nat'), measures.addresses)).toBeGreaterThan(120);
  });

  it('university: dozens sign up within an hour from one /24', () => {
    const networks = Map.groupBy(of('university'), ({ ips }) => [...ips][0]?.split('.').slice(0, 3).join('.'));
    expect(Math.max(...Array.from(networks.values(), measures.busiestHour))).toBeGreaterThan(25);
  });

  it('household: families on one device', () => {
    expect(measures.largestCrowd(of('household'), measures.devices)).toBeGreaterThanOrEqual(3);
  });

  it('shared-device: more than a dozen on one device', () => {
    expect(measures.largestCrowd(of('shared-device'), measures.devices)).toBeGreaterThan(12);
  });

  it('traveller: addresses of several countries, unlike the people who stay', () => {
    expect(measures.share(of('traveller'), isAbroad)).toBeGreaterThan(0.3);
    expect(measures.share(of('ordinary'), isAbroad)).toBe(0);
  });

  it('vpn: exits shared with campaigns', () => {
    const exits = measures.crowds(of('vpn'), measures.addresses);
    const fakes = seen.accounts.filter(({ truth }) => truth.label === 'fake');
    expect(fakes.filter(({ ips }) => [...ips].some((ip) => (exits.get(ip) ?? 0) >= 4)).length).toBeGreaterThan(15);
  });

  it('relay-mail: every mailbox at a relay', () => {
    const domains = [...measures.crowds(of('relay-mail'), measures.mailDomain).keys()];
    expect(domains.filter((domain) => !/relay|duck|mozmail|simplelogin|aleeas/.test(domain))).toEqual([]);
  });

  it('fast-form: as fast as a script', () => {
    const times = of('fast-form').flatMap(({ signup }) => signup.formMs ?? []);
    expect(measures.share(times, (formMs) => formMs < 2_000)).toBeGreaterThan(0.2);
  });

  it('viral-burst: a wave of signups and a rush to one target', () => {
    expect(measures.busiestHour(of('viral-burst'))).toBeGreaterThan(80);
    expect(measures.largestRush(of('viral-burst'))).toBeGreaterThan(30);
  });

  it('power-user: about as active as follow-spam', () => {
    const spam = measures.ofKind(seen, 'campaign:follow-spam');
    expect(measures.median(of('power-user').map(actionCount))).toBeGreaterThan(
      0.5 * measures.median(spam.map(actionCount)),
    );
  });

  it('lurker: next to nothing', () => {
    expect(measures.median(of('lurker').map(actionCount))).toBe(0);
  });

  it('odd-username: rows of digits, or nothing that can be said aloud', () => {
    const names = of('odd-username').flatMap(({ signup }) => signup.username ?? []);
    expect(measures.share(names, (name) => /\d{5}/.test(name) || /[^aeiou]{6}/.test(name))).toBeGreaterThan(0.7);
  });

  it('reported-genuine: reported while they last', () => {
    expect(measures.share(of('reported-genuine'), ({ reportCount }) => reportCount > 0)).toBeGreaterThan(0.9);
  });
});
