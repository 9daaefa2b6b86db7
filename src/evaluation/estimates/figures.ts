import { actions, strengthOf, type Action } from '../../domain/decision.ts';
import type { SampledAccount } from './sampled-accounts.ts';
import { estimateShare, rarestOf, type Estimate, type Judged } from './share.ts';

type Acting = Exclude<Action, 'allow'>;

/** What people said of sampled accounts, and how those belong together. */
export interface Answers {
  readonly labels: ReadonlyMap<string, 'fake' | 'genuine'>;
  /** The campaign of an account, or of accounts made alike; absent where it stands alone. */
  readonly clusterOf: (accountId: string) => string | undefined;
  /** The parts of the platform that an account is in, such as `country KZ`. */
  readonly segmentsOf: (accountId: string) => readonly string[];
}

/** Figures over the samples of decisions. */
export interface Figures {
  /** Accounts of the samples, and of those the ones with an answer. */
  readonly drawn: number;
  readonly judged: number;
  /** Share of all accounts that are fake. */
  readonly prevalence: Estimate;
  /** Of each action or a stronger one: how many of its accounts are fake, and how many of all fakes it took. */
  readonly actions: readonly { readonly action: Acting; readonly precision: Estimate; readonly recall: Estimate }[];
  readonly rules: readonly MarkFigure[];
  readonly models: readonly MarkFigure[];
  /** By segment, of blocks. */
  readonly segments: readonly { readonly segment: string; readonly precision: Estimate; readonly recall: Estimate }[];
}

export interface MarkFigure {
  readonly name: string;
  /** Whether it is only watched. */
  readonly isShadow: boolean;
  readonly precision: Estimate;
}

/** Estimates all that is asked of samples. Pure. */
export function figuresOf(accounts: readonly SampledAccount[], answers: Answers): Figures {
  const judged = accounts
    .filter(({ accountId }) => answers.labels.has(accountId))
    .map((account) => ({
      ...account,
      isFake: answers.labels.get(account.accountId) === 'fake',
      cluster: answers.clusterOf(account.accountId) ?? account.accountId,
    }));
  const rarest = rarestOf(accounts.map(({ probability }) => ({ probability, isPart: false, cluster: '' })));
  const precisionOf = (mark: string, among = judged): Estimate =>
    estimateShare(among.flatMap((account) => asJudged(account, account.marks.get(mark), account.isFake)));
  const recallOf = (action: Acting, among = judged): Estimate =>
    estimateShare(
      among
        .filter(({ isFake }) => isFake)
        .flatMap((account) =>
          asJudged(account, account.probability, strengthOf(account.reached) >= strengthOf(action)),
        ),
      rarest,
    );
  /** A rule fires at any score: as rarely drawn as anybody may be who it fires on. */
  const ofRule = (mark: string): Estimate =>
    estimateShare(
      judged.flatMap((account) => asJudged(account, account.marks.get(mark), account.isFake)),
      rarest,
    );
  const segments = Map.groupBy(
    judged.flatMap((account) => answers.segmentsOf(account.accountId).map((segment) => ({ segment, account }))),
    ({ segment }) => segment,
  );
  return {
    drawn: accounts.length,
    judged: judged.length,
    prevalence: estimateShare(
      judged.flatMap((account) => asJudged(account, account.probability, account.isFake)),
      rarest,
    ),
    actions: (actions.slice(1) as Acting[])
      .toReversed()
      .map((action) => ({ action, precision: precisionOf(`action:${action}`), recall: recallOf(action) })),
    rules: marksOf(accounts, ['rule:', 'shadow-rule:']).map((mark) => ({ ...nameOf(mark), precision: ofRule(mark) })),
    models: marksOf(accounts, ['model:']).map((mark) => ({ ...nameOf(mark), precision: precisionOf(mark) })),
    segments: Array.from(segments, ([segment, members]) => {
      const among = members.map(({ account }) => account);
      return { segment, precision: precisionOf('action:block', among), recall: recallOf('block', among) };
    }).toSorted((first, second) => (first.segment < second.segment ? -1 : 1)),
  };
}

function asJudged({ cluster }: { cluster: string }, probability: number | undefined, isPart: boolean): Judged[] {
  return probability === undefined ? [] : [{ probability, isPart, cluster }];
}

function marksOf(accounts: readonly SampledAccount[], prefixes: readonly string[]): string[] {
  const marks = new Set(accounts.flatMap(({ marks: own }) => [...own.keys()]));
  return [...marks].filter((mark) => prefixes.some((prefix) => mark.startsWith(prefix))).toSorted();
}

function nameOf(mark: string): { name: string; isShadow: boolean } {
  return { name: mark.slice(mark.indexOf(':') + 1), isShadow: mark.startsWith('shadow-') };
}
