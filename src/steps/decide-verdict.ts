import type { AccountEvent } from '../domain/event.ts';
import { cohortTag, type GroupVerdict } from '../domain/group-verdict.ts';
import type { Standing } from '../domain/standing.ts';
import { lastsBy } from '../policy/claim.ts';
import type { Verdict } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { verdictOfGroup, type GroupEvidence } from '../policy/verdict-of-group.ts';
import type { DecidedWord } from './decide-label.ts';
import { reasonsOfGroup } from './reasons-of-group.ts';

export type VerdictEvent = Extract<AccountEvent, { type: 'account.group_verdict' }>;

/**
 * Decides what the group of an account came to, as far as nothing restrains it; null where the group has said something later already. It
 * remembers who brought what stands, so that the group can take it back, and nobody else's.
 */
export function decideVerdict(event: VerdictEvent, evidence: Omit<GroupEvidence, 'said'>): DecidedWord | null {
  const { standing, policy } = evidence;
  const verdict = verdictOfGroup({ ...evidence, said: verdictIn(event) });
  if (verdict === null) return null;
  const { changed } = verdict;
  const { cohort } = event.data;
  return {
    cause: { kind: 'group', cohort, verdict: event.id },
    cohort,
    verdict,
    reasons: reasonsOfGroup(event.data),
    isChange: changed,
    supersedes: changed ? (standing?.decisionId ?? undefined) : undefined,
    standing: standingAfter(event, verdict, standing, policy),
  };
}

function standingAfter(
  { timeMs, data }: VerdictEvent,
  { action, changed, renewed }: Verdict,
  standing: Standing | undefined,
  policy: Policy,
): DecidedWord['standing'] {
  const cohort = cohortTag(data.cohort);
  const word = standing?.word === undefined ? {} : { word: standing.word };
  if (changed) return { action, sinceMs: timeMs, ...word, ...lastsBy(action, standing?.word, policy), cohort };
  if (renewed) return { ...standing!, sinceMs: timeMs };
  // A verdict that was taken back before it came must find that it was, and not act.
  const isTakenBack = data.action === 'allow' && (standing === undefined || standing.action === 'allow');
  return isTakenBack
    ? { action: 'allow', sinceMs: timeMs, ...word, ...lastsBy('allow', standing?.word, policy), cohort }
    : null;
}

/** The verdict that an event carries, as it was found. */
export function verdictIn({ subject, timeMs, data }: VerdictEvent): GroupVerdict {
  const { cohort, action, due, held_by: heldBy, revision, kinds, ties, size, terms } = data;
  const found = terms === undefined ? {} : { terms };
  return { cohort, subject, action, due, heldBy, revision, kinds, ties, size, ...found, timeMs };
}
