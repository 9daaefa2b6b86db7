import { strengthOf } from '../domain/decision.ts';
import { outranks, type Standing } from '../domain/standing.ts';
import type { ObservationBatch } from '../features/observation.ts';
import type { Emission } from './decide-batch.ts';
import type { Outcome } from './outcome.ts';

/**
 * Outcomes from before, without what was overtaken: a person or the account's group has spoken between the decision and its sending, and what
 * they said stands. Sent after that, the decision would seem to undo it. What goes beyond it, as a block beyond a group's review, is sent;
 * and where every event has its decision, that is sent too, and changes nothing.
 * @param standings by row, what stands now; null where history does not answer.
 */
export function withoutOvertaken(
  known: ReadonlyMap<number, Outcome>,
  { offsets }: Pick<ObservationBatch, 'offsets'>,
  standings: readonly (Standing | undefined)[] | null,
  emit: Emission,
): ReadonlyMap<number, Outcome> {
  if (known.size === 0 || standings === null) return known;
  const left = new Map(known);
  for (const [row, standing] of standings.entries()) {
    const outcome = known.get(offsets[row]!);
    if (outcome !== undefined && isOvertaken(outcome, standing))
      left.set(outcome.offset, { ...outcome, decision: emit === 'all' ? outcome.decision : null, change: null });
  }
  return left;
}

function isOvertaken({ change, decision }: Outcome, standing: Standing | undefined): boolean {
  if (change === null || standing === undefined) return false;
  const { action, word, cohort } = change.standing;
  if (standing.word !== undefined && outranks(standing.word, word)) return true;
  // What a group said before the decision, that one knew of and names.
  const hasGroupSpoken = standing.cohort !== undefined && cohort === undefined;
  const isNamed = decision !== null && decision.supersedes === standing.decisionId;
  return hasGroupSpoken && !isNamed && strengthOf(action) <= strengthOf(standing.action);
}
