import { describe, expect, it } from 'vitest';
import { labels, labelSources } from '../../../src/domain/event.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { reasonOfPerson } from '../../../src/policy/reason-of-person.ts';
import { verdictOfPerson } from '../../../src/policy/verdict-of-person.ts';
import { decide } from '../../../src/policy/decide.ts';
import { documentOf, features, firedRule, policyOf, ruleOf } from './policies.ts';

const dayMs = 86_400_000;
const policy = policyOf();

function policyWith(members: string) {
  const loaded = loadPolicy(Buffer.from(`${documentOf()}\n${members}`), features);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
}

function stands(action: Standing['action'], more: Partial<Standing> = {}): Standing {
  return { action, decisionId: 'dec_1', sinceMs: 0, ...more };
}

describe('a genuine label', () => {
  it('lifts what stands, and protects for 30 days unless the policy says otherwise', () => {
    const said = { label: 'genuine', by: 'appeal', timeMs: dayMs } as const;
    expect(verdictOfPerson(said, stands('block'), policy)).toEqual({
      action: 'allow',
      word: { saidMs: dayMs, holds: 'allow', protectedUntilMs: 31 * dayMs },
      sinceMs: dayMs,
      changed: true,
      supersedes: 'dec_1',
    });
    expect(verdictOfPerson(said, stands('block'), policyWith('protection: 2h'))!.word.protectedUntilMs).toBe(
      dayMs + 7_200_000,
    );
    expect(verdictOfPerson(said, undefined, policyWith('protection: forever'))!.word.protectedUntilMs).toBe(Infinity);
  });

  // While the store is away a rule may block a protected account, and nothing is settled: for history the account is free.
  it.each([
    ['is not what stands here', 'dec_unsettled', { changed: true, supersedes: 'dec_unsettled' }],
    ['is the one that stands, which frees the account already', 'dec_1', { changed: false, supersedes: undefined }],
  ])('that answers a decision lifts it where it %s', (_, decision, expected) => {
    const word = { saidMs: 0, holds: 'allow', protectedUntilMs: 30 * dayMs } as const;
    const said = { label: 'genuine', by: 'appeal', timeMs: dayMs, decision } as const;
    expect(verdictOfPerson(said, stands('allow', { word }), policy)).toMatchObject({ action: 'allow', ...expected });
  });
});

describe('a fake label', () => {
  it.each(labelSources)('by %s blocks, or does what the policy says for it', (by) => {
    const said = { label: 'fake', by, timeMs: 0 } as const;
    expect(verdictOfPerson(said, undefined, policy)).toMatchObject({ action: 'block', word: { holds: 'block' } });
    const mild = policyWith(`fake: { ${by}: review }`);
    expect(verdictOfPerson(said, undefined, mild)).toMatchObject({ action: 'review', word: { holds: 'review' } });
  });

  it('does not weaken what a machine brought, and does what an earlier label of another source brought', () => {
    const mild = policyWith('fake: { honeypot: review }');
    const trap = { label: 'fake', by: 'honeypot', timeMs: 2 } as const;
    expect(verdictOfPerson(trap, stands('block'), mild)).toMatchObject({ action: 'block', changed: false });
    const word = { saidMs: 1, holds: 'block', protectedUntilMs: 0 } as const;
    expect(verdictOfPerson(trap, stands('block', { word, sinceMs: 1 }), mild)).toMatchObject({
      action: 'review',
      changed: true,
      supersedes: 'dec_1',
    });
    // A machine has asked for the same since then.
    expect(verdictOfPerson(trap, stands('block', { word, sinceMs: 1.5 }), mild)).toMatchObject({ action: 'block' });
  });
});

describe('a protected account', () => {
  const word = { saidMs: 0, holds: 'allow', protectedUntilMs: 30 * dayMs } as const;
  const evidence = { policy, standing: stands('allow', { word }), degraded: [], nowMs: dayMs } as const;

  it('is reviewed where score or rules ask for a block', () => {
    const held = { due: 'review', restrained: { asked: 'block', by: ['protection'] } };
    expect(decide({ ...evidence, score: 1, fired: [] })).toMatchObject(held);
    expect(decide({ ...evidence, score: 0, fired: [firedRule('block')] })).toMatchObject(held);
  });

  it('is blocked by a rule that the policy marks as new evidence of high harm', () => {
    const marked = policyOf(ruleOf({ action: 'block', overrides_protection: true })).rules;
    expect(decide({ ...evidence, score: 0, fired: marked })).toMatchObject({ due: 'block', restrained: undefined });
    const shadow = policyOf(ruleOf({ action: 'block', overrides_protection: true, mode: 'shadow' })).rules;
    expect(decide({ ...evidence, score: 1, fired: shadow })).toMatchObject({ due: 'review' });
  });

  it('is one no longer when the time is over', () => {
    expect(decide({ ...evidence, nowMs: 30 * dayMs - 1, score: 1, fired: [] })).toMatchObject({ due: 'review' });
    expect(decide({ ...evidence, nowMs: 30 * dayMs, score: 1, fired: [] })).toMatchObject({ due: 'block' });
  });
});

describe('the reason of a label', () => {
  it.each(labels.flatMap((label) => labelSources.map((by) => [label, by] as const)))(
    '%s by %s reads well',
    (label, by) => {
      const { text, publicText } = reasonOfPerson(label, by, Date.UTC(2026, 11, 24));
      expect(text).toMatch(label === 'genuine' ? /^[A-Z].*; it is protected .* until 2026-12-24$/ : /^[A-Z][^;]*$/);
      expect(publicText).toMatch(/^(A|Our|Your) [^.]*$/);
      // One command may speak of a thousand accounts.
      if (by === 'operator') expect(publicText).not.toContain('person');
      expect(text).not.toMatch(/undefined|NaN|\{/);
    },
  );

  it('says where no time ends protection', () => {
    expect(reasonOfPerson('genuine', 'review', Infinity).text).toMatch(/until it is found fake$/);
  });
});
