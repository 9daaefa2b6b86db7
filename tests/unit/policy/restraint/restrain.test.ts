import { describe, expect, it } from 'vitest';
import type { Claim, Stands } from '../../../../src/policy/claim.ts';
import { restrain } from '../../../../src/policy/restraint/restrain.ts';
import type { Circumstances, Restraint } from '../../../../src/policy/restraint/restraint.ts';

const block: Claim = { scoreAction: 'block', rulesAction: 'allow', mayLift: true };
const nothingStands: Stands = { action: 'allow', isOver: true, floor: 'allow' };
const plain: Circumstances = {
  degraded: [],
  scoreHeldBy: undefined,
  carriedBy: undefined,
  isProtected: false,
  overridingAction: 'allow',
};

const toReview: Restraint = (claim) => ({ claim: { ...claim, scoreAction: 'review' }, by: 'to-review' });
const toAllow: Restraint = (claim) => ({ claim: { ...claim, scoreAction: 'allow' }, by: 'to-allow' });
const keeps: Restraint = (claim) => ({ claim: { ...claim, mayLift: false }, by: 'keeps' });
const holdsNothing: Restraint = () => null;

describe('restrain', () => {
  it('gives each restraint what those before it left, and keeps what was asked for at first', () => {
    const { claim, asked, by } = restrain(block, nothingStands, plain, [toReview, holdsNothing, toAllow]);
    expect({ left: claim.scoreAction, asked, by }).toEqual({
      left: 'allow',
      asked: 'block',
      by: ['to-review', 'to-allow'],
    });
  });

  it('does not name what made no difference', () => {
    const byRule: Claim = { ...block, rulesAction: 'block' };
    expect(restrain(byRule, nothingStands, plain, [toReview]).by).toEqual([]);
    expect(restrain({ ...block, scoreAction: 'allow' }, nothingStands, plain, [toAllow]).by).toEqual([]);
  });

  it('names what keeps standing that would have been lifted', () => {
    const quiet: Claim = { ...block, scoreAction: 'allow' };
    expect(restrain(quiet, { ...nothingStands, action: 'review' }, plain, [keeps])).toMatchObject({ by: ['keeps'] });
    expect(restrain(quiet, { ...nothingStands, action: 'review', isOver: false }, plain, [keeps])).toMatchObject({
      by: [],
    });
  });

  it.each<[string, Restraint]>([
    ['a stronger score', (claim) => ({ claim: { ...claim, scoreAction: 'block' }, by: 'pushes' })],
    ['a stronger rule', (claim) => ({ claim: { ...claim, rulesAction: 'challenge' }, by: 'pushes' })],
    ['a lift that another held', (claim) => ({ claim: { ...claim, mayLift: true }, by: 'pushes' })],
  ])('asserts that nothing comes back as %s', (_, pushes) => {
    const held: Claim = { scoreAction: 'review', rulesAction: 'allow', mayLift: false };
    expect(() => restrain(held, nothingStands, plain, [pushes])).toThrow(/pushes holds back/);
  });
});
