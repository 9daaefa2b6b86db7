import { describe, expect, it } from 'vitest';
import type { AccountEvent, EventContext, SignupData } from '../../../src/domain/event.ts';
import { eventOf, signupOf, startMs } from '../steps/events.ts';
import { told } from './told.ts';

const ip = '203.0.113.7';
const agent = 'Mozilla/5.0 (iPhone)';

function signups(count: number, name: string, data: (index: number) => Partial<SignupData>): AccountEvent[] {
  return Array.from({ length: count }, (_, index) => signupOf(`${name}-${index}`, data(index)));
}

async function lastOf(events: readonly AccountEvent[]) {
  return (await told(events)).at(-1)!;
}

/** A signup behind the address that tells all; each has a device of its own and another name. */
function full(index: number, context: EventContext = {}): Partial<SignupData> {
  return { username: `name${index}`, context: { ip, device_id: `d${index}`, user_agent: agent, ...context } };
}

describe('who does not tell a member is in no share of it', () => {
  it('a conference whose app reports no device has no devices per signup, rather than none', async () => {
    const crowd = signups(40, 'guest', (index) => ({ username: `guest${index}`, context: { ip } }));
    const features = await lastOf(crowd);
    expect(features['ip_signups_1h']).toBe(40);
    expect(features['ip_devices_per_signup_24h']).toBeNaN();
    expect(features['network_devices_per_signup_24h']).toBeNaN();
    expect(features['ip_devices_24h']).toBeNaN();
  });

  it('and those who tell one are divided by themselves alone', async () => {
    const features = await lastOf([...signups(40, 'guest', () => ({ context: { ip } })), ...signups(4, 'told', full)]);
    expect(features['ip_devices_per_signup_24h']).toBe(1);
    expect(features['network_devices_per_signup_24h']).toBe(1);
    expect(features['name_shape_share_24h']).toBe(1);
    expect(features['client_share_24h']).toBe(1);
    expect(features['cohort_share_24h']).toBe(1);
  });

  it('user agents and versions are shares of those who have one', async () => {
    const silent = signups(40, 'silent', () => ({}));
    const versioned = signups(3, 'told', (index) => full(index, { app_version: '11.2.0' }));
    const features = await lastOf([...silent, ...versioned]);
    expect([features['user_agent_share_24h'], features['app_version_share_24h']]).toEqual([1, 1]);
  });

  it('one or two are no share', async () => {
    const features = await lastOf(signups(2, 'told', full));
    const shares = ['ip_devices_per_signup_24h', 'name_shape_share_24h', 'client_share_24h', 'user_agent_share_24h'];
    expect(shares.map((name) => features[name])).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('an account that never told a device has no number of devices', async () => {
    const features = await lastOf([eventOf('account.login', { status: 'succeeded', method: 'otp' })]);
    const kinds = ['account_devices_24h', 'account_networks_24h', 'account_addresses_24h'];
    expect(kinds.map((name) => features[name])).toEqual([NaN, NaN, NaN]);
  });
});

describe('a signup that was only tried', () => {
  it.each(['attempted', 'failed'] as const)('counts for nobody who is named in it: %s', async (status) => {
    const tried = signups(70, 'tried', (index) => ({
      ...full(index, { device_id: 'd' }),
      status,
      email: 'owner@example.com',
      phone: '+77011234567',
    }));
    const owner = signupOf('owner', {
      ...full(0, { device_id: 'd' }),
      email: 'owner@example.com',
      phone: '+77011234567',
    });
    const features = await lastOf([...tried, owner]);
    const counted = [
      'ip_signups_24h',
      'ip_accounts_24h',
      'network_signups_24h',
      'network_accounts_24h',
      'device_signups_7d',
      'device_accounts_7d',
      'mailbox_accounts_7d',
      'phone_accounts_7d',
      'phone_prefix_signups_24h',
      'email_domain_signups_24h',
      'name_shape_signups_24h',
      'client_signups_24h',
      'cohort_signups_24h',
    ].filter((name) => name in features);
    expect(counted.map((name) => [name, features[name]])).toEqual(counted.map((name) => [name, 1]));
    expect(counted.length).toBeGreaterThan(9);
    expect(features['cohort_form_log_mean']).toBeNaN();
  });

  it('is nothing that a label of its account could fall upon', async () => {
    const tried = signups(5, 'tried', (index) => ({ ...full(index, { device_id: 'd' }), status: 'attempted' }));
    const labels = tried.map(({ subject }) =>
      eventOf('account.labelled', { label: 'fake', by: 'review' }, { subject }),
    );
    const owner = signupOf('owner', full(0, { device_id: 'd' }));
    expect((await lastOf([...tried, ...labels, owner]))['device_fake_share']).toBeNaN();
  });
});

describe('malformed members', () => {
  it('are counted, each as one', async () => {
    const event = { ...signupOf('a'), malformed: ['email', 'phone'] } as AccountEvent;
    expect((await lastOf([{ ...event, timeMs: startMs }]))['malformed_members']).toBe(2);
  });
});
