import { strengthOf } from '../../domain/decision.ts';
import type { Restraint } from './restraint.ts';

/** A group that is too large, or has too many honest accounts, asks people to look; an account with a life of its own is left alone. */
export const group: Restraint = (claim, { group: found }) => {
  if (found === undefined || claim.groupAction === undefined) return null;
  if (strengthOf(found.action) >= strengthOf(claim.groupAction)) return null;
  return { claim: { ...claim, groupAction: found.action }, by: found.heldBy.map((hold) => `group:${hold}`) };
};
