import { describe, expect, it } from 'vitest';
import { featureNames } from '../../src/features/catalogue.ts';
import { loadPolicy } from '../../src/policy/load-policy.ts';
import { policyOf, World } from '../pipeline/world.ts';
import { batchOf, cloudEvent, signup } from './example.ts';

/** Thresholds for the score, how long an action stands, and rules: one document, which people who do not program can read. */
function policyWith(rule: string): string {
  return `
version: 'chapter 3'
thresholds: { challenge: 0.55, review: 0.80, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: many-from-one-device
    version: 1
    on: [account.signup]
    ${rule}
    reason: '{device_accounts_24h} accounts were created from this device in 24 hours'
`;
}

const three = ['acc_anna', 'acc_bert', 'acc_carl'].map((account) => cloudEvent(signup({ account, device: 'd_1' })));
/** A model that finds nothing: what is decided is the rules' doing. */
const model = { scoreRow: () => 0 };

/**
 * Chapter 3. A rule: what a trust team knows, without waiting for a model.
 *
 * What an event asks for is the stronger of what the score and the rules ask for. `src/policy/README.md` is the manual.
 */
describe('a rule', () => {
  it('asks for its action once its condition holds, and gives its reason in words', async () => {
    const policy = policyOf(policyWith('when: device_accounts_24h >= 3\n    then: review'));
    const world = await new World({ policy, model }).takeAll([batchOf(three)]);
    // The third account is one too many; the first two came before it.
    expect(world.decisions.map(({ subject, data }) => [subject, data.action])).toEqual([['acc_carl', 'review']]);
    expect(world.decisions[0]!.data.rules).toEqual([{ id: 'many-from-one-device', version: 1 }]);
    expect(world.decisions[0]!.data.reasons[0]).toMatchObject({
      text: '3 accounts were created from this device in 24 hours',
      feature: 'device_accounts_24h',
      value: 3,
    });
  });

  it('in shadow is counted, and does nothing: so one begins', async () => {
    const policy = policyOf(policyWith('when: device_accounts_24h >= 3\n    then: block\n    mode: shadow'));
    const world = await new World({ policy, model }).takeAll([batchOf(three)]);
    expect(world.decisions).toEqual([]);
    expect(world.reports[0]!.rules).toEqual([{ id: 'many-from-one-device', mode: 'shadow', count: 1 }]);
  });

  it('does not fire on what is missing, in either direction', async () => {
    // Nobody told a device: fewer than three accounts? More? Neither is known.
    const noDevice = [cloudEvent(signup({ account: 'acc_anna' }))];
    for (const when of ['device_accounts_24h < 3', 'device_accounts_24h >= 3', '!(device_accounts_24h >= 3)']) {
      const policy = policyOf(policyWith(`when: '${when}'\n    then: review`));
      const world = await new World({ policy, model }).takeAll([batchOf(noDevice)]);
      expect(world.decisions).toEqual([]);
    }
  });

  it('with a fault is refused as a whole, with the place and what to do; what is in force stays', () => {
    const text = policyWith('when: device_acounts_24h >= 3\n    then: review');
    const loaded = loadPolicy(Buffer.from(text), featureNames);
    expect(loaded.ok).toBe(false);
    const faults = loaded.ok ? [] : loaded.failure;
    expect(faults).toMatchObject([{ line: 9 }]);
    expect(`${faults[0]!.message} ${faults[0]!.remedy}`).toContain('device_accounts_24h');
  });
});
