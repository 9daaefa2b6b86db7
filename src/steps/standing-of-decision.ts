import type { Action } from '../domain/decision.ts';
import { cohortTag } from '../domain/group-verdict.ts';
import type { Standing } from '../domain/standing.ts';
import { claimOf, lastsBy } from '../policy/claim.ts';
import { renews } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import type { WireDecision } from '../wire/decision-schema.ts';

/**
 * What stands for an account once a decision was told: for a history that is made of what was told, and not of what would be decided today. Null
 * where nothing else stands than before.
 *
 * That evidence came again for what stood is told where all decisions are (`decisions.emit`). Where only changes are, an action that the policy ends
 * by time ends that much sooner.
 * @param standing what the decisions before it, and the words of people, left
 * @param happenedMs when that happened of which it came, milliseconds since the epoch; undefined where that is not known any more
 */
export function standingOfDecision(
  { id, time, data }: WireDecision,
  standing: Standing | undefined,
  happenedMs: number | undefined,
  policy: Policy,
): Standing | null {
  const { action, cause, mode } = data;
  // Who did not know what stood did not replace it.
  if (mode !== 'enforce' || data.degraded?.includes('store') === true) return null;
  const atMs = happenedMs ?? Date.parse(time);
  const word = standing?.word;
  if (cause.kind === 'label') {
    // The label itself has said what stands. What replaces that is to name this decision.
    if (standing?.action === action && standing.sinceMs === word?.saidMs) return { ...standing, decisionId: id };
    if (word !== undefined && word.saidMs > atMs) return null;
    // Of a label that its topic has no more, the decision alone tells.
  }
  if (action === (standing?.action ?? 'allow'))
    return asksFor(action, data, policy) ? ownOf(standing, atMs, policy) : null;
  return {
    action,
    decisionId: id,
    sinceMs: atMs,
    ...(word === undefined ? {} : { word }),
    ...lastsBy(action, word, policy),
    ...(cause.kind === 'group' ? { cohort: cohortTag(cause.cohort) } : {}),
  };
}

/** What stands once the account's own evidence asked for it again: for longer, and not for its group's sake any more. Null where that is as it was. */
function ownOf(standing: Standing | undefined, atMs: number, policy: Policy): Standing | null {
  if (standing === undefined || standing.action === 'allow') return null;
  const { cohort, ...own } = standing;
  if (renews(standing, policy, atMs)) return { ...own, sinceMs: atMs };
  return cohort === undefined ? null : own;
}

/** Whether evidence asked for the action, which stood already. */
function asksFor(action: Action, data: WireDecision['data'], policy: Policy): boolean {
  const { rules, score, restrained_by: by } = data;
  if (rules.length > 0 || by !== undefined) return rules.length > 0;
  return claimOf(score, [], policy).scoreAction === action || (action === 'block' && isDenied(data));
}

/** Whether a list asked for a block, as `denyingEntry` has it. */
function isDenied({ listed = [] }: WireDecision['data']): boolean {
  const ofAccount = listed.filter(({ type }) => type === 'account');
  return (ofAccount.length > 0 ? ofAccount : listed).some(({ kind }) => kind === 'deny');
}
