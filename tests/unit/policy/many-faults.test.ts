import { describe, expect, it } from 'vitest';
import { featureNames } from '../../../src/features/catalogue.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { describeFaults, faultsMax } from '../../../src/policy/policy-fault.ts';

describe('the faults of a document near its largest size', () => {
  it.each<readonly [string, string]>([
    ['colons', ': \n'.repeat(20_000)],
    ['one key, again and again', 'a: 1\n'.repeat(12_000)],
    ['aliases', '- *a\n'.repeat(12_000)],
    ['tabs', '\t- a\n'.repeat(12_000)],
    ['unknown keys', Array.from({ length: 8_000 }, (_, index) => `k${index}: 1\n`).join('')],
    ['rules without anything', `rules:\n${'  - {id: x}\n'.repeat(6_000)}`],
    ['rules of one id', `rules:\n${'  - {id: x, when: "ip_signups_1h > 1", then: block}\n'.repeat(250)}`],
  ])('are sought until there are a hundred: %s', (_, document) => {
    const refused = loadPolicy(Buffer.from(document), featureNames);
    expect(refused).toMatchObject({ ok: false });
    if (refused.ok) return;
    expect(refused.failure).toHaveLength(faultsMax);
    expect(describeFaults('p.yaml', refused.failure)).toMatch(/and at least 50 more faults\.$/);
  });
});
