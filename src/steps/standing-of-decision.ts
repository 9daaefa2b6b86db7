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
  if (cause.kind === 'label') return ofLabel(id, action, standing);
  const atMs = happenedMs ?? Date.parse(time);
  if (action === (standing?.action ?? 'allow'))
    return renews(standing, policy, atMs) && asksFor(action, data, policy) ? { ...standing!, sinceMs: atMs } : null;
  const word = standing?.word;
  return {
    action,
    decisionId: id,
    sinceMs: atMs,
    ...(word === undefined ? {} : { word }),
    ...lastsBy(action, word, policy),
    ...(cause.kind === 'group' ? { cohort: cohortTag(cause.cohort) } : {}),
  };
}

/** Whether evidence asked for the action, which stood already. */
function asksFor(action: Action, { rules, score, restrained_by: by }: WireDecision['data'], policy: Policy): boolean {
  return rules.length > 0 || (by === undefined && claimOf(score, [], policy).scoreAction === action);
}

/** The label itself has said what stands. What replaces that is to name this decision. */
function ofLabel(id: string, action: Action, standing: Standing | undefined): Standing | null {
  return standing?.action === action && standing.sinceMs === standing.word?.saidMs
    ? { ...standing, decisionId: id }
    : null;
}
