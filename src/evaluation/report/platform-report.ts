import type { Action } from '../../domain/decision.ts';
import type { RuleFigures } from '../course/rule-table.ts';
import type { PartName } from '../course/whereabouts.ts';
import type { Figures } from '../estimates/figures.ts';
import type { CampaignOutcome, ReplaySummary } from '../tally.ts';

/** Accounts by what stands for them in the end, or by the strongest action that they got. */
export type ByAction = Readonly<Record<Action, number>>;

export interface PartReport {
  readonly part: PartName | 'segment';
  readonly value: string;
  readonly accounts: number;
  readonly ends: ByAction;
  /** Of accounts known to be genuine, those that stand blocked in the end. */
  readonly wronged: number;
  readonly genuine: number;
}

/** What is true, where the labels are of all accounts: what a simulation knows, and nobody else does. */
export interface Truth {
  readonly prevalence: number;
  readonly precision: Readonly<Record<Exclude<Action, 'allow'>, number>>;
  readonly recall: Readonly<Record<Exclude<Action, 'allow'>, number>>;
}

/** What a run over past events came to, for people. */
export interface PlatformReport {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly events: number;
  readonly accounts: number;
  readonly reached: ByAction;
  readonly ends: ByAction;
  /** Blocked once and not in the end. */
  readonly lifted: number;
  /** Accounts by the day on which they got the strongest action; days without one too. */
  readonly days: readonly { readonly dayMs: number; readonly reached: ByAction }[];
  /** Why accounts were acted on: the first reason in words, accounts by action; most first. */
  readonly why: readonly { readonly words: string; readonly reached: ByAction }[];
  readonly heldBack: ReplaySummary['heldBack'];
  readonly figures: Figures;
  /** Accounts of the samples by kind: looked at, and let through. */
  readonly sampled: { readonly audit: number; readonly heldOut: number };
  /** Null where labels are not of all accounts. */
  readonly truth: Truth | null;
  readonly parts: readonly PartReport[];
  readonly campaigns: readonly CampaignOutcome[];
  readonly groups: ReplaySummary['groups'];
  readonly rules: readonly RuleFigures[];
  /** What the score did beside the rules: accounts that it alone would have blocked, and those that no rule fired on. */
  readonly model: { readonly name: string; readonly blocks: number; readonly alone: number };
  readonly next: readonly string[];
}
