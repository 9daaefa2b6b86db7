import type { Action } from '../../../src/domain/decision.ts';
import { noMalformed, type AccountEvent, type EventDataByType, type EventType } from '../../../src/domain/event.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { describeFaults } from '../../../src/policy/policy-fault.ts';
import type { Policy, Rule } from '../../../src/policy/policy.ts';

/** A small catalogue of the tests' own. */
export const features = ['form_ms', 'device_accounts_24h', 'ip_signups_1h', 'account_age_h', 'share'] as const;
export type FeatureName = (typeof features)[number];

/** One row of the matrix; what is not named is missing. */
export function rowOf(values: Readonly<Partial<Record<FeatureName, number>>>): Float32Array {
  return Float32Array.from(features, (name) => values[name] ?? NaN);
}

export function eventOf<T extends EventType>(type: T, data: EventDataByType[T]): AccountEvent {
  return {
    id: 'e1',
    source: '/platform',
    subject: 'acc_1',
    timeMs: 0,
    type,
    data,
    malformed: noMalformed,
  } as AccountEvent;
}

export const signup = eventOf('account.signup', { status: 'succeeded' });

/** A policy document around a list of rules, each written as YAML's own JSON. */
export function documentOf(...rules: readonly object[]): string {
  return [
    'version: "7"',
    'thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }',
    'standing: { challenge: 1h, review: 24h, block: forever }',
    `rules: ${rules.length === 0 ? '[]' : ''}`,
    ...rules.map((rule) => `  - ${JSON.stringify(rule)}`),
  ].join('\n');
}

/** A rule as the document has it; `action` stands for its key `then`. */
export function ruleOf({ action = 'review', ...members }: { action?: string; [key: string]: unknown }): object {
  // oxlint-disable-next-line unicorn/no-thenable -- the document's own word, with a text
  return { id: 'rule', version: 1, when: 'form_ms < 4000', then: action, reason: 'A reason', ...members };
}

export function policyOf(...rules: readonly object[]): Policy {
  const loaded = loadPolicy(Buffer.from(documentOf(...rules)), features);
  if (!loaded.ok) throw new Error(describeFaults('policy.yaml', loaded.failure));
  return loaded.value;
}

/** A policy of one rule with this condition. */
export function ruleWhen(when: string, members: object = {}): Rule {
  return policyOf(ruleOf({ when, ...members })).rules[0]!;
}

/** A fired rule for `decide`, which looks at action and mode only. */
export function firedRule(action: Exclude<Action, 'allow'>, mode: 'enforce' | 'shadow' = 'enforce'): Rule {
  return policyOf(ruleOf({ action, mode })).rules[0]!;
}
