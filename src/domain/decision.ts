import type { EventType } from './event.ts';

/** What to do about an account, weakest to strongest. This order is the only one there is. */
export const actions = ['allow', 'challenge', 'review', 'block'] as const;
export type Action = (typeof actions)[number];

/** The place of an action in the order, 0 (allow) to 3 (block). */
export function strengthOf(action: Action): number {
  return actions.indexOf(action);
}

/** The stronger of two actions. */
export function strongest(first: Action, second: Action): Action {
  return strengthOf(first) >= strengthOf(second) ? first : second;
}

/** Whether a decision acts (`enforce`) or is only watched (`shadow`). */
export const modes = ['enforce', 'shadow'] as const;
export type Mode = (typeof modes)[number];

/** What was missing when a decision was made. */
export const degradations = ['store', 'model', 'enrichment'] as const;
export type Degradation = (typeof degradations)[number];

/** One reason of a decision, in plain words. Never holds raw personal data. */
export interface Reason {
  /** Upper case; names the feature or the rule. */
  readonly code: string;
  readonly text: string;
  /** A feature of the catalogue. Absent where a rule spoke of event members alone. */
  readonly feature?: string;
  /** The value that the feature had. */
  readonly value?: number;
  /** This reason's share of all evidence for the action, 0 to 1. Reasons are ordered by it. */
  readonly contribution: number;
}

export interface RuleReference {
  readonly id: string;
  readonly version: number;
}

/** Where in Kafka the event stood that caused a decision. */
export interface Trigger {
  readonly eventId: string;
  readonly type: EventType;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface ModelReference {
  readonly name: string;
  readonly version: string;
  /** Of `model.onnx`, 64 hex digits. */
  readonly sha256: string;
}

export interface PolicyReference {
  readonly version: string;
  /** Of the policy document's bytes, 64 hex digits. */
  readonly sha256: string;
}

export interface Decision {
  /** `dec_` and 32 hex digits: a function of event, model, policy and mode. */
  readonly id: string;
  /** The account id. */
  readonly subject: string;
  /** When it was decided: milliseconds since the epoch. */
  readonly timeMs: number;
  readonly action: Action;
  /** Calibrated probability of fake, 0 to 1; null where no model spoke. */
  readonly score: number | null;
  readonly mode: Mode;
  readonly reasons: readonly Reason[];
  readonly rules: readonly RuleReference[];
  readonly trigger: Trigger;
  readonly model: ModelReference;
  readonly policy: PolicyReference;
  /** Id of the earlier decision of this account that this one replaces. */
  readonly supersedes?: string;
  /** Empty when nothing was missing. */
  readonly degraded: readonly Degradation[];
}
