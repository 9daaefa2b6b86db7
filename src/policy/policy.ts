import type { Action, Mode } from '../domain/decision.ts';
import type { GroupTerms } from '../domain/group-terms.ts';
import type { ListLookup } from '../domain/listed.ts';
import type { Promotion } from './promotion.ts';
import type { Sampling } from './sampling.ts';
import { eventTypes, isScored, type AccountEvent, type EventType, type LabelSource } from '../domain/event.ts';

/** What a rule may ask for. `allow` is not among them: the strongest action wins, so it could never change an outcome. */
export const ruleActions = ['challenge', 'review', 'block'] as const satisfies readonly Action[];
export type RuleAction = (typeof ruleActions)[number];

/** One number per action that can be due. */
export type PerAction = Readonly<Record<RuleAction, number>>;

/** The types of events that rules are tried on: on what people say nobody else judges. */
export const scoredTypes: readonly EventType[] = eventTypes.filter((type) => isScored(type));

/** The reason that a fired rule gives. Its share of the evidence is for the caller to weigh. */
export interface RuleReason {
  /** The rule's id in upper case with underscores: `BULK_SIGNUP_FROM_DEVICE`. */
  readonly code: string;
  readonly text: string;
  /** Fit for the person concerned; absent where the policy has none. */
  readonly publicText?: string;
  /** The first known feature of the sentence, else of the condition, and its value. Absent where none is known. */
  readonly feature?: string;
  readonly value?: number;
}

/** How often a rule could not be answered since the policy was loaded. Such a rule did not fire. */
export interface RuleCounts {
  /** The event did not carry a member that the condition reads. */
  absentMembers: number;
  /** CEL refused for another reason, such as a division of whole numbers by zero. */
  errors: number;
}

export interface Rule {
  readonly id: string;
  readonly version: number;
  readonly mode: Mode;
  readonly action: RuleAction;
  /** Another text as soon as the rule says something else, its version raised or not: 16 hex digits. */
  readonly definition: string;
  /** New evidence of high harm: it blocks also whom a person has found genuine. */
  readonly overridesProtection: boolean;
  /** The score from which it asks for its action, above 0; 0: it asks whatever the score is. Where no model spoke, it asks. */
  readonly scoreMin: number;
  /** The types of events that it is tried on. */
  readonly on: ReadonlySet<EventType>;
  readonly counts: Readonly<RuleCounts>;
  /**
   * Whether the condition is true for an event whose features are `features[offset …]`, in catalogue order, NaN for
   * missing. Does not look at `on`. Without `lists` nothing is on any list.
   */
  fires(event: AccountEvent, features: Float32Array, offset: number, lists?: ListLookup): boolean;
  /** The sentence with its values filled in. It holds features only, so no personal data. */
  reasonFor(features: Float32Array, offset: number): RuleReason;
}

/** A policy document that has passed every check. */
export interface Policy {
  readonly version: string;
  /** Of the document's bytes, 64 hex digits. */
  readonly sha256: string;
  /** Probability of fake from which each action is due: 0 < challenge < review < block ≤ 1. */
  readonly thresholds: PerAction;
  /** Milliseconds of event time for which an action stands against weaker results. Infinity: until a person lifts it. */
  readonly standingMs: PerAction;
  /** Milliseconds of event time for which an account is protected that was found genuine. Infinity: until it is found fake. */
  readonly protectionMs: number;
  /** What follows where an account is found fake, by who says so. It stands until a person says otherwise. */
  readonly fakeActions: Readonly<Record<LabelSource, RuleAction>>;
  /** When accounts that share something are taken for the work of one hand. */
  readonly groups: GroupTerms;
  /** What has to be shown before something may act. */
  readonly promotion?: Promotion;
  /** Who is drawn at random; absent where nobody is. */
  readonly samples?: Sampling;
  /** In document order. */
  readonly rules: readonly Rule[];
  /** The rules that are tried on each type, in document order. Types that are never scored have none. */
  readonly rulesByType: Readonly<Record<EventType, readonly Rule[]>>;
  /** Names of the lists that conditions ask for; absent where none does. */
  readonly lists?: ReadonlySet<string>;
}
