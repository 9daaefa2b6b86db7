import { strengthOf } from '../domain/decision.ts';
import { cohortTag, type GroupVerdict } from '../domain/group-verdict.ts';
import { denyingEntry, type Listed } from '../domain/listed.ts';
import type { Standing } from '../domain/standing.ts';
import { actionAfter, dueOf, standsAt, type Claim, type Stands } from './claim.ts';
import { renews, type Verdict } from './decide.ts';
import type { Policy } from './policy.ts';
import { restrain } from './restraint/restrain.ts';
import type { Governed, HeldGroup } from './restraint/restraint.ts';
import { sampleOf, type Draw } from './sampling.ts';

/** What is known of a member when its group has spoken. */
export interface GroupEvidence {
  readonly said: Pick<GroupVerdict, 'cohort' | 'action' | 'due' | 'heldBy' | 'timeMs'>;
  /** What stands for the account; undefined for a new one. */
  readonly standing: Standing | undefined;
  readonly policy: Policy;
  /** Whether the account is old and had a life of its own. */
  readonly isEstablished: boolean;
  /** The entries of lists that hold for the account. */
  readonly listed?: Listed | undefined;
  /** Whether a person has ordered that nothing blocks by itself. */
  readonly isKilled?: boolean;
  /** What the governor holds. */
  readonly governed?: Governed | undefined;
  /** Where the account stands in the draw of who is let through; undefined where nobody is drawn. */
  readonly draw?: Draw | undefined;
}

/**
 * Takes what a group asks for through the restraints, and holds what is left against what stands for the member. Pure. Null where the group
 * has said something later of the member already.
 *
 *                             asks for more than stands
 *   what stood ──────────────────────────────────────────▶ what the group asks for
 *              ◀── nothing: allow, or where a person holds it ──
 *                  the group asks for less than it did, or takes it back
 *
 * A group lifts what it brought itself and nothing else: what else stands has reasons of its own. What asks for the same renews it.
 */
export function verdictOfGroup(evidence: GroupEvidence): Verdict | null {
  const { said, standing, policy, listed, isKilled = false, governed } = evidence;
  const isOwn = standing?.cohort === cohortTag(said.cohort);
  if (isOwn && standing.sinceMs > said.timeMs) return null;
  const lessens = isOwn && strengthOf(said.action) < strengthOf(standing.action);
  const held = heldGroup(evidence);
  const asking: Claim = { scoreAction: 'allow', rulesAction: 'allow', groupAction: said.due, mayLift: lessens };
  const stands = { ...standsAt(said.timeMs, standing, policy), isOver: lessens };
  const isProtected = standing?.word !== undefined && said.timeMs < standing.word.protectedUntilMs;
  const unheld = { degraded: [], scoreHeldBy: undefined, carriedBy: undefined };
  const circumstances = { ...unheld, isProtected, isKilled, listed, governed, group: held };
  const left = restrain(asking, stands, circumstances);
  const sample = evidence.draw && sampleOf(evidence.draw, mayBeHeldOut(left.claim, stands, listed));
  const { claim, asked, by } =
    sample === undefined ? left : restrain(asking, stands, { ...circumstances, isHeldOut: true });
  const due = dueOf(claim);
  const action = actionAfter(claim, stands);
  const changed = action !== stands.action;
  return {
    due,
    restrained: by.length === 0 ? undefined : { asked, by },
    action,
    changed,
    renewed: !changed && due === stands.action && renews(standing, policy, said.timeMs),
    scoreAction: 'allow',
    decisiveRules: [],
    ...(sample === undefined ? {} : { sample }),
  };
}

/** Whether chance may let through whom the group would block: not whom a person or a list holds, nor who is blocked already. */
function mayBeHeldOut(claim: Claim, stands: Stands, listed: Listed | undefined): boolean {
  const isDenied = listed !== undefined && denyingEntry(listed) !== undefined;
  return dueOf(claim) === 'block' && stands.action !== 'block' && stands.floor === 'allow' && !isDenied;
}

function heldGroup({ said, isEstablished }: GroupEvidence): HeldGroup | undefined {
  if (isEstablished) return { action: 'allow', heldBy: ['established'] };
  return said.action === said.due ? undefined : { action: said.action, heldBy: said.heldBy };
}
