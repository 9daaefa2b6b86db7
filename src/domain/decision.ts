import type { ListedReference } from './listed.ts';
import type { EventType, LabelSource } from './event.ts';

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
export const degradations = [
  /** History: the store did not answer. */
  'store',
  /** The score: the model failed. */
  'model',
  /** Part of the reference data. */
  'enrichment',
  /** The moment: history had counted the event before, and may know what came after it. Whether it had been decided is not known. */
  'repeat',
] as const;
export type Degradation = (typeof degradations)[number];

/** Why the score alone may not block. */
export const scoreHolds = [
  /** The platform has no norms, or none that describe the scores of this model. */
  'uncalibrated',
  /** What comes is far from the norms. */
  'drift',
  /** It would be more of the day's accounts than it may block. */
  'block-budget',
] as const;
export type ScoreHold = (typeof scoreHolds)[number];

/** What may cause a decision. */
export const causeKinds = ['event', 'label', 'list', 'group', 'governor', 'operator', 'erasure'] as const;

/** What caused a decision, with what identifies it: the id of a decision is a function of it. */
export type Cause =
  /** The event that `trigger` names. */
  | { readonly kind: 'event' }
  /** A label, by the id of its event: where it came from, and the decision that it answers. */
  | { readonly kind: 'label'; readonly eventId: string; readonly by: LabelSource; readonly decision?: string }
  /** The request for erasure, by the id of its event. */
  | { readonly kind: 'erasure'; readonly eventId: string }
  /** An entry of a list: the list's name, and the keyed hash that the entry is kept under. */
  | { readonly kind: 'list'; readonly list: string; readonly entry: string }
  /** A group that the account belongs to, and the verdict about it. */
  | { readonly kind: 'group'; readonly cohort: string; readonly verdict: string }
  /** What the governor held back or let go, such as `rule:bulk-signup-from-device:KZ`. */
  | { readonly kind: 'governor'; readonly subject: string }
  /** A command of a person, by its id. */
  | { readonly kind: 'operator'; readonly command: string };

/** Which part a model had. */
export const modelRoles = ['champion', 'canary', 'challenger'] as const;
export type ModelRole = (typeof modelRoles)[number];

/**
 * Kinds of random samples that an account may belong to: `audit`, people look at it without being told what machines think;
 * `hold-out`, it would have been blocked and is let through.
 */
export const sampleKinds = ['audit', 'hold-out'] as const;

/** One reason of a decision, in plain words. Never holds raw personal data. */
export interface Reason {
  /** Upper case; names the feature, the rule, or what a person said. */
  readonly code: string;
  /** For reviewers. */
  readonly text: string;
  /** Fit for the person concerned. */
  readonly publicText?: string;
  /** Where it belongs among the statements of reasons of the DSA; absent where nothing is restricted. */
  readonly dsa?: { readonly category: string; readonly keyword: string };
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

/** A rule that fired and did not ask for the action. */
export interface MatchedRule extends RuleReference {
  /** Whether it is only watched. */
  readonly isShadow: boolean;
}

/** What is usual on this platform, by the version that spoke. */
export interface NormsReference {
  readonly version: string;
  /** Of the bytes of `norms.json`, 64 hex digits. */
  readonly sha256: string;
}

/** A random sample that the account belongs to. */
export interface Sample {
  readonly kind: (typeof sampleKinds)[number];
  /** That the account came to belong to it, above 0 and at most 1. */
  readonly probability: number;
  /** That it came to belong to any sample: what an estimate over all of them weighs by. Absent where that is the same. */
  readonly ofAny?: number;
}

/** Where in Kafka the event stood that caused a decision. */
export interface Trigger {
  readonly eventId: string;
  readonly type: EventType;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * What was known of the account when it was decided about. Who answers for decisions later needs it: whom no account was opened for was
 * not restricted, and what somebody reported was not found by the platform alone.
 */
export interface KnownAccount {
  /** False where all that happened is a signup that has not succeeded. Absent where people spoke of it, and nothing else tells. */
  readonly exists?: boolean;
  /** When it was created: milliseconds since the epoch. Absent where that is not certain. */
  readonly createdMs?: number;
  /** Whether somebody reported it, now or in the 7 days before. Absent where history did not answer. */
  readonly reported?: boolean;
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
  /** `dec_` and 32 hex digits: a function of cause, subject, model, norms, policy and mode. */
  readonly id: string;
  /** The account id. */
  readonly subject: string;
  /** When it was decided: milliseconds since the epoch. */
  readonly timeMs: number;
  readonly action: Action;
  /** Calibrated probability of fake, 0 to 1; null where no model spoke. */
  readonly score: number | null;
  readonly mode: Mode;
  readonly cause: Cause;
  /** What evidence asked for, where something restrained it. */
  readonly due?: Action;
  /** What restrained it, such as `uncalibrated` or `governor:rule:bulk-signup-from-device:KZ`; absent when nothing did. */
  readonly restrainedBy?: readonly string[];
  readonly reasons: readonly Reason[];
  /** Rules that asked for the action. */
  readonly rules: readonly RuleReference[];
  /** Other rules that fired; absent where they are not told. */
  readonly matched?: readonly MatchedRule[];
  /** The event that caused it; absent where something else did. */
  readonly trigger?: Trigger;
  /** Absent where neither an event nor a label caused it. */
  readonly account?: KnownAccount;
  /** The entries of lists that held for the event; absent where none did. */
  readonly listed?: readonly ListedReference[];
  readonly model: ModelReference & { readonly role: ModelRole };
  readonly norms?: NormsReference;
  readonly policy: PolicyReference;
  /** Id of the earlier decision of this account that this one replaces. */
  readonly supersedes?: string;
  readonly sample?: Sample;
  /** The group that brought the account in. */
  readonly cohort?: string;
  /** The trace that its event belongs to, W3C `traceparent`; absent where the event named none. */
  readonly traceparent?: string;
  /** Empty when nothing was missing. */
  readonly degraded: readonly Degradation[];
}

/** The id of the event that a decision came of, be it what happened or what a person or a group said; undefined where no event caused it. */
export function causingEventId({ cause, trigger }: Pick<Decision, 'cause' | 'trigger'>): string | undefined {
  if (cause.kind === 'group') return cause.verdict;
  return cause.kind === 'label' || cause.kind === 'erasure' ? cause.eventId : trigger?.eventId;
}
