import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { featureNames, sayFeature } from '../../../src/features/catalogue.ts';
import { evaluateRules } from '../../../src/policy/evaluate.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { describeFaults } from '../../../src/policy/policy-fault.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { eventOf, signup } from './policies.ts';

const url = new URL('../../../src/policy/default-policy.yaml', import.meta.url);

function defaultPolicy(): Policy {
  const loaded = loadPolicy(readFileSync(url), featureNames, sayFeature);
  if (!loaded.ok) throw new Error(describeFaults('default-policy.yaml', loaded.failure));
  return loaded.value;
}

const policy = defaultPolicy();

type Values = Readonly<Record<string, number>>;

function rowOf(values: Values): Float32Array {
  const unknown = Object.keys(values).filter((name) => !featureNames.includes(name));
  if (unknown.length > 0) throw new Error(`the catalogue has no ${unknown.join(', ')}`);
  return Float32Array.from(featureNames, (name) => values[name] ?? NaN);
}

function firedOn(event: AccountEvent, values: Values): string[] {
  return evaluateRules(policy, event, rowOf(values), 0).map(({ id }) => id);
}

const login = eventOf('account.login', { status: 'failed', method: 'password' });
const request = eventOf('social.request_sent', { verb: 'follow', target: 'acc_2' });
const answer = eventOf('social.request_answered', { verb: 'follow', target: 'acc_2', outcome: 'rejected' });
const comment = eventOf('content.created', { kind: 'comment', link_domains: ['shop.example'] });
const like = eventOf('content.created', { kind: 'like', target: 'post_1' });
const report = eventOf('account.reported', { reason: 'spam', reporter: 'acc_3' });

/** For each rule an event that it is made for. */
const examples: readonly (readonly [id: string, event: AccountEvent, values: Values])[] = [
  ['bulk-signup-from-device', signup, { device_accounts_24h: 27, device_accounts_1h: 12, form_ms: 6000 }],
  ['device-signs-up-over-many-networks', signup, { device_accounts_7d: 14, device_networks_24h: 7 }],
  ['several-accounts-on-moving-device', signup, { device_accounts_24h: 5, device_networks_24h: 5 }],
  ['few-devices-behind-busy-address', signup, { ip_signups_1h: 30, ip_devices_per_signup_24h: 0.1 }],
  ['automated-client-signs-up', signup, { user_agent_automated: 1 }],
  ['challenge-solved-elsewhere', signup, { captcha_ms: 21_000, form_ms: 5000 }],
  [
    'new-mail-domain-from-few-devices',
    signup,
    { email_domain_age_h: 5, email_domain_signups_24h: 40, device_accounts_24h: 8, form_ms: 7000 },
  ],
  ['one-mailbox-many-accounts', signup, { mailbox_accounts_7d: 6 }],
  ['names-from-a-template', signup, { name_shape_signups_24h: 9, name_shape_share_24h: 0.6, username_digit_run: 4 }],
  [
    'names-from-a-template-around',
    signup,
    { site_signups_1h: 60, site_shape_share_24h: 0.9, site_signups_per_resident_24h: 60, username_digit_run: 4 },
  ],
  ['phone-block-in-bulk', signup, { phone_prefix_signups_1h: 25, device_accounts_7d: 5 }],
  ['young-account-asks-everyone', request, { account_age_h: 3, account_requests_1h: 15, account_targets_24h: 20 }],
  ['requests-that-nobody-accepts', answer, { account_requests_24h: 40, account_acceptance_ratio_7d: 0.03 }],
  ['acts-like-a-metronome', like, { account_events_1h: 80, account_gap_variation: 0.05 }],
  [
    'same-text-with-links',
    comment,
    {
      text_accounts_24h: 15,
      text_networks_7d: 9,
      account_links_24h: 5,
      account_age_h: 20,
      account_repeat_share_24h: 0.5,
    },
  ],
  [
    'sleeper-wakes-and-asks',
    request,
    {
      history_age_h: 168,
      account_age_h: 400,
      account_requests_1h: 9,
      account_events_7d: 10,
      account_events_1h: 10,
    },
  ],
  ['logins-fail-from-many-networks', login, { account_login_failures_1h: 12, account_networks_24h: 5 }],
  [
    'reported-and-pressing',
    report,
    { account_reporters_7d: 4, account_reporter_networks_7d: 4, account_targets_24h: 25 },
  ],
  ['likes-in-step', like, { target_actions_10m: 90, account_age_h: 30 }],
];

