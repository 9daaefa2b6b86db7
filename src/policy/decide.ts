import {
  strengthOf,
  strongest,
  type Action,
  type Degradation,
  type Sample,
  type ScoreHold,
} from '../domain/decision.ts';
import type { ListEntry } from '../domain/list-entry.ts';
import { allowingEntry, denyingEntry, type Listed } from '../domain/listed.ts';
import type { Standing } from '../domain/standing.ts';
import { actionAfter, claimOf, dueOf, standsAt, type Claim, type Stands } from './claim.ts';
import type { Policy, Rule } from './policy.ts';
import { restrain } from './restraint/restrain.ts';
import type { Governed } from './restraint/restraint.ts';
import { sampleOf, type Draw } from './sampling.ts';

export interface Evidence {
  /** Calibrated probability of fake, 0 to 1; null where no model spoke. */
  readonly score: number | null;
  /** Every rule that fired, shadow rules too. */
  readonly fired: readonly Rule[];
  /** What stands for the account; undefined for a new one, which is as good as `allow`. */
  readonly standing: Standing | undefined;
  readonly policy: Policy;
  /** Why the score alone may not block; undefined where it may. */
  readonly scoreHeldBy?: ScoreHold | undefined;
  /** The one group of features that carries the score to a block of an established account; undefined where others agree. */
  readonly carriedBy?: string | undefined;
  /** Whether a person has ordered that nothing blocks by itself. */
  readonly isKilled?: boolean;
  /** What the governor holds of those that ask for a block. */
  readonly governed?: Governed | undefined;
  /** Where the event stands in the draw of samples; undefined where nobody is drawn. */
  readonly draw?: Draw | undefined;
  /** The entries of lists that hold for the event. */
  readonly listed?: Listed | undefined;
  /** What was missing; empty when nothing was. */
  readonly degraded: readonly Degradation[];
  /** The event's own time, milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface Verdict {
  /** What is due for this event: the strongest of the score's action and the enforced rules' actions, as far as nothing held them back. */
  readonly due: Action;
  /** What the evidence asked for and what held it back; undefined where nothing did. */
  readonly restrained: { readonly asked: Action; readonly by: readonly string[] } | undefined;
  /** What stands for the account from now on. */
  readonly action: Action;
  /** Whether that is another action than stood before. Every change is emitted, one back to `allow` too. */
  readonly changed: boolean;
  /** Whether the evidence asks for what stands already: its time then begins anew. */
  readonly renewed: boolean;
  /** What the score alone asks for, as far as nothing held it back. */
  readonly scoreAction: Action;
  /** The enforced rules that ask for `due`, in document order. Empty when only the score does. */
  readonly decisiveRules: readonly Rule[];
  /** The entry of a list that asks for `due`; absent where none does. */
  readonly deniedBy?: ListEntry;
  /** The random sample that the account belongs to; absent for none. */
  readonly sample?: Sample;
}

const noRules: readonly Rule[] = Object.freeze([]);

/**
 * Weighs one event's evidence, takes what it asks for through the restraints, and holds what is left against what stands for
 * the account. Pure.
 *
 *            due is stronger: at once
 *   allow ──▶ challenge ──▶ review ──▶ block
 *         ◀──           ◀──        ◀──
 *            due is weaker: once the standing time of what stands has passed, and nothing is missing; never below what a person
 *            holds it at
 *
 * What stands is renewed by evidence that asks for the same: an account under suspicion every other hour is not free after a day
 * because one event in between was quiet.
 */
export function decide(evidence: Evidence): Verdict {
  const { score, fired, standing, policy, nowMs } = evidence;
  const { degraded, scoreHeldBy, carriedBy, isKilled = false, governed, listed, draw } = evidence;
  const stands = standingNow(evidence);
  const isProtected = standing?.word !== undefined && nowMs < standing.word.protectedUntilMs;
  const overridingAction = isProtected ? overriding(fired) : 'allow';
  const circumstances = { degraded, scoreHeldBy, carriedBy, isProtected, overridingAction, isKilled, governed, listed };
  const evident = claimOf(score, fired, policy, listed);
  const left = restrain(evident, stands, circumstances);
  // Of an account that is blocked already nobody is drawn: it was when it came to be.
  const sample =
    draw && stands.action !== 'block' ? sampleOf(draw, mayBeHeldOut(left.claim, stands, fired)) : undefined;
  const { claim, asked, by } =
    sample?.kind === 'hold-out' ? restrain(evident, stands, { ...circumstances, isHeldOut: true }) : left;
  const due = dueOf(claim);
  const action = actionAfter(claim, stands);
  const changed = action !== stands.action;
  const isDenied = listed !== undefined && due !== 'allow' && claim.listAction === due;
  const verdict: Verdict = {
    due,
    restrained: by.length === 0 ? undefined : { asked, by },
    action,
    changed,
    renewed: !changed && due === stands.action && renews(standing, policy, nowMs),
    scoreAction: claim.scoreAction,
    decisiveRules: decisive(fired, due),
  };
  if (!isDenied && sample === undefined) return verdict;
  return {
    ...verdict,
    ...(isDenied ? { deniedBy: denyingEntry(listed)! } : {}),
    ...(sample === undefined ? {} : { sample }),
  };
}

/** Whether a block is left that chance may let through: not one by a list or against a person's word, nor one of high harm. */
function mayBeHeldOut(claim: Claim, stands: Stands, fired: readonly Rule[]): boolean {
  return (
    dueOf(claim) === 'block' &&
    claim.listAction === undefined &&
    stands.floor === 'allow' &&
    overriding(fired) !== 'block'
  );
}

/** What stands; over at once where people let the account through. */
function standingNow({ nowMs, standing, policy, listed }: Evidence): Stands {
  const stands = standsAt(nowMs, standing, policy);
  return listed !== undefined && allowingEntry(listed) !== undefined ? { ...stands, isOver: true } : stands;
}

/** Whether a standing ends sooner than it would from now. One that never ends needs no renewal. */
export function renews(standing: Standing | undefined, policy: Policy, nowMs: number): boolean {
  if (standing === undefined || standing.action === 'allow') return false;
  return nowMs > standing.sinceMs && policy.standingMs[standing.action] < Infinity;
}

/** What the enforced rules of high harm ask for, which a person's word does not hold. */
function overriding(fired: readonly Rule[]): Action {
  let action: Action = 'allow';
  for (const rule of fired)
    if (rule.overridesProtection && rule.mode === 'enforce') action = strongest(action, rule.action);
  return action;
}

/** A rule that was held back to what is due asks for it as well. */
function decisive(fired: readonly Rule[], due: Action): readonly Rule[] {
  if (fired.length === 0) return noRules;
  return fired.filter((rule) => rule.mode === 'enforce' && strengthOf(rule.action) >= strengthOf(due));
}
