import assert from 'node:assert/strict';
import { strengthOf, type Action } from '../../domain/decision.ts';
import { limits } from '../../domain/limits.ts';
import { actionAfter, dueOf, type Claim, type Stands } from '../claim.ts';
import { calibration } from './calibration.ts';
import { degraded } from './degraded.ts';
import { governor } from './governor.ts';
import { holdOut } from './hold-out.ts';
import { group } from './group.ts';
import { killSwitch } from './kill-switch.ts';
import { listed } from './listed.ts';
import { oneGroup } from './one-group.ts';
import { protection } from './protection.ts';
import type { Circumstances, Restraint } from './restraint.ts';

/** All restraints, in their order: each sees what those before it left. */
export const restraints: readonly Restraint[] = Object.freeze([
  listed,
  degraded,
  calibration,
  oneGroup,
  group,
  protection,
  killSwitch,
  // It counts what nothing before it held.
  governor,
  // Last: it is drawn of those that would be blocked.
  holdOut,
]);

/** Names that one restraint may give. */
const namesMax = 8;

assert(restraints.length + namesMax <= limits.restraintsMax, 'a decision can name every restraint');

/** What is left of a claim. */
export interface Restrained {
  readonly claim: Claim;
  /** What the evidence asked for before anything held it back. */
  readonly asked: Action;
  /** What held it back, in order: those without which another action would be due, or would stand. */
  readonly by: readonly string[];
}

const nothing: readonly string[] = Object.freeze([]);

/**
 * Takes a claim through the restraints. Pure.
 *
 * A restraint that makes no difference, as where a rule asks for what the score may not, is not named: a reader would look for
 * what it held.
 */
export function restrain(
  asked: Claim,
  stands: Stands,
  circumstances: Circumstances,
  chain: readonly Restraint[] = restraints,
): Restrained {
  const due = dueOf(asked);
  // Nearly every event: of nothing that is asked, where nothing stands, nothing can be held back.
  if (due === 'allow' && stands.action === 'allow') return { claim: asked, asked: due, by: nothing };
  let claim = asked;
  let by: string[] | undefined;
  for (const restraint of chain) {
    const held = restraint(claim, circumstances);
    if (held === null) continue;
    assert(isNoStronger(held.claim, claim), `${String(held.by)} holds back, it does not push`);
    if (makesDifference(held.claim, claim, stands)) (by ??= []).push(...[held.by].flat().slice(0, namesMax));
    claim = held.claim;
  }
  return { claim, asked: due, by: by ?? nothing };
}

function isNoStronger(after: Claim, before: Claim): boolean {
  return (
    strengthOf(after.scoreAction) <= strengthOf(before.scoreAction) &&
    strengthOf(after.rulesAction) <= strengthOf(before.rulesAction) &&
    strengthOf(after.listAction ?? 'allow') <= strengthOf(before.listAction ?? 'allow') &&
    strengthOf(after.groupAction ?? 'allow') <= strengthOf(before.groupAction ?? 'allow') &&
    (before.mayLift || !after.mayLift)
  );
}

function makesDifference(after: Claim, before: Claim, stands: Stands): boolean {
  return dueOf(after) !== dueOf(before) || actionAfter(after, stands) !== actionAfter(before, stands);
}
