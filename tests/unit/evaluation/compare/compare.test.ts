import { describe, expect, it } from 'vitest';
import { compareRuns, type ComparedRun } from '../../../../src/evaluation/compare/compare.ts';
import { judgeGate, type GateFacts } from '../../../../src/evaluation/compare/gate.ts';
import { comparisonPage } from '../../../../src/evaluation/compare/page.ts';
import { enforceShadowRules, timeRules } from '../../../../src/evaluation/compare/policies.ts';
import { Course, type AccountCourse } from '../../../../src/evaluation/course/course.ts';
import { knownOf } from '../../../../src/evaluation/course/known.ts';
import { byScore, ruleTable } from '../../../../src/evaluation/course/rule-table.ts';
import { estimateShare } from '../../../../src/evaluation/estimates/share.ts';
import { promotionDefaults } from '../../../../src/policy/promotion.ts';
import { policyOf, rowOf, ruleOf, signup } from '../../policy/policies.ts';

const hourMs = 3_600_000;
const policy = policyOf(
  ruleOf({ id: 'fast', when: 'form_ms < 1000', action: 'block' }),
  ruleOf({ id: 'busy', when: 'ip_signups_1h > 10', action: 'block' }),
  ruleOf({ id: 'tried', when: 'share > 0.5', action: 'block', mode: 'shadow' }),
  ruleOf({ id: 'asleep', when: 'account_age_h > 99', action: 'review' }),
);

function account(accountId: string, more: Partial<AccountCourse> = {}): AccountCourse {
  return {
    accountId,
    whereabouts: {},
    reached: 'allow',
    reachedMs: NaN,
    ends: 'allow',
    reasons: [],
    why: null,
    heldBy: new Set(),
    scoreAsked: 'allow',
    scoreBlockMs: NaN,
    fired: new Map(),
    heeded: new Set((more.fired ?? new Map<string, number>()).keys()),
    isLetThrough: false,
    ...more,
  };
}

const blocked = { reached: 'block', ends: 'block' } as const;
const labels = (of: Record<string, 'fake' | 'genuine'>) =>
  new Map(Object.entries(of).map(([id, label]) => [id, { label, segment: '' }]));

describe('the table of rules', () => {
  const accounts = [
    account('a', { ...blocked, fired: new Map([['fast', 0]]) }),
    account('b', {
      ...blocked,
      fired: new Map([
        ['fast', 5 * hourMs],
        ['busy', 2 * hourMs],
      ]),
    }),
    account('c', { ...blocked, fired: new Map([['fast', hourMs]]), scoreAsked: 'block', scoreBlockMs: 4 * hourMs }),
    account('d', { fired: new Map([['tried', 0]]), isLetThrough: true }),
    account('e'),
  ];
  const known = knownOf(labels({ a: 'genuine', b: 'fake', c: 'fake', e: 'fake' }), null, 5);
  const [fast, busy, tried, asleep] = ruleTable(accounts, policy, known);

  it('tells fires, what nothing else asked for, and the blocks that are there for it alone', () => {
    expect(fast).toMatchObject({ id: 'fast', fires: 3, unique: 1, addedBlocks: 1, conflicts: 1 });
    expect(busy).toMatchObject({ fires: 1, unique: 0, addedBlocks: 0 });
  });

  it('tells whom a shadow rule would block that nothing did, and that people let through', () => {
    expect(tried).toMatchObject({ isShadow: true, fires: 1, addedBlocks: 1, letThrough: 1, conflicts: 0 });
  });

  it('names rules that never fired', () => {
    expect(asleep).toMatchObject({ id: 'asleep', fires: 0, overlaps: [], leadMs: NaN });
  });

  it('tells with what a rule fires together, the score among it', () => {
    expect(fast!.overlaps).toEqual([
      { with: 'busy', share: 1 / 3 },
      { with: byScore, share: 1 / 3 },
    ]);
  });

  it('tells how many fakes it finds, how many of them alone, and by how much before the others', () => {
    expect(fast).toMatchObject({ recall: 2 / 3, onlyIt: 0 });
    // Three hours before the score, three hours after the other rule.
    expect(fast!.leadMs).toBe(0);
    expect(busy!.leadMs).toBe(3 * hourMs);
  });

  it('says nothing of a precision from a handful', () => {
    expect(fast!.precision).toMatchObject({ kind: 'not-enough-labels', judged: 3 });
  });
});

function runOf(name: string, accounts: readonly AccountCourse[]): ComparedRun {
  const course = new Course();
  for (const one of accounts) course.accounts.set(one.accountId, one);
  course.firstMs = 0;
  course.lastMs = 48 * hourMs;
  return { name, policy, course, ruleUs: new Map() };
}

