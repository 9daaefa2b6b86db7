import type { Action, Cause, Degradation, Mode, ModelRole, Sample } from '../domain/decision.ts';
import type { EventType, Label, LabelSource } from '../domain/event.ts';

/** Where a record stood. A record of a file has no place, and is known by its id alone. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * What reports count of a decision: no word of it leads to a person. `account` is a number that means nothing outside of this archive, and
 * is null where the account was forgotten; then `timeMs` is the day, and what could lead back (`createdMs`, `score`, `supersedes`, `cohort`) is null.
 */
export interface DecisionFacts {
  /** `dec_` and 32 hex digits; `gone_` and 32 others where the account was forgotten. */
  readonly id: string;
  readonly account: number | null;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly mode: Mode;
  readonly action: Action;
  /** What evidence asked for, where something restrained it. */
  readonly due: Action | null;
  readonly cause: Cause['kind'];
  /** Of a decision that a label caused: whose word it was. */
  readonly saidBy: LabelSource | null;
  /** Of the event that caused it. */
  readonly eventType: EventType | null;
  /** What was known of the account then (`KnownAccount`); null where the decision does not say. */
  readonly exists: boolean | null;
  readonly createdMs: number | null;
  readonly reported: boolean | null;
  readonly score: number | null;
  readonly role: ModelRole;
  /** Name and version with a blank between, as reports tell it. */
  readonly model: string;
  readonly policy: string;
  readonly norms: string | null;
  /** `id@version`. */
  readonly rules: readonly string[];
  /** Rules that fired and did not ask for the action, `id@version`. */
  readonly matched: readonly string[];
  /** As in decisions, but of a list its name alone: `list:vip`. */
  readonly restrainedBy: readonly string[];
  readonly degraded: readonly Degradation[];
  readonly supersedes: string | null;
  readonly sample: Sample | null;
  readonly cohort: string | null;
}

/** What people said of an account: the events of the labels topic. */
export type WordType = Extract<
  EventType,
  'account.labelled' | 'account.erasure_requested' | 'account.hold_placed' | 'account.hold_lifted' | 'account.listed'
>;

/** What reports count of a word. `account` as in `DecisionFacts`; where it is null, `timeMs` is the day. */
export interface WordFacts {
  /** 32 hex digits, a function of source, id, type and time of its event; `gone_` and others where the account was forgotten. */
  readonly id: string;
  readonly account: number | null;
  readonly timeMs: number;
  readonly type: WordType;
  readonly label: Label | null;
  readonly saidBy: LabelSource | null;
  /** The decision that it answers. */
  readonly decision: string | null;
  /** When the question was put: an appeal was sent, a sample was drawn; null where that is not known. */
  readonly askedMs: number | null;
}

/** Logs of which the last record of a key counts; the archive keeps all that it saw. */
export const changeLogs = ['lists', 'control'] as const;

export interface ChangeFacts {
  readonly log: (typeof changeLogs)[number];
  readonly key: string;
  /** JSON; null: it was removed. */
  readonly value: string | null;
  /** When the record was written, milliseconds since the epoch. */
  readonly timeMs: number;
}

/** What a record is to the archive. */
export type ArchiveItem = { readonly origin: Origin | null } & (
  | {
      readonly kind: 'decision';
      readonly accountId: string;
      readonly facts: Omit<DecisionFacts, 'account'>;
      /** The whole decision, as it travelled. */
      readonly body: string;
    }
  | {
      readonly kind: 'word';
      readonly accountId: string;
      readonly facts: Omit<WordFacts, 'account'>;
      /** Of a hold: what names it, so that it can be lifted. */
      readonly hold: string | null;
      /** Of a hold: it ends by itself, milliseconds since the epoch. */
      readonly untilMs: number | null;
      /** When the record was written, milliseconds since the epoch: what was due before is done before. */
      readonly takenMs: number;
      readonly body: string;
    }
  | { readonly kind: 'change'; readonly id: string; readonly facts: ChangeFacts }
);
