import { strengthOf, type Action, type Decision } from '../domain/decision.ts';
import type { GroupMode } from '../domain/group-terms.ts';
import type { FoundVerdict } from '../domain/group-verdict.ts';

/** Accounts, by who they really are; those without a label in neither. */
export interface Accounts {
  readonly accounts: number;
  readonly fake: number;
  readonly genuine: number;
}

/** What groups came to in a replay. */
export interface GroupsSummary {
  /** Whether they acted, or were only watched. */
  readonly mode: GroupMode;
  /** Groups that asked for anything at any time. */
  readonly groups: number;
  /** Accounts of which some group asked that, in the end. In shadow it would have. */
  readonly asked: Readonly<Record<'review' | 'block', Accounts>>;
  /** Accounts that were blocked, by what blocked them first: a group, or evidence of their own. */
  readonly blockedBy: Readonly<Record<'group' | 'own', Accounts>>;
}

/** Keeps count of what groups say and what comes of it. */
export class GroupTally {
  #mode: GroupMode = 'off';
  /** By account, by group: what it said last. */
  readonly #said = new Map<string, Map<string, Action>>();
  readonly #groups = new Set<string>();
  /** By account, what blocked it first. */
  readonly #blockedBy = new Map<string, 'group' | 'own'>();

  says(verdicts: readonly FoundVerdict[], mode: GroupMode): void {
    this.#mode = mode;
    for (const { verdict } of verdicts) {
      const { cohort, subject, action } = verdict;
      this.#groups.add(cohort);
      const said = this.#said.get(subject) ?? new Map<string, Action>();
      this.#said.set(subject, said.set(cohort, action));
    }
  }

  decided({ subject, action, cause }: Decision): void {
    if (action !== 'block' || (cause.kind !== 'event' && cause.kind !== 'group')) return;
    if (!this.#blockedBy.has(subject)) this.#blockedBy.set(subject, cause.kind === 'group' ? 'group' : 'own');
  }

  /** What groups ask of an account; `allow` where none asks anything. */
  askedOf(account: string): Action {
    const said = [...(this.#said.get(account)?.values() ?? [])];
    return said.toSorted((a, b) => strengthOf(b) - strengthOf(a))[0] ?? 'allow';
  }

  /** What blocked an account first; undefined where nothing did. */
  blockerOf(account: string): 'group' | 'own' | undefined {
    return this.#blockedBy.get(account);
  }

  summary(labelOf: (account: string) => 'fake' | 'genuine' | undefined): GroupsSummary {
    const among = (accounts: Iterable<string>): Accounts => {
      const all = [...accounts];
      const count = (label: string): number => all.filter((account) => labelOf(account) === label).length;
      return { accounts: all.length, fake: count('fake'), genuine: count('genuine') };
    };
    const asked = (action: Action) =>
      among([...this.#said.keys()].filter((account) => this.askedOf(account) === action));
    const blocked = (by: 'group' | 'own') =>
      among([...this.#blockedBy].flatMap(([account, blocker]) => (blocker === by ? [account] : [])));
    return {
      mode: this.#mode,
      groups: this.#groups.size,
      asked: { review: asked('review'), block: asked('block') },
      blockedBy: { group: blocked('group'), own: blocked('own') },
    };
  }
}
