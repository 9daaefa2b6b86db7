import { strengthOf, strongest, type Action } from '../../domain/decision.ts';
import type { Restraint } from './restraint.ts';

/**
 * Who was found genuine is not blocked again by what a person has just overruled: score and rules ask people to look. Only rules that
 * the policy marks, as new evidence of high harm, block all the same.
 */
export const protection: Restraint = (claim, { isProtected = false, overridingAction = 'allow' }) => {
  if (!isProtected) return null;
  // A person who looked at the account outranks whoever put it, or what it has, on a list, and what it has in common with others.
  const { listAction, groupAction, ...ofMachines } = claim;
  const held = {
    ...ofMachines,
    scoreAction: atMost(claim.scoreAction, 'review'),
    rulesAction: atMost(claim.rulesAction, strongest('review', overridingAction)),
  };
  const isSpokenFor = listAction !== undefined || groupAction !== undefined;
  if (held.scoreAction === claim.scoreAction && held.rulesAction === claim.rulesAction && !isSpokenFor) return null;
  return { claim: held, by: 'protection' };
};

function atMost(action: Action, most: Action): Action {
  return strengthOf(action) > strengthOf(most) ? most : action;
}
