import assert from 'node:assert/strict';
import { strengthOf, strongest, type Action, type Degradation } from '../domain/decision.ts';
import type { Standing } from '../domain/standing.ts';
import type { Policy, Rule } from './policy.ts';

export interface Evidence {
  /** Calibrated probability of fake, 0 to 1; null where no model spoke. */
  readonly score: number | null;
  /** Every rule that fired, shadow rules too. */
  readonly fired: readonly Rule[];
  /** What stands for the account; undefined for a new one, which is as good as `allow`. */
  readonly standing: Standing | undefined;
  readonly policy: Policy;
  /** The one group of features that carries the score to a block of an established account; undefined where others agree. */
  readonly carriedBy?: string | undefined;
  /** What was missing; empty when nothing was. */
  readonly degraded: readonly Degradation[];
  /** The event's own time, milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface Verdict {
  /** What this event's evidence asks for: the strongest of the score's action and the enforced rules' actions. */
  readonly due: Action;
  /** What it would ask for but for what restrains it, and what that is; undefined where nothing does. */
  readonly restrained?: { readonly asked: Action; readonly by: string };
  /** What stands for the account from now on. */
  readonly action: Action;
  /** Whether that is another action than stood before. Every change is emitted, one back to `allow` too. */
  readonly changed: boolean;
  /** Whether the evidence asks for what stands already: its time then begins anew. */
  readonly renewed: boolean;
  /** What the score alone asks for. */
  readonly scoreAction: Action;
  /** The enforced rules that ask for `due`, in document order. Empty when only the score does. */
  readonly decisiveRules: readonly Rule[];
}

const noRules: readonly Rule[] = Object.freeze([]);

/**
 * Weighs one event's evidence against what stands for its account. Pure.
 *
 *            due is stronger: at once
 *   allow ──▶ challenge ──▶ review ──▶ block
 *         ◀──           ◀──        ◀──
 *            due is weaker: once the standing time of what stands has passed, and nothing is missing
 *
 * What stands is renewed by evidence that asks for the same: an account under suspicion every other hour is not free after a day
 * because one event in between was quiet.
 *
 * Missing evidence is no evidence: a degraded decision neither blocks on the score nor lifts what stands, or an outage
 * of the store would set free every account that it should have remembered. And one group of features, which a stranger may have
 * set up, does not block an established account alone: it asks people to look.
 */
export function decide(evidence: Evidence): Verdict {
  const { score, fired, standing, policy, carriedBy, degraded, nowMs } = evidence;
  const asked = scoreActionOf(score, policy, degraded.length > 0);
  const scoreAction = asked === 'block' && carriedBy !== undefined ? 'review' : asked;
  let due = scoreAction;
  for (const rule of fired) if (rule.mode === 'enforce') due = strongest(due, rule.action);

  const before = standing?.action ?? 'allow';
  const action = replaces(due, standing, policy, degraded.length > 0, nowMs) ? due : before;
  const changed = action !== before;
  const renewed = !changed && due === before && renews(standing, policy, nowMs);
  const verdict = { due, action, changed, renewed, scoreAction, decisiveRules: decisive(fired, due) };
  if (strengthOf(asked) <= strengthOf(due)) return verdict;
  return { ...verdict, restrained: { asked, by: `one-group:${carriedBy}` } };
}

function scoreActionOf(score: number | null, policy: Policy, isDegraded: boolean): Action {
  if (score === null) return 'allow';
  assert(!Number.isNaN(score), 'a score is a number, or null where the model failed');
  const { challenge, review, block } = policy.thresholds;
  if (score >= block) return isDegraded ? 'review' : 'block';
  if (score >= review) return 'review';
  return score >= challenge ? 'challenge' : 'allow';
}

function replaces(
  due: Action,
  standing: Standing | undefined,
  policy: Policy,
  isDegraded: boolean,
  nowMs: number,
): boolean {
  if (standing === undefined || standing.action === 'allow') return true;
  if (strengthOf(due) >= strengthOf(standing.action)) return true;
  return !isDegraded && nowMs - standing.sinceMs >= policy.standingMs[standing.action];
}

/** Whether a standing ends sooner than it would from now. One that never ends needs no renewal. */
function renews(standing: Standing | undefined, policy: Policy, nowMs: number): boolean {
  if (standing === undefined || standing.action === 'allow') return false;
  return nowMs > standing.sinceMs && policy.standingMs[standing.action] < Infinity;
}

function decisive(fired: readonly Rule[], due: Action): readonly Rule[] {
  if (fired.length === 0) return noRules;
  return fired.filter((rule) => rule.mode === 'enforce' && rule.action === due);
}
