import type { EventType } from '../../domain/event.ts';

/**
 * What is usual on a platform, from its own events and without a label: how each feature is distributed among the events of each
 * type, and how a model's score is. Ranks are read off it (`ranker.ts`), drift is held against it, and the block budget.
 */
export interface Norms {
  /** Names these norms in decisions. */
  readonly version: string;
  /** Of the bytes of `norms.json`, 64 hex digits. */
  readonly sha256: string;
  /** First and last time of the events that they are made of, milliseconds since the epoch. */
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly events: number;
  /** Accounts that had an event. */
  readonly accounts: number;
  /** Share of the accounts of a day that the score alone may block, above 0 and at most 1. */
  readonly budget: number;
  /** Features that are described, with the hash of the definition that they had. */
  readonly features: readonly { readonly name: string; readonly definition: string }[];
  /** By event type; those alone that were seen. */
  readonly types: Readonly<Partial<Record<EventType, TypeNorms>>>;
  /** The events of all types together. */
  readonly all: TypeNorms;
  /** One for each model that scored them. */
  readonly scores: readonly ScoreNorms[];
  /** Absent from files of before there were any. */
  readonly sample?: PlatformSample;
}

/** Some accounts of the platform with some of their events, to ask a model about. Whose they were is not told. */
export interface PlatformSample {
  /** [accounts] days on which each was there, at least 1. */
  readonly days: readonly number[];
  /** [accounts] events of each, at least 1. */
  readonly rows: readonly number[];
  /** [sum of rows × features] account after account, a row's features in the order of `Norms.features`; NaN for missing. */
  readonly values: Float32Array;
}

/** The events of one type. */
export interface TypeNorms {
  /** Events that were seen. */
  readonly events: number;
  /** Of these, events and accounts of the sample that the distributions are made of. */
  readonly sampledEvents: number;
  readonly sampledAccounts: number;
  /** In the order of `Norms.features`. */
  readonly distributions: readonly Distribution[];
}

/**
 * How the values of a feature are distributed, by few of them: at most `limits.normsCutsMax`, ascending, smallest and largest among them. Empty
 * where all were missing.
 */
export interface Distribution {
  /** Share of the events that had no value, 0 to 1. */
  readonly missing: number;
  readonly values: readonly number[];
  /** Share of the known values that are smaller than each of `values`. */
  readonly below: readonly number[];
  /** Share of the known values that are no larger. */
  readonly upTo: readonly number[];
}

/** How one model scored the events. */
export interface ScoreNorms {
  /** Of `model.onnx`, 64 hex digits: scores of another model say nothing of this one's. */
  readonly modelSha256: string;
  readonly model: string;
  /** Scores of events of all types. */
  readonly events: Distribution;
  /** Highest score that each account ever had. */
  readonly accounts: Distribution;
  /** Accounts of a day, on average over the days of the window. */
  readonly accountsPerDay: number;
  /** The lowest score from which on blocking keeps to the budget; null where the events are too few to tell. */
  readonly block: number | null;
}
