import { describe, expect, it } from 'vitest';
import { Course } from '../../../../src/evaluation/course/course.ts';
import { knownOf } from '../../../../src/evaluation/course/known.ts';
import { reportPage } from '../../../../src/evaluation/report/page.ts';
import type { PlatformReport } from '../../../../src/evaluation/report/platform-report.ts';
import { reportOf, SampleFollower } from '../../../../src/evaluation/report/report.ts';
import { Tally, type Truth } from '../../../../src/evaluation/tally.ts';
import { readFacts } from '../../../../src/features/facts.ts';
import { decide } from '../../../../src/policy/decide.ts';
import type { Judgement } from '../../../../src/steps/decide-batch.ts';
import { eventOf, firedRule, policyOf } from '../../policy/policies.ts';

const policy = policyOf();
const dayMs = 86_400_000;

function signup(subject: string, timeMs: number) {
  return readFacts({
    ...eventOf('account.signup', { status: 'succeeded', context: { locale: 'kk-KZ' } }),
    subject,
    timeMs,
  });
}

function judgement(score: number, more: Partial<Parameters<typeof decide>[0]> = {}): Judgement {
  const evidence = { score, fired: [], standing: undefined, policy, degraded: [], nowMs: 0, ...more };
  const { fired } = evidence;
  return { score, fired, heeded: fired, verdict: decide(evidence), thresholds: policy.thresholds, listed: undefined };
}

describe('the course of a run', () => {
  it('follows what the machine did, and what stands in the end', () => {
    const course = new Course();
    course.judged(signup('a', 0), judgement(0.99, { fired: [firedRule('block')] }));
    course.judged(
      signup('a', dayMs),
      judgement(0.1, { standing: { action: 'block', decisionId: 'dec_1', sinceMs: 0 } }),
    );
    course.judged(signup('b', dayMs), judgement(0.85));
    expect(course.accounts.get('a')).toMatchObject({
      reached: 'block',
      reachedMs: 0,
      ends: 'block',
      scoreAsked: 'block',
      whereabouts: { language: 'kk' },
    });
    expect(course.accounts.get('b')).toMatchObject({ reached: 'review', ends: 'review' });
    expect(course.days).toBe(1);
  });

  it('does not take what a person said for what a machine found', () => {
    const course = new Course();
    const standing = { action: 'block', decisionId: 'dec_1', sinceMs: 0 } as const;
    course.judged(signup('a', dayMs), judgement(0.1, { standing }));
    expect(course.accounts.get('a')).toMatchObject({ reached: 'allow', ends: 'block' });
  });

  it('counts who was let through as what it would have been', () => {
    const course = new Course();
    course.judged(signup('a', 0), judgement(0.99, { draw: { place: 0, holdOut: 0.1, audit: 0 } }));
    expect(course.accounts.get('a')).toMatchObject({ reached: 'block', ends: 'challenge' });
  });
});

describe('the report of a run', () => {
  const truth = new Map<string, Truth>([
    ['fake & co', { label: 'fake', segment: 'campaign:<kind>:1' }],
    ['honest', { label: 'genuine', segment: 'honest:traveller' }],
  ]);

  function report(): PlatformReport {
    const [course, samples, tally] = [new Course(), new SampleFollower(policy), new Tally(truth)];
    const facts = [signup('fake & co', 0), signup('honest', 2 * dayMs)];
    course.judged(facts[0]!, judgement(0.99));
    course.judged(facts[1]!, judgement(0.85));
    tally.decided(facts, []);
    const known = knownOf(truth, null, 2);
    return reportOf({ course, samples, policy, known, summary: tally.summary(), model: { name: 'm', version: '1' } });
  }

  it('says what was decided, day by day, and in truth where that is known', () => {
    expect(report()).toMatchObject({
      accounts: 2,
      reached: { allow: 0, challenge: 0, review: 1, block: 1 },
      days: [{ reached: { block: 1 } }, { reached: { block: 0 } }, { reached: { review: 1 } }],
      truth: { prevalence: 0.5, precision: { block: 1, review: 0.5 }, recall: { block: 1 } },
      model: { name: 'm 1', blocks: 1, alone: 1 },
    });
  });

  it('says that precision is not known where nobody was drawn', () => {
    expect(report().next).toContainEqual(expect.stringContaining('No sample was drawn'));
    expect(reportPage(report())).toContain('no labels');
  });

  it('is a page on which what comes from elsewhere is text', () => {
    const page = reportPage(report());
    expect(page).not.toContain('<kind>');
    expect(page).toContain('&#60;kind&#62;');
  });
});
