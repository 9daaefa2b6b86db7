import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../../src/simulation/simulate.ts';
import * as measures from './measures.ts';
import type { Observation, Observed } from './observation.ts';
import { observe } from './observation.ts';
import { bestRecall } from './overlap.ts';

const dayMs = 86_400_000;

let seen: Observation;

beforeAll(() => {
  seen = observe(simulate({ seed: 1, accounts: 20_000 }));
});

function fakeShare(accounts: readonly Observed[]): number {
  return measures.share(accounts, ({ truth }) => truth.label === 'fake');
}

describe('a simulation of 20,000 accounts', () => {
  it('has 200,000 to 250,000 events', () => {
    expect(seen.eventCount).toBeGreaterThan(200_000);
    expect(seen.eventCount).toBeLessThan(250_000);
  });

  it('has 12 to 18 of 100 accounts fake', () => {
    expect(fakeShare(seen.accounts)).toBeGreaterThan(0.12);
    expect(fakeShare(seen.accounts)).toBeLessThan(0.18);
  });

  it.each(['fake', 'genuine'] as const)('has first signups of %s accounts that do not succeed', (label) => {
    const accounts = seen.accounts.filter(({ truth }) => truth.label === label);
    expect(measures.share(accounts, ({ signupTries }) => signupTries > 1)).toBeGreaterThan(0.1);
    expect(measures.share(accounts, ({ signupTries }) => signupTries > 1)).toBeLessThan(0.3);
  });
});

describe('the label', () => {
  it('does not show in the length of an account id', () => {
    for (const group of Map.groupBy(seen.accounts, ({ truth }) => truth.accountId.length).values()) {
      expect(Math.abs(fakeShare(group) - fakeShare(seen.accounts))).toBeLessThan(0.03);
    }
  });

  it('does not show in the first letter of an account id', () => {
    for (const group of Map.groupBy(seen.accounts, ({ truth }) => truth.accountId[4]).values()) {
      expect(Math.abs(fakeShare(group) - fakeShare(seen.accounts))).toBeLessThan(0.08);
    }
  });

  it('does not show in the envelope', () => {
    expect([...seen.shape.envelopes]).toEqual(['specversion,id,source,type,subject,time,data']);
  });

  it.each([
    ['the presence and order of members', () => seen.shape.members, 0.02, 0.85],
    ['the source', () => seen.shape.sources, 0.04, 0.65],
  ])('does not show in %s: both sides have each that is common', (_, countsOf, shareMin, shareMax) => {
    const common = [...countsOf()].filter(([, [genuine, fake]]) => genuine + fake >= 200);
    const telling = common.filter(([, [genuine, fake]]) => {
      const fakes = fake / (genuine + fake);
      return fakes < shareMin || fakes > shareMax;
    });
    expect(common.length).toBeGreaterThan(10);
    expect(telling).toEqual([]);
  });
});

type Feature = (account: Observed) => number | undefined;

const crowdOf = (keysOf: measures.KeysOf) => (): Feature => measures.crowding(seen.accounts, keysOf);
const of = (feature: Feature) => (): Feature => feature;

describe('no single feature solves it', () => {
  it.each<readonly [name: string, prepare: () => Feature]>([
    ['form time', of(({ signup }) => signup.formMs)],
    ['challenge time', of(({ signup }) => signup.captchaMs)],
    ['accounts per address', crowdOf(measures.addresses)],
    ['accounts per device', crowdOf(measures.devices)],
    ['accounts per mail domain', crowdOf(measures.mailDomain)],
    ['accounts per phone prefix', crowdOf(measures.phonePrefix)],
    ['accounts per avatar', crowdOf(measures.avatars)],
    ['accounts per text', crowdOf(measures.texts)],
    ['share of digits in the username', of(({ signup }) => digitShare(signup.username))],
    ['length of the username', of(({ signup }) => signup.username?.length)],
    ['addresses', of(({ ips }) => ips.size)],
    ['devices', of(({ devices }) => devices.size)],
    ['requests', of(measures.requestCount)],
    [
      'share of requests accepted',
      of(({ acceptedCount, answeredCount }) => (answeredCount === 0 ? undefined : acceptedCount / answeredCount)),
    ],
    ['reports', of(({ reportCount }) => reportCount)],
    ['links', of(({ linkCount }) => linkCount)],
    ['actions', of(({ actions }) => actions.length)],
    ['signup tries', of(({ signupTries }) => signupTries)],
    ['hour of signup', of(({ truth }) => truth.createdMs % dayMs)],
  ])('%s', (_, prepare) => {
    const feature = prepare();
    const samples = seen.accounts.map((account) => ({ value: feature(account), fake: account.truth.label === 'fake' }));
    // A rule would be enough at a recall of 0.8 with fewer than 2 of 100 genuine accounts hit: this is far from it.
    expect(bestRecall(samples, 0.02)).toBeLessThan(0.5);
  });
});

function digitShare(username: string | undefined): number | undefined {
  return username === undefined ? undefined : username.replace(/\D/g, '').length / username.length;
}
