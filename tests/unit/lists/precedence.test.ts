import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/decision.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { featureColumn } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { readFacts } from '../../../src/features/facts.ts';
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

/** What is done about an account where these speak. */
function doneWhere(...speakers: readonly string[]): Action {
  const event = signupOf('acc_1', { context: { ip: '95.56.234.10', device_id: 'd_91af' } });
  const facts = [readFacts({ ...event, timeMs: nowMs })];
  const features = new Float32Array(featureCount).fill(1);
  if (speakers.includes('rules')) features[ruleColumn] = 10;
  if (speakers.includes('score')) features[scoreColumn] = 10;
  const entries = speakers.flatMap((speaker) => drafts[speaker] ?? []);
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
