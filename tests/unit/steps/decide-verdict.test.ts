import { describe, expect, it } from 'vitest';
import { cohortTag, groupEdgeKinds, type GroupVerdict } from '../../../src/domain/group-verdict.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { decideVerdict, type VerdictEvent } from '../../../src/steps/decide-verdict.ts';
import { reasonsOfGroup } from '../../../src/steps/reasons-of-group.ts';
import { policyOf, startMs, verdictEventOf, verdictOf } from './events.ts';

const decisionId = `dec_${'9'.repeat(32)}`;
const own = cohortTag(verdictOf().cohort);
const hourMs = 3_600_000;

function standing(action: Standing['action'], changes: Partial<Standing> = {}): Standing {
  return { action, decisionId, sinceMs: startMs - hourMs, ...changes };
}

function decided(changes: Partial<GroupVerdict>, before: Standing | undefined) {
  const event = verdictEventOf(changes) as VerdictEvent;
  return decideVerdict(event, { standing: before, policy: policyOf(), isEstablished: false });
}

const dataOf = (changes: Partial<GroupVerdict>) => (verdictEventOf(changes) as VerdictEvent).data;

describe('what stands after the verdict of a group', () => {
  it('remembers the group that brought it, and what a person has said', () => {
    const word = { saidMs: startMs - 1, holds: 'review', protectedUntilMs: 0 } as const;
    expect(decided({}, standing('review', { word }))).toMatchObject({
      isChange: true,
      supersedes: decisionId,
      standing: { action: 'block', sinceMs: startMs, cohort: own, word, lasts: true },
    });
  });

  it('is as it was where more stands, begins anew where the same does, and stays whose it was', () => {
    expect(decided({ action: 'review' }, standing('block'))).toMatchObject({ isChange: false, standing: null });
    const renewed = decided({ action: 'review' }, standing('review'))!.standing!;
    expect(renewed).toEqual(standing('review', { sinceMs: startMs }));
  });

  it('keeps that a verdict was taken back before it came', () => {
    const takenBack = decided({ action: 'allow', revision: 2 }, undefined)!;
    expect(takenBack).toMatchObject({ isChange: false, standing: { action: 'allow', cohort: own } });
    const first = decided({ timeMs: startMs - 1 }, { ...takenBack.standing!, decisionId: null });
    expect(first).toBeNull();
  });
});

describe('the reasons of a group', () => {
  it.each(groupEdgeKinds)('say of %s what the account has in common, and with how many, and not what it is', (kind) => {
    const [reason, ...others] = reasonsOfGroup(dataOf({ ties: [{ kind, accounts: 4 }], kinds: [kind] }));
    expect(others).toEqual([]);
    expect(reason!.text).toMatch(/^4 of the 12 accounts of its group, this one among them, [a-z]/);
    expect(reason!.code).toMatch(/^GROUP_[A-Z_]+$/);
    expect(reason!.publicText).toMatch(/\.$/);
  });

  it('share the evidence, and say what the group has where nothing is told of the account', () => {
    expect(reasonsOfGroup(dataOf({})).map(({ contribution }) => contribution)).toEqual([0.5, 0.5]);
    expect(reasonsOfGroup(dataOf({ ties: [] }))).toMatchObject([
      { code: 'GROUP', text: 'It is one of 12 accounts that have in common: a device, a picture', contribution: 1 },
    ]);
  });
});