describe('a comparison', () => {
  const first = runOf('one', [
    account('a', { ...blocked, reasons: ['FAST'], whereabouts: { country: 'KZ' } }),
    account('b', { reached: 'block', ends: 'allow', whereabouts: { country: 'KZ' } }),
    account('c', { whereabouts: { country: 'DE' } }),
  ]);
  const other = runOf('<b>two</b>', [
    account('a', { reached: 'review', ends: 'review', reasons: ['SCORE'], whereabouts: { country: 'KZ' } }),
    account('b', { ...blocked, whereabouts: { country: 'KZ' } }),
    account('c', { ...blocked, whereabouts: { country: 'DE' } }),
  ]);
  const known = knownOf(labels({ a: 'fake', b: 'genuine', c: 'genuine' }), null, 3);
  const report = compareRuns([first, other], known, promotionDefaults, true);

  it('counts what stands in the end beside what ever stood: lifts count', () => {
    expect(report.sides[0]).toMatchObject({
      reached: { block: 2 },
      ends: { block: 1 },
      lifted: 1,
      wronged: { ever: 1, ends: 0 },
    });
    expect(report.sides[1]).toMatchObject({ lifted: 0, wronged: { ever: 2, ends: 2 } });
  });

  it('lists the accounts that change with both reasons', () => {
    expect(report.changed).toMatchObject([
      { accountId: 'a', from: 'block', to: 'review', reasonsFrom: ['FAST'], reasonsTo: ['SCORE'], label: 'fake' },
      { accountId: 'c', from: 'allow', to: 'block', label: 'genuine' },
    ]);
    expect(report.agreement[3]).toEqual([0, 0, 1, 1]);
  });

  it('tells whom it hits, by part of the platform', () => {
    expect(report.parts.filter(({ part }) => part === 'country')).toMatchObject([
      { value: 'KZ', accounts: 2, blocked: [1, 1], onlyFirst: 1, onlyOther: 1, wronged: [0, 1], genuine: 1 },
      { value: 'DE', accounts: 1, blocked: [0, 1], wronged: [0, 1], genuine: 1 },
    ]);
  });

  it('is a page on which names are text', () => {
    const page = comparisonPage(report);
    expect(page).not.toContain('<b>two</b>');
    expect(page).toContain('not yet');
    expect(page).not.toMatch(/<script|https?:\/\/[^w]/);
  });
});

function precisionOf(fakes: number, genuine: number) {
  return estimateShare(
    Array.from({ length: fakes + genuine }, (_, index) => ({
      probability: 1,
      isPart: index < fakes,
      cluster: String(index),
    })),
  );
}

describe('the gate', () => {
  const good: GateFacts = {
    precision: precisionOf(500, 2),
    addedBlocksPerDay: 5,
    letThrough: 0,
    areLabelsRandom: true,
  };

  it('lets act what has shown it', () => {
    expect(judgeGate(good, promotionDefaults)).toEqual({ mayAct: true, missing: [] });
  });

  it.each<[string, Partial<GateFacts>, string]>([
    ['labels of few', { precision: precisionOf(20, 0) }, 'not enough labels'],
    ['an interval that reaches too low', { precision: precisionOf(95, 5) }, 'may be as low as'],
    ['labels that nobody drew', { areLabelsRandom: false }, 'no random sample'],
    ['too many blocks', { addedBlocksPerDay: 101 }, '101 blocks a day'],
    ['accounts that people let through', { letThrough: 2 }, 'let through by a list'],
  ])('names what is missing: %s', (_, facts, sentence) => {
    const { mayAct, missing } = judgeGate({ ...good, ...facts }, promotionDefaults);
    expect(mayAct).toBe(false);
    expect(missing).toEqual([expect.stringContaining(sentence)]);
  });
});

describe('the policies of a comparison', () => {
  it('let shadow rules act, and leave the others as they are', () => {
    const acting = enforceShadowRules(policy);
    expect(acting.rules.map(({ mode }) => mode)).toEqual(['enforce', 'enforce', 'enforce', 'enforce']);
    expect(acting.rulesByType['account.signup']).toEqual(acting.rules);
    expect(acting.rules[0]).toBe(policy.rules[0]);
  });

  it('are timed without another answer', () => {
    const timed = timeRules(policy);
    for (let round = 0; round < 40; round++)
      expect(timed.policy.rulesByType['account.signup'][0]!.fires(signup, rowOf({ form_ms: round * 100 }), 0)).toBe(
        round < 10,
      );
    expect(timed.costsUs().get('fast')).toBeGreaterThan(0);
    expect(timed.costsUs().get('busy')).toBeNaN();
  });
});
