import type { Restraint } from './restraint.ts';

/** A person has ordered that nothing blocks by itself: whoever asks, people look. What stands is left as it is. */
export const killSwitch: Restraint = (claim, { isKilled }) => {
  if (isKilled !== true) return null;
  const scoreAction = claim.scoreAction === 'block' ? 'review' : claim.scoreAction;
  const rulesAction = claim.rulesAction === 'block' ? 'review' : claim.rulesAction;
  const held = {
    ...claim,
    scoreAction,
    rulesAction,
    ...(claim.listAction === 'block' ? { listAction: 'review' as const } : {}),
    ...(claim.groupAction === 'block' ? { groupAction: 'review' as const } : {}),
  };
  return { claim: held, by: 'kill-switch' };
};
