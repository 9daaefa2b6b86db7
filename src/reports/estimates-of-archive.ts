import type { Archive, TimeRange } from '../archive/archive.ts';
import type { DecisionFacts } from '../archive/item.ts';
import { strengthOf, type Action } from '../domain/decision.ts';
import type { Label } from '../domain/event.ts';
import { figuresOf, type Open } from '../evaluation/estimates/figures.ts';
import {
  SampledAccounts,
  type SampledAccount,
  type SampledDecision,
} from '../evaluation/estimates/sampled-accounts.ts';
import { percent } from '../evaluation/page/say.ts';
import { estimateShare, rarestOf, type Estimate, type Unanswered } from '../evaluation/estimates/share.ts';
import { isWithin } from './period.ts';
import type { ReportRecord } from './record.ts';
import { unknownFigure, type Estimates, type Figure, type Quality } from './figure.ts';
import type { Languages } from './platform-facts.ts';

/** By what the policy draws its samples. */
export interface SampleTerms {
  readonly periodMs: number;
  /** The score from which the model alone asks for a block. */
  readonly blockFrom: number;
}

/**
 * What the random samples of a period say, by the words of reviewers up to the cut-off. Who appeals is no random part of those that were blocked:
 * appeals are not used. Without samples, and with few answers, it says so.
 *
 * Decisions pass by on their way to a report, since an archive is not read twice for it.
 */
export class ArchiveEstimates {
  readonly #period: TimeRange;
  readonly #cutOffMs: number;
  readonly #weakest: number;
  readonly #sampled: SampledAccounts;
  readonly #cohorts = new Map<string, string>();

  /** @param restricting the actions that restrict an account: precision and recall are those of the weakest or a stronger one. */
  constructor(period: TimeRange, cutOffMs: number, restricting: readonly Action[], terms: SampleTerms) {
    this.#period = period;
    this.#cutOffMs = cutOffMs;
    this.#weakest = Math.min(...restricting.map(strengthOf));
    this.#sampled = new SampledAccounts(terms);
  }

  /** The archive, of which every decision that is read is taken too. */
  tap(archive: Pick<Archive, 'decisions' | 'words'>): ReportRecord {
    return {
      decisions: (range) => this.#tapped(archive.decisions(range)),
      words: (range) => archive.words(range),
    };
  }

  /** Once all decisions have passed. @param languages for the quality by language */
  async finish(archive: Pick<Archive, 'words'>, languages: Languages = new Map()): Promise<Estimates> {
    const accounts = this.#sampled.accounts();
    const labels = await reviewedBy(archive, this.#period.fromMs, this.#cutOffMs);
    const byLanguage = Map.groupBy(accounts, ({ accountId }) => languages.get(Number(accountId)));
    const told = [...byLanguage].flatMap(([language, among]) =>
      language === undefined ? [] : [[language, this.#estimate(among, labels).quality] as const],
    );
    return { ...this.#estimate(accounts, labels), qualityByLanguage: new Map(told) };
  }

  #estimate(
    accounts: readonly SampledAccount[],
    labels: ReadonlyMap<string, Label>,
  ): { readonly prevalence: Figure; readonly quality: Quality } {
    const clusterOf = (account: string): string | undefined => this.#cohorts.get(account);
    const figures = figuresOf(accounts, { labels, clusterOf, segmentsOf: () => [] });
    const asked = figures.actions.find(({ action }) => strengthOf(action) === this.#weakest)!;
    const rarest = rarestOf(accounts);
    const right = accounts.flatMap(({ accountId, probability, reached }) => {
      const label = labels.get(accountId);
      const isPart = strengthOf(reached) >= this.#weakest === (label === 'fake');
      return label === undefined ? [] : [{ probability, isPart, cluster: clusterOf(accountId) ?? accountId }];
    });
    return {
      prevalence: figureOf(figures.prevalence),
      quality: {
        accuracy: figureOf(estimateShare(right, rarest)),
        precision: figureOf(asked.precision),
        recall: figureOf(asked.recall),
      },
    };
  }

  async *#tapped(decisions: AsyncIterable<readonly DecisionFacts[]>): AsyncGenerator<readonly DecisionFacts[]> {
    for await (const some of decisions) {
      for (const facts of some) this.#take(facts);
      yield some;
    }
  }

  #take(facts: DecisionFacts): void {
    if (facts.account === null || facts.mode === 'shadow' || !isWithin(this.#period, facts.timeMs)) return;
    this.#sampled.add(sampledDecision(facts, facts.account));
    if (facts.cohort !== null) this.#cohorts.set(String(facts.account), facts.cohort);
  }
}

/** The last word of a reviewer about each account. What was asked before the samples were drawn answers no question of theirs. */
async function reviewedBy(
  archive: Pick<Archive, 'words'>,
  drawnFromMs: number,
  cutOffMs: number,
): Promise<ReadonlyMap<string, Label>> {
  const labels = new Map<string, Label>();
  for await (const { account, label, saidBy, askedMs, timeMs } of archive.words({
    fromMs: drawnFromMs,
    untilMs: cutOffMs,
  }))
    if (account !== null && label !== null && saidBy === 'review' && (askedMs ?? timeMs) >= drawnFromMs)
      labels.set(String(account), label);
  return labels;
}

/** Rules are left out: no report estimates them. */
function sampledDecision(facts: DecisionFacts, subject: number): SampledDecision {
  const { timeMs, mode, action, cause, score, model, sample } = facts;
  const isByPerson = cause === 'label' || cause === 'operator' || cause === 'erasure';
  return { subject, timeMs, mode, action, isByPerson, score, model, rules: [], sample: sample ?? undefined };
}

function figureOf(estimate: Estimate & Partial<Open>): Figure {
  const { judged, effective } = estimate;
  const worth = Math.floor(effective);
  if (estimate.kind === 'not-enough-labels')
    return unknownFigure(
      judged === 0
        ? 'No account of a random sample was judged.'
        : `Not enough labels: ${judged} accounts of the samples were judged, worth ${worth} independent ones; 30 are needed.`,
    );
  const { share: value, low, high } = estimate;
  const method = `From random samples of accounts that people judged, worth ${worth} independent ones; appeals are not used.${openText(estimate.unanswered)}`;
  return { value, low, high, labels: judged, method };
}

/** Nothing says that those who were left out are like those who were judged: so it is told how far they could move the figure. */
function openText(unanswered: Unanswered | undefined): string {
  if (unanswered === undefined || unanswered.count === 0 || unanswered.low === null || unanswered.high === null)
    return '';
  const [low, high] = [unanswered.low, unanswered.high].map((share) => `${percent(share, 1)} %`);
  return ` ${unanswered.count} accounts of the samples were not judged: whatever they are, the share lies between ${low} and ${high} of all that were drawn.`;
}
