import type { Restraint } from './restraint.ts';

/**
 * Missing evidence is no evidence: what was decided without the store, the model or reference data neither blocks on the score nor lifts what
 * stands, or an outage of the store would set free every account that it should have remembered. Rules act on what they have.
 */
export const degraded: Restraint = (claim, circumstances) => {
  if (circumstances.degraded.length === 0) return null;
  const scoreAction = claim.scoreAction === 'block' ? 'review' : claim.scoreAction;
  return { claim: { ...claim, scoreAction, mayLift: false }, by: 'degraded' };
};
