import { beforeAll, describe, expect, it } from 'vitest';
import { sampleCustoms } from '../../../../src/simulation/customs/sample.ts';
import * as measures from '../measures.ts';
import type { Observation, Observed } from '../observation.ts';
import { tenThousandAccounts } from '../ten-thousand.ts';

const dayMs = 86_400_000;

let seen: Observation;

beforeAll(() => {
  seen = tenThousandAccounts();
});

const of = (kind: string): readonly Observed[] => measures.ofKind(seen, kind);

/** Of the accounts of a kind, the middle one's number of accounts with which it shares something. */
function typicalCrowd(kind: string, keysOf: measures.KeysOf): number {
  const crowding = measures.crowding(seen.accounts, keysOf);
  return measures.median(of(kind).flatMap((account) => crowding(account) ?? []));
}

/** Share of the answered requests that were accepted, over all accounts of a label. */
function acceptance(label: 'fake' | 'genuine'): number {
  const accounts = seen.accounts.filter(({ truth }) => truth.label === label);
  const accepted = accounts.reduce((sum, { acceptedCount }) => sum + acceptedCount, 0);
  return accepted / accounts.reduce((sum, { answeredCount }) => sum + answeredCount, 0);
}

/** Of the accounts of a kind that do something ten times or more, the middle one's number of addresses. */
function addressesOfBusy(kind: string): number {
  return measures.median(of(kind).flatMap(({ ips, actions }) => (actions.length >= 10 ? [ips.size] : [])));
}

describe('the campaigns', () => {
  it.each(Object.keys(sampleCustoms.fakes.kinds))('come in several instances of different size: %s', (kind) => {
    const instances = measures.crowds(of(`campaign:${kind}`), ({ truth }) => [truth.segment]);
    expect(instances.size).toBeGreaterThanOrEqual(2);
    expect(new Set(instances.values()).size).toBeGreaterThan(1);
  });

  it('have their requests accepted less often than honest people', () => {
    expect(acceptance('genuine')).toBeGreaterThan(acceptance('fake') + 0.15);
  });
});

describe('a campaign leaves its trace', () => {
  it('bulk-script: more accounts to an address than people have', () => {
    expect(typicalCrowd('campaign:bulk-script', measures.addresses)).toBeGreaterThan(
      2 * typicalCrowd('honest:ordinary', measures.addresses),
    );
  });

  it('residential-proxies: another address in nearly every session', () => {
    expect(addressesOfBusy('campaign:residential-proxies')).toBeGreaterThan(addressesOfBusy('honest:ordinary'));
  });

  it('sim-farm: numbers that share all but their last digits', () => {
    expect(typicalCrowd('campaign:sim-farm', measures.phonePrefix)).toBeGreaterThanOrEqual(8);
    expect(typicalCrowd('honest:ordinary', measures.phonePrefix)).toBeLessThan(3);
  });

  it('slow-drip: signups on nearly every day, never many at once', () => {
    const days = new Set(of('campaign:slow-drip').map(({ truth }) => Math.floor(truth.createdMs / dayMs)));
    expect(days.size).toBeGreaterThanOrEqual(13);
    expect(measures.busiestHour(of('campaign:slow-drip'))).toBeLessThan(15);
  });

  it('aged-sleepers: most of what they do comes days after the signup', () => {
    const ages = of('campaign:aged-sleepers').flatMap(({ actions, truth }) =>
      actions.map(({ timeMs }) => timeMs - truth.createdMs),
    );
    expect(measures.median(ages)).toBeGreaterThan(5 * dayMs);
  });

  it('synchronised-engagement: a rush to one target', () => {
    expect(measures.largestRush(of('campaign:synchronised-engagement'))).toBeGreaterThan(20);
  });

  it('follow-spam: many requests, few accepted', () => {
    const accounts = of('campaign:follow-spam');
    const rates = accounts.flatMap(({ acceptedCount, answeredCount }) =>
      answeredCount > 4 ? [acceptedCount / answeredCount] : [],
    );
    expect(measures.median(accounts.map(measures.requestCount))).toBeGreaterThan(8);
    expect(measures.median(rates)).toBeLessThan(0.4);
  });

  it('romance-scam: pictures that come again, if not quite the same', () => {
    const pictures = of('campaign:romance-scam').flatMap((account) =>
      measures.avatars(account).map((hash) => BigInt(`0x${hash}`)),
    );
    const isRepeated = (one: bigint, place: number): boolean =>
      pictures.some((other, index) => index !== place && bitsApart(one, other) <= 12);
    expect(pictures.filter(isRepeated).length / pictures.length).toBeGreaterThan(0.8);
  });
});

function bitsApart(first: bigint, second: bigint): number {
  return (first ^ second).toString(2).replaceAll('0', '').length;
}
