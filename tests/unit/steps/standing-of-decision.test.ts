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

function denied(type: 'account' | 'ip') {
  return { list: 'known', kind: 'deny', type, entry: '0a'.repeat(8) } as const;
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
});

it('a block that a label lifted does not stand where that label is in its topic no more, and what a label blocked does', () => {
  const cause = { kind: 'label', event_id: 'evt' } as const;
  const blocked: Standing = { ...before, action: 'block', lasts: true };
  const lifting = told({ action: 'allow', cause, rules: [], score: null });
  expect(standingOfDecision(lifting, blocked, undefined, policy)).toEqual({
    action: 'allow',
    decisionId: lifting.id,
    sinceMs: atMs,
  });
  const blocking = told({ action: 'block', cause, rules: [], score: null });
  expect(standingOfDecision(blocking, undefined, undefined, policy)).toMatchObject({
    action: 'block',
    decisionId: blocking.id,
    sinceMs: atMs,
  });
});

it('the decision of a label does not replace what a later label has said', () => {
  const blocking = told({ action: 'block', cause: { kind: 'label', event_id: 'evt' } });
  const saidMs = happenedMs + 1;
  const spoken: Standing = { action: 'allow', decisionId: null, sinceMs: saidMs, word: { ...word, saidMs } };
  expect(standingOfDecision(blocking, spoken, happenedMs, policy)).toBeNull();
});

it('what a group brought is known as its own', () => {
  const cohort = `coh_${'0a'.repeat(16)}`;
  const decision = told({ action: 'block', cause: { kind: 'group', cohort, verdict: 'ver_1' } });
  expect(standingOfDecision(decision, undefined, undefined, policy)?.cohort).toBe(0x0a0a0a);
});

it.each([
  ['a rule', { rules: [{ id: 'a', version: 1 }], score: 0 }],
  ['an entry of a list', { rules: [], score: 0, listed: [denied('ip')] }],
])(
  "what a group brought, and %s of the account asked for too, is its group's no more, also where no time ends it",
  (_, data) => {
    const ofGroup: Standing = { action: 'block', decisionId: 'dec_before', sinceMs: 5, lasts: true, cohort: 7 };
    const { cohort: _cohort, ...own } = ofGroup;
    const again = told({ action: 'block', ...data });
    const ending = { ...policy, standingMs: { ...policy.standingMs, block: 1_000 } };
    expect(standingOfDecision(again, ofGroup, happenedMs, policy)).toEqual(own);
    expect(standingOfDecision(again, ofGroup, happenedMs, ending)).toEqual({ ...own, sinceMs: happenedMs });
    expect(standingOfDecision(told({ action: 'block', rules: [], score: 0 }), ofGroup, happenedMs, policy)).toBeNull();
  },
);

it('an entry about something of an account that a list lets through asks for nothing', () => {
  const allowed = { ...denied('account'), kind: 'allow' } as const;
  const blocked: Standing = { action: 'block', decisionId: 'dec_before', sinceMs: 5, cohort: 7 };
  const quiet = told({ action: 'block', rules: [], score: 0, listed: [allowed, denied('ip')] });
  expect(standingOfDecision(quiet, blocked, happenedMs, policy)).toBeNull();
});
