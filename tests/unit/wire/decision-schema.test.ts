import { describe, expect, it } from 'vitest';
import { decisionSchema } from '../../../src/wire/decision-schema.ts';
import { exampleDecision } from '../../../src/wire/examples.ts';

const { data } = exampleDecision;

describe('decisionSchema', () => {
  it('accepts the example, and members that it does not know', () => {
    expect(decisionSchema.safeParse({ ...exampleDecision, data: { ...data, appeal: 'open' }, ext: 1 }).success).toBe(
      true,
    );
  });

  it('accepts a decision that no event caused, without a trigger', () => {
    const { trigger: _, ...rest } = data;
    const caused = { ...rest, cause: { kind: 'operator', command: 'c1' } };
    expect(decisionSchema.safeParse({ ...exampleDecision, data: caused }).success).toBe(true);
  });

  it('accepts the cohort of a group decision', () => {
    expect(decisionSchema.parse({ ...exampleDecision, data: { ...data, cohort: 'coh_1' } }).data.cohort).toBe('coh_1');
  });

  it.each<[string, object]>([
    ['another type', { type: 'account.signup' }],
    ['another source', { source: 'other' }],
    ['an id that is no function of its causes', { id: 'dec_1' }],
    ['a cause of no known kind', { data: { ...data, cause: { kind: 'chance' } } }],
    ['a label as cause without its event', { data: { ...data, cause: { kind: 'label' } } }],
    ['a sample of no probability', { data: { ...data, sample: { kind: 'audit', probability: 0 } } }],
    ['an unknown action', { data: { ...data, action: 'ban' } }],
    ['a score above 1', { data: { ...data, score: 1.01 } }],
    ['no score, where null is meant', { data: { ...data, score: undefined } }],
    ['more reasons than the limit', { data: { ...data, reasons: Array(6).fill(data.reasons[0]) } }],
    ['an offset as a number', { data: { ...data, trigger: { ...data.trigger, offset: 81_231 } } }],
    ['a label as trigger of no known type', { data: { ...data, trigger: { ...data.trigger, type: 'x' } } }],
    ['a short hash', { data: { ...data, model: { ...data.model, sha256: 'abc' } } }],
    ['an empty list of what was missing', { data: { ...data, degraded: [] } }],
  ])('refuses %s', (_, changes) => {
    expect(decisionSchema.safeParse({ ...exampleDecision, ...changes }).success).toBe(false);
  });
});
