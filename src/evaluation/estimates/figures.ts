import { actions, strengthOf, type Action } from '../../domain/decision.ts';
import type { SampledAccount } from './sampled-accounts.ts';
import { estimateRecall, estimateTrait, rarestOf, unansweredOf } from './share.ts';
import type { Answered, Estimate, Unanswered } from './share.ts';

type Acting = Exclude<Action, 'allow'>;

/** What people said of sampled accounts, and how those belong together. */
export interface Answers {
  readonly labels: ReadonlyMap<string, 'fake' | 'genuine'>;
  /** The campaign of an account, or of accounts made alike; absent where it stands alone. */
  readonly clusterOf: (accountId: string) => string | undefined;
  /** The parts of the platform that an account is in, such as `country KZ`. */
  readonly segmentsOf: (accountId: string) => readonly string[];
  /** The share of answers that are wrong, 0 to below 0.5, as often of fakes as of genuine ones; 0 unless given. */
  readonly wrongAnswers?: number;
}

/** Figures over the samples of decisions. */
export interface Figures {
  /** Accounts of the samples, and of those the ones with an answer. */
  readonly drawn: number;
  readonly judged: number;
  /** Share of all accounts that are fake. */
  readonly prevalence: Estimate & Open;
  /** Of each action or a stronger one: how many of its accounts are fake, and how many of all fakes it took. */
  readonly actions: readonly {
    readonly action: Acting;
    readonly precision: Estimate & Open;
    readonly recall: Estimate & Open;
  }[];
  readonly rules: readonly MarkFigure[];
  readonly models: readonly MarkFigure[];
  /** By segment, of blocks. */
  readonly segments: readonly { readonly segment: string; readonly precision: Estimate; readonly recall: Estimate }[];
}

/** An estimate speaks of those who were judged: what the others leave open stands beside it. */
export interface Open {
  readonly unanswered: Unanswered;
}

export interface MarkFigure {
  readonly name: string;
  /** Whether it is only watched. */
  readonly isShadow: boolean;
  readonly precision: Estimate;
}

interface JudgedAccount extends SampledAccount {
  readonly isFake: boolean;
  readonly cluster: string;
}

/** Estimates all that is asked of samples. Pure. */
export function figuresOf(accounts: readonly SampledAccount[], answers: Answers): Figures {
  const judged: readonly JudgedAccount[] = accounts
    .filter(({ accountId }) => answers.labels.has(accountId))
    .map((account) => ({
      ...account,
      isFake: answers.labels.get(account.accountId) === 'fake',
      cluster: answers.clusterOf(account.accountId) ?? account.accountId,
    }));
  const rarest = rarestOf(accounts);
  const { wrongAnswers = 0 } = answers;
  const answersOf = (among: readonly JudgedAccount[], mark: string): Answered[] =>
    among.flatMap(({ marks, isFake, cluster }) => {
      const probability = marks.get(mark);
      return probability === undefined ? [] : [{ probability, cluster, isFake, isReached: true }];
    });
  const precisionOf = (mark: string, among = judged): Estimate => estimateTrait(answersOf(among, mark), wrongAnswers);
  const recallOf = (action: Acting, among = judged): Estimate =>
    estimateRecall(
      among.map(({ probability, cluster, isFake, reached }) => ({
        probability,
        cluster,
        isFake,
        isReached: strengthOf(reached) >= strengthOf(action),
      })),
      wrongAnswers,
      rarest,
    );
  /** A rule fires at any score: as rarely drawn as anybody may be who it fires on. */
  const ofRule = (mark: string): Estimate => estimateTrait(answersOf(judged, mark), wrongAnswers, rarest);
  /** Of each, whether it is fake. */
  const openAmong = (among: readonly Pick<SampledAccount, 'accountId' | 'probability'>[]): Unanswered =>
    unansweredOf(
      among.map(({ accountId, probability }) => {
        const label = answers.labels.get(accountId);
        return {
          probability,
          isJudged: label !== undefined,
          least: label === 'fake',
          most: label === undefined || label === 'fake',
        };
      }),
    );
  /** Of the fakes, whether they were reached: who was reached is one at the most, who was not is one at the least. */
  const openRecall = (action: Acting): Unanswered =>
    unansweredOf(
      accounts.map(({ accountId, probability, reached }) => {
        const label = answers.labels.get(accountId);
        const isReached = strengthOf(reached) >= strengthOf(action);
        const known = label === 'fake' ? isReached : null;
        const isJudged = label !== undefined;
        return {
          probability,
          isJudged,
          least: isJudged ? known : isReached ? null : false,
          most: isJudged ? known : isReached ? true : null,
        };
      }),
    );
  const segments = Map.groupBy(
    judged.flatMap((account) => answers.segmentsOf(account.accountId).map((segment) => ({ segment, account }))),
    ({ segment }) => segment,
  );
  return {
    drawn: accounts.length,
    judged: judged.length,
    prevalence: {
      ...estimateTrait(
        judged.map(({ probability, cluster, isFake }) => ({ probability, cluster, isFake, isReached: true })),
        wrongAnswers,
        rarest,
      ),
      unanswered: openAmong(accounts),
    },
    actions: (actions.slice(1) as Acting[]).toReversed().map((action) => ({
      action,
      precision: {
        ...precisionOf(`action:${action}`),
        unanswered: openAmong(
          accounts.flatMap(({ accountId, marks }) => {
            const probability = marks.get(`action:${action}`);
            return probability === undefined ? [] : [{ accountId, probability }];
          }),
        ),
      },
      recall: { ...recallOf(action), unanswered: openRecall(action) },
    })),
    rules: marksOf(accounts, ['rule:', 'shadow-rule:']).map((mark) => ({ ...nameOf(mark), precision: ofRule(mark) })),
    models: marksOf(accounts, ['model:']).map((mark) => ({ ...nameOf(mark), precision: precisionOf(mark) })),
    segments: Array.from(segments, ([segment, members]) => {
      const among = members.map(({ account }) => account);
      return { segment, precision: precisionOf('action:block', among), recall: recallOf('block', among) };
    }).toSorted((first, second) => (first.segment < second.segment ? -1 : 1)),
  };
}

function marksOf(accounts: readonly SampledAccount[], prefixes: readonly string[]): string[] {
  const marks = new Set(accounts.flatMap(({ marks: own }) => [...own.keys()]));
  return [...marks].filter((mark) => prefixes.some((prefix) => mark.startsWith(prefix))).toSorted();
}

function nameOf(mark: string): { name: string; isShadow: boolean } {
  return { name: mark.slice(mark.indexOf(':') + 1), isShadow: mark.startsWith('shadow-') };
}
