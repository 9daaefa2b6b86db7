import { strengthOf, type Cause, type Reason } from '../domain/decision.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { Standing } from '../domain/standing.ts';
import type { Verdict } from '../policy/decide.ts';
import { lastsBy } from '../policy/claim.ts';
import type { Policy } from '../policy/policy.ts';
import { reasonOfPerson } from '../policy/reason-of-person.ts';
import { verdictOfPerson } from '../policy/verdict-of-person.ts';

export type LabelEvent = Extract<AccountEvent, { type: 'account.labelled' }>;

/** What comes for an account of what a person, or its group, says of it. */
export interface DecidedWord {
  readonly cause: Cause;
  /** The group that spoke; absent where a person did. */
  readonly cohort?: string;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Whether another action stands, so that it is sent. */
  readonly isChange: boolean;
  readonly supersedes: string | undefined;
  /** What stands from then on, but for the decision that brought it; null where nothing new does. */
  readonly standing: Omit<Standing, 'decisionId'> | null;
}

/** Decides a label by what it says; null where that changes nothing. No score and no rule speaks, and nothing restrains a person. */
export function decideLabel(event: LabelEvent, standing: Standing | undefined, policy: Policy): DecidedWord | null {
  const { label, by, decision } = event.data;
  const answered = decision === undefined ? {} : { decision };
  const said = verdictOfPerson({ label, by, timeMs: event.timeMs, ...answered }, standing, policy);
  if (said === null) return null;
  const { action, word, sinceMs, changed, supersedes } = said;
  return {
    cause: { kind: 'label', eventId: event.id, by, ...answered },
    verdict: {
      due: action,
      restrained: undefined,
      action,
      changed,
      renewed: false,
      scoreAction: 'allow',
      decisiveRules: [],
    },
    reasons: [reasonOfPerson(label, by, word.protectedUntilMs)],
    isChange: changed,
    supersedes,
    standing: { action, sinceMs, word, ...lastsBy(action, word, policy) },
  };
}

/**
 * What a label of the past leaves standing, told to nobody: the platform has acted on it. What a machine has brought since then was brought
 * knowing no less, and is not lifted in silence. Null where a later label holds.
 */
export function standingOfPast(event: LabelEvent, standing: Standing | undefined, policy: Policy): Standing | null {
  const held = decideLabel(event, standing, policy)?.standing ?? null;
  if (held === null) return null;
  const isOlder = standing !== undefined && standing.sinceMs > event.timeMs;
  if (!isOlder || strengthOf(held.action) >= strengthOf(standing.action))
    return { ...held, decisionId: standing?.decisionId ?? null };
  return { ...standing, word: held.word!, ...lastsBy(standing.action, held.word, policy) };
}
