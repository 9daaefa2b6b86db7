import assert from 'node:assert/strict';
import { strengthOf, strongest, type Action } from '../domain/decision.ts';
import { denyingEntry, type Listed } from '../domain/listed.ts';
import type { Standing, Word } from '../domain/standing.ts';
import type { Policy, Rule } from './policy.ts';

/** What one event's evidence asks for, by who asks. Restraints take it weaker than it was; nothing makes it stronger. */
export interface Claim {
  /** What the score alone asks for. */
  readonly scoreAction: Action;
  /** The strongest action of the enforced rules that fired; `allow` where none did. */
  readonly rulesAction: Action;
  /** What the lists that people keep ask for; absent where they ask for nothing. */
  readonly listAction?: Action;
  /** What the account's group asks for; absent where no group speaks. */
  readonly groupAction?: Action;
  /** Whether a weaker action may replace what stands once its time has passed. */
  readonly mayLift: boolean;
}

/** What stands for the account when the event comes. */
export interface Stands {
  /** `allow` for a new account. */
  readonly action: Action;
  /** Whether its standing time has passed, by the event's own time. */
  readonly isOver: boolean;
  /** The weakest action that may stand, by the word of a person; `allow` where none has spoken. */
  readonly floor: Action;
}

/** @param score calibrated probability of fake, 0 to 1; null where no model spoke. @param fired shadow rules too. */
export function claimOf(score: number | null, fired: readonly Rule[], policy: Policy, listed?: Listed): Claim {
  let rulesAction: Action = 'allow';
  for (const rule of fired) if (rule.mode === 'enforce') rulesAction = strongest(rulesAction, rule.action);
  const claim: Claim = { scoreAction: scoreActionOf(score, policy), rulesAction, mayLift: true };
  return listed !== undefined && denyingEntry(listed) !== undefined ? { ...claim, listAction: 'block' } : claim;
}

const nothingStands: Stands = Object.freeze({ action: 'allow', isOver: true, floor: 'allow' });

/** @param nowMs the event's own time, milliseconds since the epoch. */
export function standsAt(nowMs: number, standing: Standing | undefined, policy: Policy): Stands {
  if (standing === undefined || standing.action === 'allow') return nothingStands;
  const isOver = nowMs - standing.sinceMs >= policy.standingMs[standing.action];
  return { action: standing.action, isOver, floor: standing.word?.holds ?? 'allow' };
}

/**
 * Whether what comes to stand is kept beyond the account's history: the policy has it stand for ever, or a person spoke, whose word holds an
 * action or protects. Protection has an end of its own, and must not have another before: history may go sooner than that. What a person
 * holds is left also where a machine went beyond it, once the machine's action is over.
 */
export function lastsBy(action: Action, word: Word | undefined, policy: Policy): { readonly lasts: true } | null {
  const isHeld = word !== undefined && (word.holds !== 'allow' || word.protectedUntilMs > word.saidMs);
  const isForever = action !== 'allow' && policy.standingMs[action] === Infinity;
  return isHeld || isForever ? { lasts: true } : null;
}

/** What is due: the strongest of what is asked for. */
export function dueOf({ scoreAction, rulesAction, listAction, groupAction }: Claim): Action {
  let due = strongest(scoreAction, rulesAction);
  if (listAction !== undefined) due = strongest(due, listAction);
  return groupAction === undefined ? due : strongest(due, groupAction);
}

/** What stands after the claim: what is due, or, where that is weaker and may not replace it, what stood; no less than a person holds it at. */
export function actionAfter(claim: Claim, stands: Stands): Action {
  const due = dueOf(claim);
  const replaces = strengthOf(due) >= strengthOf(stands.action) || (claim.mayLift && stands.isOver);
  return replaces ? strongest(due, stands.floor) : stands.action;
}

function scoreActionOf(score: number | null, { thresholds }: Policy): Action {
  if (score === null) return 'allow';
  assert(!Number.isNaN(score), 'a score is a number, or null where the model failed');
  if (score >= thresholds.block) return 'block';
  if (score >= thresholds.review) return 'review';
  return score >= thresholds.challenge ? 'challenge' : 'allow';
}
