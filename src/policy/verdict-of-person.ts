import { strongest, type Action } from '../domain/decision.ts';
import type { Label, LabelSource } from '../domain/event.ts';
import { outranks, type Standing, type Word } from '../domain/standing.ts';
import type { Policy } from './policy.ts';

/** What a label says of an account. */
export interface Said {
  readonly label: Label;
  readonly by: LabelSource;
  /** Event time of the label, milliseconds since the epoch. */
  readonly timeMs: number;
  /** The decision that it answers. */
  readonly decision?: string;
}

/** What follows from a label. */
export interface VerdictOfPerson {
  /** What stands from now on. */
  readonly action: Action;
  readonly word: Word;
  /** Whether that is another action than stood before, or lifts a decision that is answered and not known here. */
  readonly changed: boolean;
  /** The decision that it replaces; undefined where none stood. */
  readonly supersedes: string | undefined;
}

/**
 * Holds what a person says against what stands for the account. Pure. Null where it changes nothing: a later word stands, or it was
 * said before.
 *
 *               fake: what the policy says for its source
 *   genuine, protected for a time ◀──▶ fake, until a person says otherwise
 *               genuine
 *
 * The later label wins, by the time of its event, in whatever order they come. A second label that says the same is remembered, so that
 * nothing older overtakes it, protects anew, and changes what stands only where a machine has changed it meanwhile.
 */
export function verdictOfPerson(said: Said, standing: Standing | undefined, policy: Policy): VerdictOfPerson | null {
  const former = standing?.word;
  const word = wordOf(said, former, policy);
  if (!outranks(word, former)) return null;
  const stood = standing?.action ?? 'allow';
  const action = word.holds === 'allow' ? 'allow' : strongest(stood, word.holds);
  // History may have forgotten what stood, or never have known: a block that was decided while it was away. The platform has not, and asks by
  // the decision's id. Better to lift twice than to leave somebody locked out.
  const liftsUnknown =
    action === 'allow' && stood === 'allow' && said.decision !== undefined && said.decision !== standing?.decisionId;
  const changed = action !== stood || liftsUnknown;
  const replaced = liftsUnknown ? said.decision : standing?.decisionId;
  return { action, word, changed, supersedes: changed ? (replaced ?? undefined) : undefined };
}

function wordOf({ label, by, timeMs }: Said, former: Word | undefined, policy: Policy): Word {
  if (label === 'genuine') {
    return { saidMs: timeMs, holds: 'allow', protectedUntilMs: timeMs + policy.protectionMs };
  }
  // A trap that asks for a look does not loosen what a person has blocked.
  return { saidMs: timeMs, holds: strongest(policy.fakeActions[by], former?.holds ?? 'allow'), protectedUntilMs: 0 };
}
