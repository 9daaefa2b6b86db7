import { describe, expect, it } from 'vitest';
import type { Action, Degradation } from '../../../src/domain/decision.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { decide, type Evidence } from '../../../src/policy/decide.ts';
import { firedRule, policyOf } from './policies.ts';

// challenge 0.5 for 1 h, review 0.8 for 24 h, block 0.95 for ever.
const policy = policyOf();
const hourMs = 3_600_000;

function decideOn(evidence: Partial<Evidence>) {
  return decide({ score: null, fired: [], standing: undefined, policy, degraded: [], nowMs: 0, ...evidence });
}

function standingOf(action: Action): Standing {
  return { action, decisionId: 'dec_1', sinceMs: 0 };
}

describe('what the evidence asks for', () => {
  it.each<[number | null, Action]>([
    [null, 'allow'],
    [0, 'allow'],
    [0.4999, 'allow'],
    [0.5, 'challenge'],
    [0.7999, 'challenge'],
    [0.8, 'review'],
    [0.9499, 'review'],
    [0.95, 'block'],
    [1, 'block'],
  ])('a score of %s asks for %s', (score, expected) => {
    expect(decideOn({ score })).toMatchObject({ due: expected, scoreAction: expected, decisiveRules: [] });
  });

  it('is the strongest of score and enforced rules', () => {
    const fired = [firedRule('challenge'), firedRule('review')];
    expect(decideOn({ score: 0.6, fired })).toMatchObject({ due: 'review', scoreAction: 'challenge' });
    expect(decideOn({ score: 0.99, fired })).toMatchObject({ due: 'block', scoreAction: 'block' });
  });

  it('does not heed shadow rules', () => {
    expect(decideOn({ score: 0.6, fired: [firedRule('block', 'shadow')] })).toMatchObject({
      due: 'challenge',
      decisiveRules: [],
    });
  });

  it('names the enforced rules that ask for it', () => {
    const [weak, strong, shadow] = [firedRule('challenge'), firedRule('review'), firedRule('review', 'shadow')];
    expect(decideOn({ score: 0.85, fired: [weak, strong, shadow] }).decisiveRules).toEqual([strong]);
    expect(decideOn({ score: 0.99, fired: [weak, strong, shadow] }).decisiveRules).toEqual([]);
  });
});

describe('a degraded decision', () => {
  it.each<Degradation>(['store', 'model', 'enrichment'])('without %s does not block on the score', (missing) => {
    expect(decideOn({ score: 1, degraded: [missing] })).toMatchObject({ due: 'review', scoreAction: 'review' });
  });

  it('says that it was to be a block', () => {
    expect(decideOn({ score: 1, degraded: ['store'] }).restrained).toEqual({ asked: 'block', by: ['degraded'] });
    expect(decideOn({ score: 0.9, degraded: ['store'] }).restrained).toBeUndefined();
  });

  it('blocks when a rule does, and then nothing was held back', () => {
    const verdict = decideOn({ score: 1, fired: [firedRule('block')], degraded: ['store'] });
    expect(verdict).toMatchObject({ due: 'block', restrained: undefined });
  });

  it('does not lift what stands, however long it has stood', () => {
    const evidence = {
      score: null,
      standing: standingOf('challenge'),
      degraded: ['model'],
      nowMs: 99 * hourMs,
    } as const;
    expect(decideOn(evidence)).toMatchObject({ due: 'allow', action: 'challenge', changed: false });
    expect(decideOn(evidence).restrained).toEqual({ asked: 'allow', by: ['degraded'] });
    // It could not have been lifted yet: nothing was held.
    expect(decideOn({ ...evidence, nowMs: 0 }).restrained).toBeUndefined();
  });
});

