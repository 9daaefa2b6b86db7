import { describe, expect, it } from 'vitest';
import type { AccountEvent, EventContext } from '../../../src/domain/event.ts';
import { eventOf, signupOf, startMs } from '../steps/events.ts';
import { told } from './told.ts';

const dayMs = 86_400_000;

interface Crowd {
  readonly accounts: number;
  readonly networks: number;
  readonly agents: number;
}

/** Signups with one device id, from so many networks and with so many user agents. */
function onOneDevice({ accounts, networks, agents }: Crowd): AccountEvent[] {
  return Array.from({ length: accounts }, (_, index) =>
    signupOf(`acc_${index}`, {
      context: {
        ip: `203.0.${index % networks}.9`,
        device_id: 'made-by-one-maker',
        user_agent: `agent ${index % agents}`,
      },
    }),
  );
}

/** The context of somebody in a network of his own. */
function context(index: number): EventContext {
  return { ip: `203.0.${index}.9` };
}

/** Accounts that are no longer young write one text, each from a network of its own. */
function oneTextOf(accounts: number, ageMs: number): AccountEvent[] {
  const names = Array.from({ length: accounts }, (_, index) => `acc_${index}`);
  const text = { text_hash: '00ff13a7c4e2b905', kind: 'post' } as const;
  return [
    ...names.map((subject) =>
      eventOf('account.login', { status: 'succeeded', method: 'otp' }, { subject, timeMs: startMs }),
    ),
    ...names.map((subject, index) =>
      eventOf('content.created', { ...text, context: context(index) }, { subject, timeMs: startMs + ageMs }),
    ),
    ...names.map((subject, index) =>
      eventOf(
        'account.profile_updated',
        { avatar_hash: '00ff13a7c4e2b906', context: context(index) },
        { subject, timeMs: startMs + ageMs },
      ),
    ),
  ];
}

async function lastOf(events: readonly AccountEvent[]) {
  return (await told(events)).at(-1)!;
}

const ofDevice = [
  'device_signups_1h',
  'device_accounts_1h',
  'device_accounts_24h',
  'device_accounts_7d',
  'device_networks_24h',
];

describe('a device id that stands for many', () => {
  it('says nothing of who has it', async () => {
    const features = await lastOf(onOneDevice({ accounts: 24, networks: 12, agents: 8 }));
    expect(features['device_is_stand_in']).toBe(1);
    expect(ofDevice.map((name) => features[name])).toEqual(ofDevice.map(() => NaN));
    expect(features['ip_devices_per_signup_24h']).toBeNaN();
  });

  it.each<readonly [string, Crowd]>([
    ['a farm behind rotating proxies', { accounts: 60, networks: 60, agents: 2 }],
    ['a farm that changes its user agent', { accounts: 60, networks: 3, agents: 60 }],
    ['a registration desk', { accounts: 60, networks: 1, agents: 1 }],
  ])('is not one of %s', async (_, crowd) => {
    const features = await lastOf(onOneDevice(crowd));
    expect(features['device_is_stand_in']).toBe(0);
    expect(features['device_accounts_24h']).toBeGreaterThan(40);
  });
});

describe('a text or picture that stands for many', () => {
  it('is one of many regulars in many networks', async () => {
    const events = oneTextOf(31, 3 * dayMs);
    const features = await told(events);
    const [text, avatar] = [features[61]!, features[92]!];
    expect([text['text_is_stand_in'], avatar['avatar_is_stand_in']]).toEqual([1, 1]);
    expect([text['text_accounts_24h'], text['text_uses_1h'], avatar['avatar_accounts_24h']]).toEqual([NaN, NaN, NaN]);
  });

  it('is not what a campaign of new accounts copies', async () => {
    const features = await told(oneTextOf(31, dayMs));
    const [text, avatar] = [features[61]!, features[92]!];
    expect([text['text_is_stand_in'], avatar['avatar_is_stand_in']]).toEqual([0, 0]);
    expect([text['text_accounts_24h'], avatar['avatar_accounts_24h']]).toEqual([31, 31]);
  });
});
