import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import type { Action } from '../../../src/domain/decision.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { ModelLease } from '../../../src/scoring/model-slot.ts';
import type { EmittedVerdict } from '../../../src/steps/decide-batch.ts';
import { explainBatch } from '../../../src/steps/explain-batch.ts';
import { columnOf, matrixOf } from '../scoring/rows.ts';
import { model, policyOf } from './events.ts';

/** A lease whose model explains a row by these contributions, each greater by the row's number; null: not at all. */
function leaseOf(contributions: Readonly<Record<string, number>> | null) {
  const asked: (readonly number[])[] = [];
  const explanationOf = (row: number): number[] => {
    const one = new Array<number>(featureCount).fill(0);
    for (const [name, value] of Object.entries(contributions ?? {})) one[columnOf(name)] = value + row;
    return one;
  };
  const lease: ModelLease = {
    reference: model,
    norms: null,
    knowsHabits: true,
    score: () => Promise.reject(new Error('not asked for')),
    explain: (_, rows) => {
      asked.push(rows);
      return Promise.resolve(contributions === null ? null : Float32Array.from(rows.flatMap(explanationOf)));
    },
    end: () => Promise.resolve(),
  };
  return { lease, asked };
}

function verdictOf(row: number, due: Action, scoreAction: Action, policy?: Policy): EmittedVerdict {
  const decisiveRules = policy?.rules ?? [];
  const speaker = { ...model, role: 'champion' } as const;
  const common = { restrained: undefined, changed: true, renewed: false };
  const verdict = { due, action: due, scoreAction, decisiveRules, ...common };
  const cause = { kind: 'event' } as const;
  const named = { rules: decisiveRules, matched: [], supersedes: undefined, degraded: [] };
  return { row, id: `dec_${row}`, model: speaker, cause, verdict, ...named };
}

const oneRule = policyOf({ id: 'fast-form', when: 'form_ms < 4000', then: 'review', reason: 'Filled in {form_ms} ms' });
const features = matrixOf({ form_ms: 900, ip_signups_1h: 8 }, { form_ms: 1_800, ip_signups_1h: 3 });

describe('explainBatch', () => {
  it('explains the score by the features that raised it', async () => {
    const { lease } = leaseOf({ ip_signups_1h: 3, form_ms: 1 });
    const [reasons] = await explainBatch(lease, [verdictOf(0, 'block', 'block')], features);
    expect(reasons!.map(({ code, contribution }) => [code, contribution])).toEqual([
      ['IP_SIGNUPS_1H', 0.75],
      ['FORM_MS', 0.25],
    ]);
  });

  it('explains a rule by its own sentence, and does not ask the model for it', async () => {
    const { lease, asked } = leaseOf({ ip_signups_1h: 3 });
    const [reasons] = await explainBatch(lease, [verdictOf(1, 'review', 'challenge', oneRule)], features);
    expect(reasons).toEqual([
      {
        dsa: { category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD', keyword: 'KEYWORD_INAUTHENTIC_ACCOUNTS' },
        code: 'FAST_FORM',
        text: 'Filled in 2 seconds',
        publicText: 'The sign-up was done in a way that is unusual for a person.',
        feature: 'form_ms',
        value: 1800,
        contribution: 1,
      },
    ]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['names no feature', 'event.data.status == "succeeded"', 'A signup succeeded'],
    ['names what argues for the account first', 'ip_signups_1h <= 1 && form_ms < 4000', 'From a quiet address'],
    ['names what says nothing by itself', 'event_type == 0 && form_ms < 4000', 'A signup'],
  ])('tells the person concerned what is true, where a rule %s', async (_, when, reason) => {
    const policy = policyOf({ id: 'rule', when, then: 'review', reason });
    const rows = matrixOf({ form_ms: 900, ip_signups_1h: 1, event_type: 0 });
    const [reasons] = await explainBatch(leaseOf(null).lease, [verdictOf(0, 'review', 'challenge', policy)], rows);
    expect(reasons).toMatchObject([
      { text: reason, publicText: 'Several signs together resemble those of fake accounts.' },
    ]);
  });

  it('shares the evidence equally between the rules and the score', async () => {
    const policy = policyOf(
      { id: 'one', when: 'form_ms < 4000', then: 'review' },
      { id: 'two', when: 'form_ms < 5000', then: 'review' },
    );
    const { lease } = leaseOf({ ip_signups_1h: 3, form_ms: 1 });
    const [reasons] = await explainBatch(lease, [verdictOf(0, 'review', 'review', policy)], features);
    expect(reasons!.map(({ code, contribution }) => [code, contribution])).toEqual([
      ['ONE', 1 / 3],
      ['TWO', 1 / 3],
      ['IP_SIGNUPS_1H', 1 / 4],
      ['FORM_MS', 1 / 12],
    ]);
  });

  it('gives no reasons for allow, and asks the model for none', async () => {
    const { lease, asked } = leaseOf({ ip_signups_1h: 3 });
    expect(await explainBatch(lease, [verdictOf(0, 'allow', 'allow')], features)).toEqual([[]]);
    expect(asked).toEqual([]);
  });

  it('gives each verdict the reasons of its own row', async () => {
    const { lease, asked } = leaseOf({ form_ms: 1, ip_signups_1h: 2 });
    const verdicts = [
      verdictOf(1, 'allow', 'allow'),
      verdictOf(1, 'block', 'block'),
      verdictOf(0, 'review', 'challenge', oneRule),
      verdictOf(0, 'challenge', 'challenge'),
    ];
    const reasons = await explainBatch(lease, verdicts, features);
    expect(reasons.map((one) => one.map(({ code, value, contribution }) => [code, value, contribution]))).toEqual([
      [],
      [
        ['IP_SIGNUPS_1H', 3, 3 / 5],
        ['FORM_MS', 1800, 2 / 5],
      ],
      [['FAST_FORM', 900, 1]],
      [
        ['IP_SIGNUPS_1H', 8, 2 / 3],
        ['FORM_MS', 900, 1 / 3],
      ],
    ]);
    expect(asked).toEqual([[1, 0]]);
  });

  // A block of the score alone had no reason at all, and the person concerned was told nothing.
  it('says that nothing could be told when the model explains nothing, beside the rules’ reasons', async () => {
    const { lease } = leaseOf(null);
    const reasons = await explainBatch(
      lease,
      [verdictOf(0, 'review', 'review', oneRule), verdictOf(1, 'block', 'block')],
      features,
    );
    expect(reasons.map((one) => one.map(({ code, contribution }) => [code, contribution]))).toEqual([
      [
        ['FAST_FORM', 1 / 2],
        ['SCORE', 1 / 2],
      ],
      [['SCORE', 1]],
    ]);
    for (const { text, publicText, dsa } of reasons.flat()) expect([text, publicText, dsa]).not.toContain(undefined);
  });

  it('gives no more reasons than are allowed, strongest first', async () => {
    const rules = ['a', 'b', 'c', 'd'].map((id, index) => ({ id, when: `form_ms < ${4000 + index}`, then: 'review' }));
    const { lease } = leaseOf({ form_ms: 1, ip_signups_1h: 2 });
    const verdicts = [verdictOf(0, 'review', 'review', policyOf(...rules))];
    const [reasons] = await explainBatch(lease, verdicts, features);
    expect(reasons!.map(({ code }) => code)).toEqual(['A', 'B', 'C', 'D', 'IP_SIGNUPS_1H']);
    expect(reasons).toHaveLength(limits.reasonsMax);
  });
});
