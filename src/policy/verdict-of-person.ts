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
  /** Since when it stands, event time: that of the label where a person's word brought it. Milliseconds since the epoch. */
  readonly sinceMs: number;
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
 * The later label wins, by the time of its event, in whatever order they come: also of two that say fake, where the policy asks for
 * different things. What machines brought it does not weaken. A second label that says the same is remembered, so that nothing older
 * overtakes it, protects anew, and changes what stands only where a machine has changed it meanwhile.
 */
export function verdictOfPerson(said: Said, standing: Standing | undefined, policy: Policy): VerdictOfPerson | null {
  const former = standing?.word;
  const word = wordOf(said, policy);
  if (!outranks(word, former)) return null;
  const stood = standing?.action ?? 'allow';
  const isByWord = standing !== undefined && isByLastWord(standing);
  const action = word.holds === 'allow' || isByWord ? word.holds : strongest(stood, word.holds);
  // History may have forgotten what stood, or never have known: a block that was decided while it was away. The platform has not, and asks by
  // the decision's id. Better to lift twice than to leave somebody locked out.
  const liftsUnknown =
    action === 'allow' && stood === 'allow' && said.decision !== undefined && said.decision !== standing?.decisionId;
  const changed = action !== stood || liftsUnknown;
  const replaced = liftsUnknown ? said.decision : standing?.decisionId;
  const sinceMs = changed || isByWord ? said.timeMs : (standing?.sinceMs ?? said.timeMs);
  return { action, word, sinceMs, changed, supersedes: changed ? (replaced ?? undefined) : undefined };
}

function wordOf({ label, by, timeMs }: Said, policy: Policy): Word {
  return label === 'genuine'
    ? { saidMs: timeMs, holds: 'allow', protectedUntilMs: timeMs + policy.protectionMs }
    : { saidMs: timeMs, holds: policy.fakeActions[by], protectedUntilMs: 0 };
}

/** Whether what stands was brought by the last word of a person, and no machine has asked for as much since: that renews it. */
function isByLastWord({ action, sinceMs, word }: Standing): boolean {
  return word !== undefined && action === word.holds && sinceMs === word.saidMs;
}
