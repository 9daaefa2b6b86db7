import assert from 'node:assert/strict';
import { actions, strengthOf, type Action } from '../domain/decision.ts';
import type { Norms } from '../features/norms/norms.ts';
import { blocksOf, scoreActionOf, type Thresholds } from '../scoring/comparison.ts';

/** On which terms a model is compared: its own. */
export interface ModelTerms {
  /** Highest score of each account's events, 0 to 1; [accounts]. */
  readonly highest: readonly number[];
  readonly thresholds: Thresholds;
  /** The lowest score that may block here, by the budget of the platform's norms; null where they do not describe this model. */
  readonly blockFrom: number | null;
}

/** What is known of an account. */
export type KnownLabels = readonly ('fake' | 'genuine' | undefined)[];

/** Accounts for which an action or a stronger one is due, by what they are known to be. */
export interface KnownReach {
  readonly fake: number;
  readonly genuine: number;
}

export interface ModelSide {
  /** Accounts whose strongest due action is this one. */
  readonly accounts: Readonly<Record<Action, number>>;
  /** Of the accounts with a label, by the action that is due at least. */
  readonly reached: Readonly<Record<Exclude<Action, 'allow'>, KnownReach>>;
  /** Area under the ROC curve by account, 0 to 1; null where one of the labels is missing. */
  readonly auc: number | null;
  readonly isCalibrated: boolean;
}

export interface ModelDiff {
  readonly accounts: number;
  readonly sides: readonly [champion: ModelSide, other: ModelSide];
  /** [champion's action × other's action] accounts, weakest to strongest. */
  readonly agreement: readonly (readonly number[])[];
  /** Of accounts, those with the same action. */
  readonly agreedShare: number;
  /** Accounts blocked by the other for each that the champion blocks; null where the champion blocks none. */
  readonly blockRatio: number | null;
  /** Other's score less champion's, by account: quantiles. */
  readonly shift: { readonly p05: number; readonly p50: number; readonly p95: number; readonly mean: number };
  /** Where the actions differ and a label tells who was right: the one whose action was stronger for a fake, or weaker for a genuine account. */
  readonly right: { readonly champion: number; readonly other: number };
  /** Indexes of the accounts whose actions differ. */
  readonly disagreements: readonly number[];
}

/** Compares two models by account. `labels`: [accounts], in the order of the scores. */
export function diffModels(champion: ModelTerms, other: ModelTerms, labels: KnownLabels): ModelDiff {
  const accounts = champion.highest.length;
  assert(accounts > 0 && accounts === other.highest.length && accounts === labels.length, 'the same accounts');
  const due = [champion, other].map((terms) => terms.highest.map((score) => dueOf(score, terms))) as [
    Action[],
    Action[],
  ];
  const agreement = actions.map(() => actions.map(() => 0));
  const right = { champion: 0, other: 0 };
  const disagreements: number[] = [];
  for (let account = 0; account < accounts; account++) {
    const [first, second] = [strengthOf(due[0][account]!), strengthOf(due[1][account]!)];
    agreement[first]![second]!++;
    if (first === second) continue;
    disagreements.push(account);
    const label = labels[account];
    if (label !== undefined) right[(label === 'fake') === first > second ? 'champion' : 'other']++;
  }
  const [blocks, otherBlocks] = blocksOf(agreement.flat());
  return {
    accounts,
    sides: [sideOf(champion, due[0], labels), sideOf(other, due[1], labels)],
    agreement,
    agreedShare: 1 - disagreements.length / accounts,
    blockRatio: blocks === 0 ? null : otherBlocks / blocks,
    shift: shiftOf(champion.highest, other.highest),
    right,
    disagreements,
  };
}

/** As the processor does: beyond what the norms allow, and where they say nothing of the model, the score asks for review at most. */
function dueOf(score: number, { thresholds, blockFrom }: ModelTerms): Action {
  const action = scoreActionOf(score, thresholds);
  return action === 'block' && (blockFrom === null || score < blockFrom) ? 'review' : action;
}

/** The lowest score at which a model may block on a platform; null where the norms do not describe it. */
export function blockFromOf(norms: Norms | null, sha256: string): number | null {
  const scores = norms?.scores.find(({ modelSha256 }) => modelSha256 === sha256);
  return scores === undefined ? null : (scores.block ?? Infinity);
}

function sideOf(terms: ModelTerms, due: readonly Action[], labels: KnownLabels): ModelSide {
  const count = (action: Action): number => due.filter((each) => each === action).length;
  const reach = (action: Action): KnownReach => {
    const reached = { fake: 0, genuine: 0 };
    for (const [account, each] of due.entries()) {
      const label = labels[account];
      if (label !== undefined && strengthOf(each) >= strengthOf(action)) reached[label]++;
    }
    return reached;
  };
  return {
    accounts: { allow: count('allow'), challenge: count('challenge'), review: count('review'), block: count('block') },
    reached: { challenge: reach('challenge'), review: reach('review'), block: reach('block') },
    auc: aucOf(terms.highest, labels),
    isCalibrated: terms.blockFrom !== null,
  };
}

/** By the rank sum of Mann and Whitney, ties counted half. */
function aucOf(scores: readonly number[], labels: KnownLabels): number | null {
  const known = [...labels.keys()].filter((account) => labels[account] !== undefined);
  const byScore = known.toSorted((first, second) => scores[first]! - scores[second]!);
  const fakes = known.filter((account) => labels[account] === 'fake').length;
  const genuine = known.length - fakes;
  if (fakes === 0 || genuine === 0) return null;
  let rankSum = 0;
  for (let from = 0, to = 0; from < byScore.length; from = to) {
    while (to < byScore.length && scores[byScore[to]!] === scores[byScore[from]!]) to++;
    const rank = (from + 1 + to) / 2;
    for (let place = from; place < to; place++) if (labels[byScore[place]!] === 'fake') rankSum += rank;
  }
  return (rankSum - (fakes * (fakes + 1)) / 2) / (fakes * genuine);
}

function shiftOf(champion: readonly number[], other: readonly number[]): ModelDiff['shift'] {
  const shifts = champion.map((score, account) => other[account]! - score).toSorted((first, second) => first - second);
  const at = (share: number): number => shifts[Math.min(shifts.length - 1, Math.floor(share * shifts.length))]!;
  return {
    p05: at(0.05),
    p50: at(0.5),
    p95: at(0.95),
    mean: shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length,
  };
}
