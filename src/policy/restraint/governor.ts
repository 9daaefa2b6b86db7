import type { Restraint } from './restraint.ts';

/** A cause that blocked too many asks people to look. One that did not is not held by what another did. */
export const governor: Restraint = (claim, { governed }) => {
  if (governed === undefined) return null;
  const isScoreHeld = claim.scoreAction === 'block' && governed.score !== undefined;
  const areRulesHeld = claim.rulesAction === 'block' && governed.rules !== null;
  const isListHeld = claim.listAction === 'block' && governed.list !== undefined;
  const groupHeld = claim.groupAction === 'block' ? (governed.group ?? []) : [];
  return {
    claim: {
      ...claim,
      scoreAction: isScoreHeld ? 'review' : claim.scoreAction,
      rulesAction: areRulesHeld ? 'review' : claim.rulesAction,
      ...(isListHeld ? { listAction: 'review' as const } : {}),
      ...(groupHeld.length > 0 ? { groupAction: 'review' as const } : {}),
    },
    by: [
      ...(isScoreHeld ? [governed.score] : []),
      ...(areRulesHeld ? governed.rules : []),
      ...(isListHeld ? [governed.list] : []),
      ...groupHeld,
    ],
  };
};
