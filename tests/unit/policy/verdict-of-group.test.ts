import { describe, expect, it } from 'vitest';
import type { ListEntry } from '../../../src/domain/list-entry.ts';
import type { Listed } from '../../../src/domain/listed.ts';
import { cohortTag } from '../../../src/domain/group-verdict.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { verdictOfGroup, type GroupEvidence } from '../../../src/policy/verdict-of-group.ts';
import { policyOf, startMs, verdictOf } from '../steps/events.ts';

const hourMs = 3_600_000;
const decisionId = `dec_${'9'.repeat(32)}`;
const policy = policyOf();
const said = verdictOf();
const own = cohortTag(said.cohort);
const other = cohortTag(`coh_${'ab'.repeat(16)}`);

function standing(action: Standing['action'], changes: Partial<Standing> = {}): Standing {
  return { action, decisionId, sinceMs: startMs - hourMs, ...changes };
}

function verdictFor(changes: Partial<GroupEvidence> = {}) {
  return verdictOfGroup({ said, standing: undefined, policy, isEstablished: false, ...changes });
}

function listedAs(kind: 'allow' | 'deny'): Listed {
  const entry: ListEntry = {
    list: 'l',
    type: 'account',
    hash: '0'.repeat(16),
    kind,
    reason: 'r',
    author: 'a',
    createdMs: 0,
    expiresMs: Infinity,
  };
  return { account: entry, denied: undefined, entries: [entry] };
}

describe('what a group asks for', () => {
  it('is done to a member for whom less stands, and renews what stands already', () => {
    expect(verdictFor()).toMatchObject({ action: 'block', changed: true, restrained: undefined });
    expect(verdictFor({ standing: standing('review') })).toMatchObject({ action: 'block', changed: true });
    expect(verdictFor({ said: verdictOf({ action: 'review' }), standing: standing('review') })).toMatchObject({
      action: 'review',
      changed: false,
      renewed: true,
    });
  });

  it('is no reason to lift what stands for another reason', () => {
    const late = standing('block', { sinceMs: 0 });
    for (const action of ['review', 'allow'] as const)
      for (const stood of [late, { ...late, cohort: other }])
        expect(verdictFor({ said: verdictOf({ action }), standing: stood })).toMatchObject({
          action: 'block',
          changed: false,
        });
  });

  it('keeps what was asked for beside what the group itself was held to', () => {
    const held = verdictOf({ action: 'review', due: 'block', heldBy: ['honest-share', 'size'] });
    expect(verdictFor({ said: held })).toMatchObject({
      action: 'review',
      restrained: { asked: 'block', by: ['group:honest-share', 'group:size'] },
    });
  });
});

describe('a group that is looked at again', () => {
  it('lifts what it brought itself, at once', () => {
    const brought = standing('block', { cohort: own });
    expect(verdictFor({ said: verdictOf({ action: 'allow' }), standing: brought })).toMatchObject({
      action: 'allow',
      changed: true,
    });
    expect(verdictFor({ said: verdictOf({ action: 'review' }), standing: brought })).toMatchObject({
      action: 'review',
      changed: true,
    });
  });

  it('does not lift what a person holds', () => {
    const word = { saidMs: startMs - 1, holds: 'review', protectedUntilMs: 0 } as const;
    const brought = standing('block', { cohort: own, word });
    expect(verdictFor({ said: verdictOf({ action: 'allow' }), standing: brought })?.action).toBe('review');
  });

  it('is not undone by what it said before', () => {
    const takenBack = standing('allow', { cohort: own, sinceMs: startMs + 1 });
    expect(verdictFor({ standing: takenBack })).toBeNull();
  });
});

describe('a verdict of a group does nothing to an account', () => {
  it('that a person found genuine, while that protects it', () => {
    const word = { saidMs: startMs - 1, holds: 'allow', protectedUntilMs: startMs + 1 } as const;
    expect(verdictFor({ standing: standing('allow', { word }) })).toMatchObject({
      action: 'allow',
      restrained: { asked: 'block', by: ['protection'] },
    });
    const over = { ...word, protectedUntilMs: startMs };
    expect(verdictFor({ standing: standing('allow', { word: over }) })?.action).toBe('block');
  });

  it('that people let through', () => {
    expect(verdictFor({ listed: listedAs('allow') })).toMatchObject({
      action: 'allow',
      restrained: { asked: 'block', by: [`list:l:account:${'0'.repeat(16)}`] },
    });
  });

  it('that is old and had a life of its own', () => {
    expect(verdictFor({ isEstablished: true })).toMatchObject({
      action: 'allow',
      restrained: { asked: 'block', by: ['group:established'] },
    });
  });
});

describe('a group asks people to look', () => {
  it('while a person has ordered that nothing blocks by itself; what it blocked before stays', () => {
    expect(verdictFor({ isKilled: true })).toMatchObject({
      action: 'review',
      restrained: { asked: 'block', by: ['kill-switch'] },
    });
    expect(verdictFor({ isKilled: true, standing: standing('block', { cohort: own }) })).toMatchObject({
      action: 'block',
      changed: false,
    });
  });

  it('where one of the kinds that hold it together has blocked too many', () => {
    const governed = { score: undefined, rules: null, group: ['governor:group:avatar:all'] };
    expect(verdictFor({ governed })).toMatchObject({
      action: 'review',
      restrained: { asked: 'block', by: ['governor:group:avatar:all'] },
    });
  });
});

describe('who is drawn to be let through', () => {
  const draw = { place: 0.01, holdOut: 0.02, audit: 0 };

  it('is challenged at most where the group would block, and the decision says with which probability', () => {
    for (const stood of [undefined, standing('challenge')])
      expect(verdictFor({ draw, standing: stood })).toMatchObject({
        due: 'challenge',
        action: 'challenge',
        restrained: { asked: 'block', by: ['hold-out'] },
        sample: { kind: 'hold-out', probability: 0.02 },
      });
    expect(verdictFor({ draw: { ...draw, place: 0.02 } })).toMatchObject({ action: 'block' });
  });

  it('is nobody whom a list denies, a person found fake, or who is blocked, reviewed or let go for another reason', () => {
    const word = { saidMs: 1, holds: 'review', protectedUntilMs: 0 } as const;
    for (const changes of [
      { listed: listedAs('deny') },
      { standing: standing('review', { word }) },
      { standing: standing('block') },
      { said: verdictOf({ action: 'review' }) },
      { isKilled: true },
      { isEstablished: true },
    ])
      expect(verdictFor({ draw, ...changes })).not.toHaveProperty('sample');
  });
});
