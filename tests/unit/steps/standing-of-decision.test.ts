import { expect, it } from 'vitest';
import type { Standing } from '../../../src/domain/standing.ts';
import { standingOfDecision } from '../../../src/steps/standing-of-decision.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { exampleDecision } from '../../../src/wire/examples.ts';
import { policyOf } from '../policy/policies.ts';

const policy = policyOf();
const atMs = Date.parse(exampleDecision.time);
const happenedMs = atMs - 4_000;
const before: Standing = { action: 'review', decisionId: 'dec_before', sinceMs: 5 };
const word = { saidMs: 9, holds: 'allow', protectedUntilMs: 1_000 } as const;

function told(data: Partial<WireDecision['data']>): WireDecision {
  const { degraded: _, restrained_by: __, ...whole } = exampleDecision.data;
  return { ...exampleDecision, data: { ...whole, mode: 'enforce', ...data } };
}

it('what is told stands since it happened, and beside the word of a person', () => {
  const decision = told({ action: 'block' });
  expect(standingOfDecision(decision, { ...before, word }, happenedMs, policy)).toMatchObject({
    action: 'block',
    decisionId: decision.id,
    sinceMs: happenedMs,
    word,
  });
  expect(standingOfDecision(decision, undefined, undefined, policy)?.sinceMs).toBe(atMs);
  expect(standingOfDecision(told({ action: 'allow' }), before, happenedMs, policy)?.action).toBe('allow');
});

it('what stood already goes on as it was, and for longer where evidence asked for it again', () => {
  const quiet = told({ action: 'review', rules: [], score: 0 });
  expect(standingOfDecision(quiet, before, happenedMs, policy)).toBeNull();
  const again = told({ action: 'review', rules: [{ id: 'a', version: 1 }], score: 0 });
  expect(standingOfDecision(again, before, happenedMs, policy)).toEqual({ ...before, sinceMs: happenedMs });
  expect(standingOfDecision(told({ action: 'allow' }), undefined, happenedMs, policy)).toBeNull();
});

it('nothing stands by a decision that was only watched, or that did not know what stood', () => {
  expect(standingOfDecision(told({ action: 'block', mode: 'shadow' }), before, happenedMs, policy)).toBeNull();
  expect(standingOfDecision(told({ action: 'block', degraded: ['store'] }), before, happenedMs, policy)).toBeNull();
});

it('the decision of a label gives its name to what the label said', () => {
  const decision = told({ action: 'allow', cause: { kind: 'label', event_id: 'evt' } });
  const spoken: Standing = { action: 'allow', decisionId: 'dec_before', sinceMs: 9, word };
  expect(standingOfDecision(decision, spoken, undefined, policy)).toEqual({ ...spoken, decisionId: decision.id });
  expect(standingOfDecision(decision, before, undefined, policy)).toBeNull();
});

it('what a group brought is known as its own', () => {
  const cohort = `coh_${'0a'.repeat(16)}`;
  const decision = told({ action: 'block', cause: { kind: 'group', cohort, verdict: 'ver_1' } });
  expect(standingOfDecision(decision, undefined, undefined, policy)?.cohort).toBe(0x0a0a0a);
});
