import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { proveGovernor, type RuleProof } from '../../src/evaluation/governor-proof.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { decisionSchema, type WireDecision } from '../../src/wire/decision-schema.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { winnow } from '../unit/cli/winnow.ts';
import { policyOf } from './world.ts';

/**
 * Rules that are wrong, and not of everybody, so that there is less to see at once: the governor lets a few honest people be blocked of the
 * hundreds that each is true of, and one command sets free whom one of them blocked, and nobody else.
 */

const stream = { seed: 23, accounts: 1_500, days: 4 };
const document = `
version: bad
thresholds: { challenge: 0.97, review: 0.98, block: 0.99 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - { id: a-whole-country, version: 1, on: [account.signup], then: block, reason: 'A time zone', when: 'event.data.context.timezone == "Asia/Kolkata"' }
  - { id: half-of-old-accounts, version: 1, then: block, reason: '{account_age_h} old', when: 'account_age_h >= 24 && event.subject < "acc_i"' }
  - { id: at-night-only, version: 1, then: block, reason: 'At night', when: 'local_hour <= 5' }
`;
const names = ['a-whole-country', 'half-of-old-accounts', 'at-night-only'];

describe.each([1, 3])('with %i members, a rule', (members) => {
  let rules: readonly RuleProof[];
  beforeAll(async () => {
    ({ rules } = await proveGovernor({ ...stream, members, policy: policyOf(document) }));
  });

  it.each(names)('%s blocks few of the honest people that it is true of', (name) => {
    const { honestHit, honestBeforeTrip, honestBlocked, tripMsMax } = rules.find(({ id }) => id === name)!;
    expect(honestHit).toBeGreaterThan(100);
    expect(tripMsMax).not.toBeNull();
    expect(honestBeforeTrip).toBeLessThanOrEqual(20);
    // By each of the days: a fortieth of the signups, while a rule is on probation, and whom its trials let through.
    expect(honestBlocked).toBeLessThan((stream.accounts / 20) * 1.1);
    expect(honestBlocked).toBeLessThan(honestHit / 2);
  });
});

describe('one command', () => {
  const pathOf = temporaryFolder();
  const { events, truth } = simulate({ seed: 23, accounts: 600, days: 3 });
  const lines = Array.from(events(), ({ json }) => json);
  const why = '--reason mistake --author anna';

  interface Stands {
    readonly action: string;
    /** Rules that the decision names which brought it. */
    readonly by: readonly string[];
    readonly last: WireDecision;
  }

  /** What stands for each account after a replay of these lines. */
  function decided(name: string, all: readonly string[]): Map<string, Stands> {
    writeFileSync(pathOf('events.ndjson'), `${all.join('\n')}\n`);
    const replayed = winnow(`replay ${pathOf('events.ndjson')} --policy ${pathOf('bad.yaml')} --out ${pathOf(name)}`);
    expect(replayed.status).toBe(0);
    const stands = new Map<string, Stands>();
    for (const line of readFileSync(pathOf(name), 'utf8').trimEnd().split('\n')) {
      const last = decisionSchema.parse(JSON.parse(line));
      const before = stands.get(last.subject);
      const by = before?.action === last.data.action ? before.by : last.data.rules.map(({ id }) => id);
      stands.set(last.subject, { action: last.data.action, by, last });
    }
    return stands;
  }

  it('sets free whom one rule blocked, leaves blocked whom others did, and protects', () => {
    writeFileSync(pathOf('bad.yaml'), document);
    const before = [...decided('before.ndjson', lines)].filter(([, { action }]) => action === 'block');
    const honest = new Set(truth.flatMap(({ accountId, label }) => (label === 'genuine' ? [accountId] : [])));
    for (const name of names) {
      expect(before.some(([subject, { by }]) => by.includes(name) && honest.has(subject))).toBe(true);
      const lifted = winnow(
        `lift --rule ${name} ${why} --decisions ${pathOf('before.ndjson')} --out ${pathOf('lifted.ndjson')}`,
      );
      expect(lifted.status).toBe(0);
      const labels = readFileSync(pathOf('lifted.ndjson'), 'utf8').trimEnd().split('\n');
      const after = decided('after.ndjson', [...lines, ...labels]);
      for (const [subject, { by }] of before) {
        const { action, last } = after.get(subject)!;
        expect([subject, action]).toEqual([subject, by.includes(name) ? 'allow' : 'block']);
        if (action === 'block') continue;
        expect(last.data).toMatchObject({ cause: { kind: 'label', by: 'operator' } });
        expect(last.data.supersedes).toMatch(/^dec_/);
        expect(last.data.reasons[0]!.text).toContain('it is protected from automatic blocks until');
      }
    }
  });
});
