import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { groupDefaults } from '../../../src/domain/group-terms.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { documentOf, features } from './policies.ts';

const load = (section: string) =>
  loadPolicy(Buffer.from(documentOf().replace('rules:', `${section}\nrules:`)), features);
const faultsOf = (section: string) => {
  const loaded = load(section);
  return loaded.ok ? [] : loaded.failure.map(({ message, remedy }) => `${message} ${remedy}`);
};

describe('the section groups of a policy', () => {
  it.each(['', 'groups: {}'])('left out (%j) only watches', (section) => {
    const loaded = load(section);
    expect(loaded.ok && loaded.value.groups).toEqual(groupDefaults);
    expect(groupDefaults.mode).toBe('off');
  });

  it('says when accounts are taken for the work of one hand', () => {
    const loaded = load(
      'groups: { mode: enforce, edges: [device, bio], holders_max: 40, block: { accounts_min: 10, accounts_max: 30 }, exempt: { age: 90d, verified: [] } }',
    );
    expect(loaded.ok && loaded.value.groups).toEqual({
      ...groupDefaults,
      mode: 'enforce',
      edges: new Set(['device', 'bio']),
      holdersMax: 40,
      blockAccountsMin: 10,
      blockAccountsMax: 30,
      exemptAgeMs: 90 * 86_400_000,
      exemptProofs: new Set(),
    });
  });

  it('is shown in the README with the values that hold when it is left out', () => {
    const readme = readFileSync(new URL('../../../src/policy/README.md', import.meta.url), 'utf8');
    const [, section] = /```yml\n(groups:[^]*?)```/.exec(readme)!;
    expect(Object.keys((parse(section!) as { groups: object }).groups)).toHaveLength(7);
    const loaded = load(section!);
    expect(loaded.ok && loaded.value.groups).toEqual(groupDefaults);
  });

  it.each<[string, RegExp]>([
    ['groups: { mode: on }', /groups\.mode.*enforce, shadow, off/],
    ['groups: { edges: [address] }', /groups\.edges.*device, mailbox/],
    ['groups: { edges: [] }', /groups\.edges.*list of what ties accounts/],
    ['groups: { holders_max: 500 }', /groups\.holders_max.*from 2 to 128/],
    ['groups: { block: { accounts_min: 1 } }', /groups\.block\.accounts_min.*from 3/],
    ['groups: { evidence: { score_min: 0 } }', /groups\.evidence\.score_min.*above 0/],
    ['groups: { exempt: { age: forever } }', /groups\.exempt\.age.*30d/],
    ['groups: { exempt: { share_max: 5 } }', /groups\.exempt\.share_max.*0\.05/],
    ['groups: { evidence: 0.5 }', /groups\.evidence.*score_min and share_min/],
    [
      'groups: { review: { accounts_min: 9 } }',
      /block\.accounts_min \(8\) is below groups\.review\.accounts_min \(9\).*rise/,
    ],
    ['groups: { block: { accounts_max: 7 } }', /block\.accounts_max \(7\) is below groups\.block\.accounts_min \(8\)/],
    ['groups: { holders_max: 50 }', /holders_max \(50\) is below groups\.block\.accounts_max \(60\)/],
  ])('%s is refused, and what belongs there is said', (section, expected) => {
    const faults = faultsOf(section);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });
});
