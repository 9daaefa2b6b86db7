import type { Restraint } from './restraint.ts';

/**
 * The score alone blocks nobody on a platform where it is not known what its numbers mean, nor beyond what the platform allows it: it asks
 * people to look. Rules are untouched: what they name means the same everywhere.
 */
export const calibration: Restraint = (claim, { scoreHeldBy }) => {
  if (scoreHeldBy === undefined || claim.scoreAction !== 'block') return null;
  return { claim: { ...claim, scoreAction: 'review' }, by: scoreHeldBy };
};
