import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../../src/evaluation/estimates/figures.ts';
import { SampledAccounts, type SampledDecision } from '../../../../src/evaluation/estimates/sampled-accounts.ts';

const dayMs = 86_400_000;

function decision(subject: string, more: Partial<SampledDecision> = {}): SampledDecision {
  return {
    subject,
    timeMs: 0,
    mode: 'enforce',
    action: 'allow',
    isByPerson: false,
    score: 0.1,
    model: 'starter 1',
    rules: [],
    sample: undefined,
    ...more,
  };
}

function gathered(...decisions: SampledDecision[]) {
  const accounts = new SampledAccounts({ periodMs: 30 * dayMs, blockFrom: 0.95 });
  for (const one of decisions) accounts.add(one);
  return accounts.accounts();
}

const audit = (probability: number) => ({ kind: 'audit', probability }) as const;

describe('the accounts of samples', () => {
  it('are those that were drawn, each with the largest probability of its events', () => {
    const accounts = gathered(
      decision('a', { sample: audit(0.01) }),
      decision('b', { action: 'review' }),
      decision('a', { sample: audit(0.05), action: 'review', score: 0.85 }),
      decision('a', { sample: audit(0.01) }),
    );
    expect(accounts).toMatchObject([{ accountId: 'a', probability: 0.05, reached: 'review' }]);
  });

  it('count one that was let through as blocked, with the probability of being in any sample, and nothing that came after', () => {
    const heldOut = { kind: 'hold-out', probability: 0.02, ofAny: 0.05 } as const;
    const [account] = gathered(
      decision('a', { action: 'challenge', score: 0.99, sample: heldOut, rules: [{ id: 'fast', isShadow: false }] }),
      decision('a', { sample: audit(0.5), rules: [{ id: 'slow', isShadow: false }] }),
    );
    expect(account).toMatchObject({ probability: 0.05, reached: 'block' });
    expect([...account!.marks.keys()]).toEqual([
      'action:challenge',
      'action:review',
      'action:block',
      'rule:fast',
      'model:starter 1',
    ]);
  });

  it('leave out one that came to be drawn only after it was blocked', () => {
    expect(gathered(decision('a', { action: 'block' }), decision('a', { sample: audit(0.5) }))).toEqual([]);
  });

  it('are another in the next period, and know what shadow decisions say', () => {
    const sample = audit(0.5);
    const shadow = decision('a', { mode: 'shadow', action: 'block', model: 'mine 2', timeMs: 31 * dayMs });
    const accounts = gathered(decision('a', { sample }), decision('a', { sample, timeMs: 31 * dayMs }), shadow);
    expect(accounts.map(({ marks }) => [...marks])).toEqual([[], [['model:mine 2', 0.5]]]);
  });

  it('take no person for a machine', () => {
    expect(gathered(decision('a', { isByPerson: true, action: 'block', sample: audit(0.5) }))).toEqual([]);
  });
});

describe('the figures of samples', () => {
  const accounts = gathered(
    ...Array.from({ length: 120 }, (_, index) =>
      decision(`a${index}`, {
        action: index < 80 ? 'block' : 'allow',
        score: index < 80 ? 0.99 : 0.1,
        sample: audit(0.5),
        rules: index < 80 ? [{ id: 'watched', isShadow: true }] : [],
      }),
    ),
  );
  /** 76 of 80 blocked are fake, and 4 of 40 that are not. */
  const labels = new Map(
    accounts.map(({ accountId }, index) => [accountId, index < 76 || index >= 116 ? 'fake' : 'genuine'] as const),
  );
  const answers = {
    labels,
    clusterOf: () => undefined,
    segmentsOf: (id: string) => [id.endsWith('9') ? 'few' : 'most'],
  };

  it('are precision and recall of actions, of rules in shadow too, of models, and prevalence', () => {
    const figures = figuresOf(accounts, answers);
    expect(figures).toMatchObject({ drawn: 120, judged: 120, prevalence: { share: 80 / 120 } });
    expect(figures.actions[0]).toMatchObject({
      action: 'block',
      precision: { share: 76 / 80 },
      recall: { share: 76 / 80 },
    });
    expect(figures.rules).toMatchObject([{ name: 'watched', isShadow: true, precision: { share: 76 / 80 } }]);
    expect(figures.models).toMatchObject([{ name: 'starter 1', precision: { share: 76 / 80 } }]);
  });

  it('say of a segment with few answers that they are not enough', () => {
    const [few, most] = figuresOf(accounts, answers).segments;
    expect(few).toMatchObject({ segment: 'few', precision: { kind: 'not-enough-labels', judged: 8 } });
    expect(most).toMatchObject({ segment: 'most', precision: { kind: 'estimated' } });
  });

  it('count nobody that was not judged', () => {
    const some = new Map([...labels].slice(0, 40));
    expect(figuresOf(accounts, { ...answers, labels: some })).toMatchObject({ drawn: 120, judged: 40 });
  });
});
