import { strengthOf, type Action } from '../../domain/decision.ts';
import type { Restraint } from './restraint.ts';

/**
 * A few of those that would be blocked are let through, drawn at random, or nobody could tell how many blocks are right: of a blocked account
 * nothing more is seen. They are challenged at most, since a review would end what is to be watched. What a list asks for is not held:
 * who is denied is not drawn, with probability 0.
 */
export const holdOut: Restraint = (claim, { isHeldOut }) => {
  if (isHeldOut !== true) return null;
  const held = {
    ...claim,
    scoreAction: atMostChallenge(claim.scoreAction),
    rulesAction: atMostChallenge(claim.rulesAction),
    ...(claim.groupAction === undefined ? {} : { groupAction: atMostChallenge(claim.groupAction) }),
  };
  return { claim: held, by: 'hold-out' };
};

function atMostChallenge(action: Action): Action {
  return strengthOf(action) > strengthOf('challenge') ? 'challenge' : action;
}
