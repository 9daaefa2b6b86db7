import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../src/policy/evaluate.ts';
import { eventOf, features, policyOf, rowOf, ruleOf, signup } from './policies.ts';

const policy = policyOf(
  ruleOf({ id: 'fast', when: 'form_ms < 4000' }),
  ruleOf({ id: 'shadowed', when: 'form_ms < 5000', mode: 'shadow', action: 'block' }),
  ruleOf({ id: 'failed', when: 'event.data.status == "failed"', on: ['account.signup', 'account.login'] }),
  ruleOf({ id: 'posts', when: 'form_ms < 4001', on: ['content.created'] }),
);
const login = eventOf('account.login', { status: 'failed', method: 'password' });
const idsOf = (...input: Parameters<typeof evaluateRules>): string[] => evaluateRules(...input).map(({ id }) => id);

describe('the rules of a policy', () => {
  it('fire in document order, shadow rules among them', () => {
    expect(idsOf(policy, login, rowOf({ form_ms: 1 }), 0)).toEqual(['fast', 'shadowed', 'failed']);
  });

  it('fire on the types that they name', () => {
    const post = eventOf('content.created', { kind: 'post' });
    expect(idsOf(policy, post, rowOf({ form_ms: 1 }), 0)).toEqual(['fast', 'shadowed', 'posts']);
  });

  it('read the row of the event', () => {
    const matrix = Float32Array.from([...rowOf({ form_ms: 9000 }), ...rowOf({ form_ms: 4500 })]);
    expect(idsOf(policy, signup, matrix, 0)).toEqual([]);
    expect(idsOf(policy, signup, matrix, features.length)).toEqual(['shadowed']);
  });

  it('do not fire on what is missing', () => {
    expect(idsOf(policy, signup, rowOf({}), 0)).toEqual([]);
  });

  it('are not tried on labels', () => {
    const label = eventOf('account.labelled', { label: 'fake', by: 'review' });
    expect(idsOf(policy, label, rowOf({ form_ms: 1 }), 0)).toEqual([]);
  });

  it('answer with one and the same empty list when none fires', () => {
    expect(evaluateRules(policy, signup, rowOf({}), 0)).toBe(
      evaluateRules(policy, signup, rowOf({ form_ms: 9000 }), 0),
    );
  });
});
