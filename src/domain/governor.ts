/** How much one cause may block before a person looks: a rule, a model, a list, a kind of group. All by the events' own time. */
export interface GovernorSettings {
  /** New blocks of one cause in one segment within an hour below which nothing trips, whatever their share. */
  readonly blocksMin: number;
  /** New blocks of one cause in one segment within an hour that are too many, whatever else is usual. */
  readonly blocksMax: number;
  /** Of the signups of the segment within the hour, and within the day: more blocks than this share are too many. 0 to 1, or more. */
  readonly signupShareMax: number;
  /** Times the mean of the same hour of the last seven days. Not asked of a cause that is new. */
  readonly timesUsualMax: number;
  /** Of the cause's blocks of seven days: more that people overturned than this share are too many. 0 to 1. */
  readonly overturnedShareMax: number;
  /** Overturned blocks below which their share says nothing. */
  readonly overturnedMin: number;
  /** Milliseconds from its first block, and from each trip while it is new, for which a cause is on probation. */
  readonly probationMs: number;
  /** What a cause on probation has of each cap. Above 0, at most 1. */
  readonly probationShare: number;
  /** Milliseconds after a trip before some accounts are let through again; it doubles with each trip in a row, up to a day. */
  readonly retryAfterMs: number;
  /** Share of the accounts that are then let through. Above 0, at most 1. */
  readonly retryShare: number;
}

/**
 * Sensible from a thousand accounts a day to some millions: `blocksMin` keeps a small platform from tripping on its first campaign,
 * the shares grow with a large one, and `blocksMax` is what a person could still look through. What is new has a tenth of each: of a small
 * platform's signups one in forty a day, which a rule that is wrong of one in twenty does not pass.
 */
export const governorDefaults: GovernorSettings = Object.freeze({
  blocksMin: 50,
  blocksMax: 2_000,
  signupShareMax: 0.25,
  timesUsualMax: 10,
  overturnedShareMax: 0.1,
  overturnedMin: 5,
  probationMs: 24 * 3_600_000,
  probationShare: 0.1,
  retryAfterMs: 30 * 60_000,
  retryShare: 0.1,
});

/** Kinds of what may block. */
export const causeKindsOfBlock = ['rule', 'model', 'list', 'group'] as const;

/** Why a cause tripped: the cap that it reached. */
export const tripReasons = ['blocks', 'signup-share', 'times-usual', 'overturned'] as const;
export type TripReason = (typeof tripReasons)[number];

/** What something blocked, and how many of these blocks people overturned. */
export interface BlockRecord {
  readonly blocks: number;
  readonly overturned: number;
}
