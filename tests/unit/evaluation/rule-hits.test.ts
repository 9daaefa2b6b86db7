import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ruleHits } from '../../../src/evaluation/rule-hits.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { temporaryDirectory } from '../../integration/processor/support/files.ts';
import { policyOf } from '../../pipeline/world.ts';

it('a rule that hits nearly everybody of a stream is told from one that hits nobody', async () => {
  const events = join(await temporaryDirectory(), 'events.ndjson');
  const lines = Array.from(simulate({ seed: 3, accounts: 60, days: 2 }).events(), ({ json }) => `${json}\n`);
  await writeFile(events, lines.join(''));
  const policy = policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - { id: wide, version: 1, when: account_events_7d >= 1, then: block, score_min: 0.9, reason: A reason }
  - { id: watched, version: 1, when: account_events_7d > 0.5, then: review, mode: shadow, reason: A reason }
  - { id: narrow, version: 1, when: account_events_7d > 60000, then: block, reason: A reason }
`);
  const { accounts, rules } = await ruleHits(events, policy);
  expect(accounts).toBeGreaterThan(30);
  expect(rules).toEqual([
    { id: 'wide', accounts },
    { id: 'watched', accounts },
    { id: 'narrow', accounts: 0 },
  ]);
});

it('a policy has not passed on a file without an event', async () => {
  const events = join(await temporaryDirectory(), 'none.ndjson');
  const policy = policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules: []
`);
  await writeFile(events, '');
  await expect(ruleHits(events, policy)).rejects.toThrow('it is empty');
  await writeFile(events, 'account_id,label\n');
  await expect(ruleHits(events, policy)).rejects.toThrow('none of its 1 lines is an event');
});
