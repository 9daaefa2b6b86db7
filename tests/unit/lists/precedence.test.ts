import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/decision.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { featureColumn } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { noReference } from '../../../src/features/reference.ts';
import { decide } from '../../../src/policy/decide.ts';
import { evaluateRules } from '../../../src/policy/evaluate.ts';
import { listBatch } from '../../../src/steps/list-batch.ts';
import { policyOf } from '../../pipeline/world.ts';
import { signupOf } from '../steps/events.ts';
import { matcherOf, type Draft } from './lists.ts';

/** The table of the README is the promise: each of its cells is tried by the parts that decide. */

const policy = policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: many-on-a-device
    version: 1
    when: device_accounts_24h >= 10
    then: block
    reason: '{device_accounts_24h} accounts on the device'
`);
const ruleColumn = featureColumn('device_accounts_24h')!;
const scoreColumn = featureColumn('device_signups_1h')!;
const nowMs = Date.UTC(2026, 10, 24);

/** Who may speak. */
const drafts: Readonly<Record<string, Draft>> = {
  'deny account': { kind: 'deny', type: 'account', value: 'acc_1' },
  'allow account': { kind: 'allow', type: 'account', value: 'acc_1', list: 'friends' },
  'other deny': { kind: 'deny', type: 'ip', value: '95.56.234.10' },
  'other allow': { kind: 'allow', type: 'device', value: 'd_91af', list: 'friends' },
};
const words: Readonly<Record<string, Standing>> = {
  'person: fake': {
    action: 'block',
    decisionId: 'dec_1',
    sinceMs: nowMs - 1,
    word: { saidMs: nowMs - 1, holds: 'block', protectedUntilMs: 0 },
    lasts: true,
  },
  'person: genuine': {
    action: 'allow',
    decisionId: 'dec_1',
    sinceMs: nowMs - 1,
    word: { saidMs: nowMs - 1, holds: 'allow', protectedUntilMs: nowMs + 1 },
  },
};

const reference = { ...noReference, address: () => ({ asn: 9198, country: undefined, isHosting: undefined }) };

/** What is done about an account where these speak: by their names, or by an entry of their own. */
function doneWhere(...named: readonly (string | Draft)[]): Action {
  const speakers = named.map((one) => (typeof one === 'string' ? one : ''));
  const event = signupOf('acc_1', {
    email: 'anna@example.kz',
    phone: '+77011234567',
    username: 'john_0142',
    context: { ip: '95.56.234.10', device_id: 'd_91af' },
  });
  const facts = [readFacts({ ...event, timeMs: nowMs }, reference)];
  const features = new Float32Array(featureCount).fill(1);
  if (speakers.includes('rules')) features[ruleColumn] = 10;
  if (speakers.includes('score')) features[scoreColumn] = 10;
  const entries = named.flatMap((one) => (typeof one === 'string' ? (drafts[one] ?? []) : [one]));
  const listed = entries.length === 0 ? undefined : listBatch(matcherOf(...entries), facts, features, nowMs).get(0);
  return decide({
    score: features[scoreColumn]! >= 10 ? 0.99 : 0.1,
    fired: evaluateRules(policy, facts[0]!.event, features, 0),
    standing: speakers.map((speaker) => words[speaker]).find((word) => word !== undefined),
    policy,
    listed,
    degraded: [],
    nowMs,
  }).action;
}

const readme = readFileSync(new URL('../../../src/lists/README.md', import.meta.url), 'utf8');
const [header, , ...rows] = readme
  .slice(readme.indexOf('| | deny account |'))
  .split('\n\n')[0]!
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const cells = rows.flatMap(([row, ...ofRow]) =>
  ofRow.flatMap((expected, index) => (expected === '' ? [] : [[row!, header![index + 1]!, expected] as const])),
);

describe('what outranks what', () => {
  it('has a cell for every two that may both speak, and for no other', () => {
    expect(cells).toHaveLength(6 + 6 + 5 + 4 + 3 + 2 + 1);
  });

  it.each(cells)('%s over %s: %s', (row, column, expected) => {
    expect(doneWhere(row, column)).toBe(expected);
  });

  it('is nothing where nobody speaks', () => {
    expect(doneWhere()).toBe('allow');
    for (const alone of ['rules', 'score', 'other deny', 'deny account']) expect(doneWhere(alone)).toBe('block');
  });

  it('lets nothing that is watched change anything', () => {
    const event = signupOf('acc_1', { context: { ip: '95.56.234.10', device_id: 'd_91af' } });
    const features = new Float32Array(featureCount).fill(1);
    const facts = [readFacts({ ...event, timeMs: nowMs })];
    const watching = matcherOf({ kind: 'watch', type: 'ip', value: '95.56.234.10' });
    const listed = listBatch(watching, facts, features, nowMs).get(0);
    const verdict = decide({ score: 0.1, fired: [], standing: undefined, policy, listed, degraded: [], nowMs });
    expect(verdict).toMatchObject({ action: 'allow', due: 'allow', restrained: undefined });
    expect(features.every((value) => value === 1)).toBe(true);
  });
});

/** One entry of each type but the account, all of the same signup. */
const valueOfType = {
  email: 'anna@example.kz',
  email_domain: 'example.kz',
  phone: '+77011234567',
  ip: '95.56.234.10',
  cidr: '95.56.234.0/24',
  device: 'd_91af',
  username_template: 'aaaa_9999',
  asn: '9198',
} as const;
type OtherType = keyof typeof valueOfType;
const types = Object.keys(valueOfType) as OtherType[];
const denying = (type: OtherType): Draft => ({ kind: 'deny', type, value: valueOfType[type] });
const allowing = (type: OtherType): Draft => ({ kind: 'allow', type, value: valueOfType[type], list: 'friends' });

describe('an entry of every type has the place of its kind', () => {
  it.each(types)('%s: what is denied is below persons and allowed accounts, and above rules and score', (type) => {
    expect(doneWhere(denying(type))).toBe('block');
    for (const above of ['person: genuine', 'allow account']) expect(doneWhere(above, denying(type))).toBe('allow');
    for (const beside of ['person: fake', 'deny account', 'rules', 'score'])
      expect(doneWhere(beside, denying(type))).toBe('block');
  });

  it.each(types)('%s: what is let through is below all that stops, and changes nothing where nobody does', (type) => {
    expect(doneWhere(allowing(type))).toBe('allow');
    for (const above of ['person: fake', 'deny account']) expect(doneWhere(above, allowing(type))).toBe('block');
    // Of two networks the narrower one speaks: whoever lets an address through knows that its network is stopped.
    for (const other of types) {
      const isNarrower = type === 'ip' && other === 'cidr';
      expect([other, doneWhere(denying(other), allowing(type))]).toEqual([other, isNarrower ? 'allow' : 'block']);
    }
  });
});
