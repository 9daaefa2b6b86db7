import { describe, expect, it } from 'vitest';
import { loadReference } from '../../../src/adapters/reference/load.ts';
import { catalogue, featureNames } from '../../../src/features/catalogue.ts';
import { extractFeatures, featureCount } from '../../../src/features/extract.ts';
import type { EventFacts } from '../../../src/features/facts.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { snapshotColumn, snapshotColumnCount } from '../../../src/features/state.ts';
import { eventOf, labelOf, loginOf, signupOf } from '../steps/events.ts';
import { featuresOf } from './simulated.ts';

const unknown = new Float64Array(snapshotColumnCount).fill(NaN);

/** Features of one event, by name, without those that are missing. */
function knownOf(facts: EventFacts, snapshot = unknown): Record<string, number> {
  const row = featuresOf([facts], snapshot);
  return Object.fromEntries(
    featureNames.flatMap((name, column) => (Number.isNaN(row[column]) ? [] : [[name, row[column]!]])),
  );
}

function snapshotWith(values: Readonly<Record<number, number>>): Float64Array<ArrayBuffer> {
  const snapshot = unknown.slice();
  for (const [column, value] of Object.entries(values)) snapshot[Number(column)] = value;
  return snapshot;
}

describe('extractFeatures', async () => {
  const { reference } = await loadReference();

  it('knows of an event without history and members what its type says', () => {
    expect(knownOf(readFacts(loginOf('acc_1')))).toEqual({ event_type: 1, malformed_members: 0 });
    expect(knownOf(readFacts(signupOf('acc_1')))).toEqual({
      event_type: 0,
      signup_failed: 0,
      email_present: 0,
      phone_present: 0,
      malformed_members: 0,
    });
  });

  it('takes what is empty for missing', () => {
    const empty = { email: '', phone: '', username: '', display_name: '' };
    const known = knownOf(
      readFacts(signupOf('acc_1', { ...empty, context: { ip: '', device_id: '', user_agent: '' } })),
    );
    expect(known).toEqual({
      event_type: 0,
      signup_failed: 0,
      email_present: 0,
      phone_present: 0,
      user_agent_present: 0,
      malformed_members: 0,
    });
  });

  it('never makes a number of what history does not know', () => {
    for (const event of [loginOf('acc_1'), signupOf('acc_1'), labelOf('acc_1')]) {
      const facts = readFacts(event);
      const fromHistory = catalogue.filter(({ extract }) => {
        const filled = new Float64Array(snapshotColumnCount).fill(3);
        return !Object.is(extract(facts, filled, 0), extract(facts, unknown, 0));
      });
      expect(fromHistory.length).toBeGreaterThan(40);
      expect(
        fromHistory.filter(({ extract }) => !Number.isNaN(extract(facts, unknown, 0))).map(({ name }) => name),
      ).toEqual([]);
    }
  });

  it('measures a signup', () => {
    const known = knownOf(
      readFacts(
        signupOf('acc_1', {
          status: 'failed',
          email: 'ab12+x@example.com',
          phone: '+77011234567',
          username: 'AB12',
          display_name: 'A B',
          form_ms: 1_200,
          captcha_ms: 0,
          context: { user_agent: 'HeadlessChrome/131' },
        }),
      ),
    );
    expect(known).toMatchObject({
      signup_failed: 1,
      form_ms: 1_200,
      captcha_ms: 0,
      display_name_length: 3,
      email_present: 1,
      email_local_length: 6,
      email_has_alias: 1,
      username_length: 4,
      username_digit_share: 0.5,
      username_digit_run: 2,
      username_entropy: 2,
      username_vowel_share: 0.5,
      phone_present: 1,
      user_agent_present: 1,
    });
  });

  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36', 0],
    ['python-requests/2.32', 1],
    ['curl/8.5.0', 1],
    ['Mozilla/5.0 HeadlessChrome/131.0.0.0', 1],
    ['', undefined],
  ])('takes %j for an automated client: %s', (agent, automated) => {
    expect(knownOf(readFacts(loginWith(agent), reference))['user_agent_automated']).toBe(automated);
  });

  it('reads the time of a verification in verifications alone', () => {
    const verified = eventOf('account.verified', { channel: 'phone', status: 'succeeded', after_ms: 21_700 });
    expect(knownOf(readFacts(verified))).toMatchObject({ verified_after_ms: 21_700 });
  });

  it.each([
    ['no answer', 0, 0, undefined],
    ['one yes', 1, 0, 2 / 3],
    ['one no', 0, 1, 1 / 3],
    ['forty of which one is a yes', 1, 39, 2 / 42],
  ])('assumes one answer of each kind beforehand: %s', (_, good, bad, ratio) => {
    const snapshot = snapshotWith({
      [snapshotColumn('account', 'answers_good', '7d')]: good,
      [snapshotColumn('account', 'answers_bad', '7d')]: bad,
    });
    const known = knownOf(readFacts(loginOf('acc_1')), snapshot)['account_acceptance_ratio_7d'];
    expect(known).toBe(ratio === undefined ? undefined : Math.fround(ratio));
  });

  it.each([
    [0, 0, undefined],
    [3, 0, undefined],
    [1, 2, undefined],
    [3, 12, 0.25],
  ])('divides %i devices by %i signups of the address that named one, if there are some', (devices, signups, share) => {
    const snapshot = snapshotWith({
      [snapshotColumn('ip', 'devices', '24h')]: devices,
      [snapshotColumn('ip', 'signups', '24h')]: 100,
      [snapshotColumn('ip', 'device_signups', '24h')]: signups,
    });
    expect(knownOf(readFacts(loginOf('acc_1')), snapshot)['ip_devices_per_signup_24h']).toBe(share);
  });
});

function loginWith(agent: string) {
  return eventOf('account.login', { status: 'succeeded', method: 'otp', context: { user_agent: agent } });
}

it.each([
  ['a snapshot', 1, 2],
  ['a row', 2, 1],
])('does not go on where an event has not %s: reads and writes beyond an array do nothing', (_, snapshots, rows) => {
  const facts = [loginOf('acc_1'), loginOf('acc_2')].map((event) => readFacts(event));
  const extract = () =>
    extractFeatures(facts, new Float64Array(snapshots * snapshotColumnCount), new Float32Array(rows * featureCount));
  expect(extract).toThrow('each event has');
});