describe('what stands for the account', () => {
  it.each<[standing: Action | null, score: number, hours: number, action: Action, changed: boolean]>([
    // Nothing stood.
    [null, 0.1, 0, 'allow', false],
    [null, 0.6, 0, 'challenge', true],
    [null, 0.99, 0, 'block', true],
    ['allow', 0.1, 0, 'allow', false],
    ['allow', 0.6, 0, 'challenge', true],
    // Stronger: at once.
    ['challenge', 0.85, 0, 'review', true],
    ['challenge', 0.99, 0, 'block', true],
    ['review', 0.99, 0, 'block', true],
    // The same: nothing new, also after its time.
    ['challenge', 0.6, 0, 'challenge', false],
    ['challenge', 0.6, 5, 'challenge', false],
    ['block', 0.99, 9_999, 'block', false],
    // Weaker: after its time.
    ['challenge', 0.1, 0.99, 'challenge', false],
    ['challenge', 0.1, 1, 'allow', true],
    ['review', 0.6, 23.99, 'review', false],
    ['review', 0.6, 24, 'challenge', true],
    ['review', 0.1, 24, 'allow', true],
    ['block', 0.1, 9_999, 'block', false],
    // An event that is older than the standing action does not lift it.
    ['challenge', 0.1, -5, 'challenge', false],
    ['challenge', 0.99, -5, 'block', true],
  ])('%s, a score of %d after %d h: %s', (standing, score, hours, action, changed) => {
    const before = standing === null ? undefined : standingOf(standing);
    expect(decideOn({ score, standing: before, nowMs: hours * hourMs })).toMatchObject({ action, changed });
  });
});

describe('evidence that asks for what stands', () => {
  it.each<[standing: Action, score: number, hours: number, renewed: boolean]>([
    ['review', 0.85, 2, true],
    ['challenge', 0.6, 0.5, true],
    // Less, or more, is another matter.
    ['review', 0.6, 2, false],
    ['challenge', 0.85, 0.5, false],
    ['allow', 0.1, 2, false],
    // What came late is older than what stands.
    ['review', 0.85, -2, false],
    // What stands for ever needs no more time.
    ['block', 0.99, 2, false],
  ])('%s, a score of %d after %d h: renewed %s', (standing, score, hours, renewed) => {
    expect(decideOn({ score, standing: standingOf(standing), nowMs: hours * hourMs })).toMatchObject({ renewed });
  });

  it('keeps an account under review that gives cause for it every two hours, whatever one quiet event says', () => {
    const reviewedAt = (hour: number): Standing => ({ ...standingOf('review'), sinceMs: hour * hourMs });
    for (let hour = 2; hour <= 24; hour += 2) {
      const { renewed } = decideOn({ score: 0.85, standing: reviewedAt(hour - 2), nowMs: hour * hourMs });
      expect(renewed).toBe(true);
    }
    const standing = reviewedAt(24);
    expect(decideOn({ score: 0.1, standing, nowMs: 25 * hourMs })).toMatchObject({ action: 'review', changed: false });
    expect(decideOn({ score: 0.1, standing, nowMs: 48 * hourMs })).toMatchObject({ action: 'allow', changed: true });
  });
});

describe('a block that one group of features carries alone', () => {
  it('asks people to look, and says what it asked for', () => {
    const verdict = decideOn({ score: 0.99, carriedBy: 'device' });
    expect(verdict).toMatchObject({ due: 'review', action: 'review', scoreAction: 'review' });
    expect(verdict.restrained).toEqual({ asked: 'block', by: ['one-group:device'] });
  });

  it('is a block where a rule asks for it too', () => {
    const verdict = decideOn({ score: 0.99, carriedBy: 'device', fired: [firedRule('block')] });
    expect(verdict).toMatchObject({ due: 'block', action: 'block' });
    expect(verdict.restrained).toBeUndefined();
  });

  it('is held back once, by what comes first', () => {
    const { restrained } = decideOn({ score: 1, carriedBy: 'device', degraded: ['store'] });
    expect(restrained).toEqual({ asked: 'block', by: ['degraded'] });
  });

  it('restrains nothing that is weaker', () => {
    expect(decideOn({ score: 0.9, carriedBy: 'device' }).restrained).toBeUndefined();
    expect(decideOn({ score: 0.99 }).restrained).toBeUndefined();
  });
});