/** Honest people who have one of the signs. */
const honest: readonly (readonly [who: string, event: AccountEvent, values: Values])[] = [
  [
    'a newcomer with ten ordinary requests whom one person reports with three puppets',
    report,
    { account_reporters_7d: 3, account_reporter_networks_7d: 1, account_targets_24h: 10 },
  ],
  [
    'somebody popular whom people in several places report and whose requests are accepted',
    report,
    {
      account_reporters_7d: 6,
      account_reporter_networks_7d: 6,
      account_targets_24h: 40,
      account_acceptance_ratio_7d: 0.8,
    },
  ],
  [
    'the author of a text that five puppets copied',
    comment,
    {
      text_accounts_24h: 6,
      text_networks_7d: 2,
      account_links_24h: 3,
      account_age_h: 20,
      account_repeat_share_24h: 0,
    },
  ],
  [
    'somebody of years before, in the first days of an installation',
    request,
    {
      history_age_h: 24,
      account_age_h: 40_000,
      account_requests_1h: 9,
      account_events_7d: 10,
      account_events_1h: 10,
    },
  ],
  [
    'one of hundreds behind the address of a mobile carrier',
    signup,
    {
      ip_signups_10m: 40,
      ip_signups_1h: 200,
      ip_accounts_24h: 900,
      ip_devices_per_signup_24h: 0.97,
      network_signups_1h: 400,
      network_surge_1h: 2,
      network_devices_per_signup_24h: 0.97,
      device_accounts_24h: 1,
      device_accounts_7d: 1,
      device_networks_24h: 2,
      phone_prefix_signups_1h: 15,
      user_agent_automated: 0,
      form_ms: 31_000,
    },
  ],
  [
    'a student on the morning of matriculation',
    signup,
    {
      email_domain_age_h: 40,
      email_domain_signups_24h: 600,
      name_shape_signups_24h: 60,
      name_shape_share_24h: 0.1,
      username_digit_run: 6,
      network_surge_1h: 168,
      network_devices_per_signup_24h: 0.9,
      ip_signups_1h: 150,
      ip_devices_per_signup_24h: 0.9,
      device_accounts_24h: 1,
      device_accounts_7d: 1,
      device_networks_24h: 1,
      form_ms: 22_000,
    },
  ],
  [
    'the fourth child on the family tablet',
    signup,
    { device_accounts_24h: 4, device_accounts_7d: 4, device_networks_24h: 1, form_ms: 48_000, ip_signups_1h: 4 },
  ],
  [
    'a guest of an internet café',
    signup,
    { device_accounts_1h: 3, device_accounts_24h: 25, device_accounts_7d: 120, device_networks_24h: 1, form_ms: 9000 },
  ],
  [
    'someone whose password manager fills in the form',
    signup,
    {
      form_ms: 900,
      email_local_length: 12,
      username_length: 12,
      username_email_similarity: 0.9,
      device_accounts_24h: 1,
    },
  ],
  [
    'a traveller who changes networks all day',
    signup,
    { device_networks_24h: 9, device_accounts_24h: 1, device_accounts_7d: 1, form_ms: 18_000 },
  ],
  [
    'a newcomer who looks for friends',
    request,
    { account_age_h: 5, account_requests_1h: 9, account_targets_24h: 18, account_acceptance_ratio_7d: 0.6 },
  ],
  ['someone who passes on a joke', comment, { text_accounts_24h: 4000, account_links_24h: 1, account_age_h: 9000 }],
  [
    'someone who is back from a holiday and greets two friends',
    request,
    { account_age_h: 900, account_requests_1h: 2, account_events_7d: 6, account_events_1h: 6 },
  ],
  ['someone whom a mob reports', report, { account_reporters_7d: 40, account_targets_24h: 3 }],
  ['someone who forgot the password', login, { account_login_failures_1h: 9, account_networks_24h: 1 }],
];

describe('the default policy', () => {
  it('has at least ten rules, and some in shadow', () => {
    expect(policy.rules.length).toBeGreaterThanOrEqual(10);
    expect(policy.rules.some(({ mode }) => mode === 'shadow')).toBe(true);
  });

  it('has an example for each rule', () => {
    expect(examples.map(([id]) => id)).toEqual(policy.rules.map(({ id }) => id));
  });

  it.each(examples)('%s fires on its example, and its reason has every value', (id, event, values) => {
    expect(firedOn(event, values)).toContain(id);
    const rule = policy.rules.find((candidate) => candidate.id === id)!;
    const { text, feature } = rule.reasonFor(rowOf(values), 0);
    expect(text).toMatch(/^[A-Z0-9]/);
    expect(text).not.toMatch(/[{}]|unknown|NaN/);
    expect(featureNames).toContain(feature);
  });

  it.each(examples)('%s does not fire when nothing is known', (id, event) => {
    expect(firedOn(event, {})).not.toContain(id);
  });

  it('does not block on one sign alone', () => {
    const blocking = examples.filter(([id]) => policy.rules.find((rule) => rule.id === id)!.action === 'block');
    expect(blocking.length).toBeGreaterThan(0);
    for (const [id, event, values] of blocking) {
      for (const [name, value] of Object.entries(values)) expect(firedOn(event, { [name]: value })).not.toContain(id);
    }
  });

  it.each(honest)('leaves alone %s', (_who, event, values) => {
    expect(firedOn(event, values)).toEqual([]);
  });
});
