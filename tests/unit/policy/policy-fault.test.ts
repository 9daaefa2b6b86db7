import { describe, expect, it } from 'vitest';
import { featureNames } from '../../../src/features/catalogue.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { describeFaults, faultsMax, inDocumentOrder } from '../../../src/policy/policy-fault.ts';

const fault = (line: number, column: number) => ({ line, column, message: 'Wrong.', remedy: 'Mend it.' });

describe('faults', () => {
  it('are one line each, which an editor can follow', () => {
    expect(describeFaults('policies/eu.yaml', [fault(3, 7), fault(12, 1)])).toBe(
      'policies/eu.yaml:3:7: Wrong. Mend it.\npolicies/eu.yaml:12:1: Wrong. Mend it.',
    );
  });

  it('come in the order of the document', () => {
    expect(inDocumentOrder([fault(2, 1), fault(1, 9), fault(1, 2)])).toEqual([fault(1, 2), fault(1, 9), fault(2, 1)]);
  });

  it('are told up to fifty, and then counted', () => {
    const lines = describeFaults(
      'p.yaml',
      Array.from({ length: 60 }, (_, index) => fault(index + 1, 1)),
    ).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('p.yaml: and 10 more faults.');
  });

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
