import type { Restraint } from './restraint.ts';

/**
 * One group of features, which a stranger may have set up, does not block an established account alone, neighbouring phone numbers no new
 * one, and what an account does none by a model that knows no habits: it asks people to look. Rules are untouched: who wrote them knew what they name.
 */
export const oneGroup: Restraint = (claim, { carriedBy }) => {
  if (carriedBy === undefined || claim.scoreAction !== 'block') return null;
  return { claim: { ...claim, scoreAction: 'review' }, by: `one-group:${carriedBy}` };
};
