import type { TripReason } from '../../domain/governor.ts';
import type { BlockCause } from './block-cause.ts';

/** That a cause went over a cap. */
export interface Trip {
  readonly cause: BlockCause;
  readonly segment: string;
  readonly reason: TripReason;
  /** Blocks of the last hour, or overturned ones of the week. */
  readonly count: number;
  /** What there might have been. */
  readonly countMax: number;
  /** Milliseconds of event time in which they were. */
  readonly windowMs: number;
  /** Event time, milliseconds since the epoch. */
  readonly atMs: number;
  /** The cause was on probation, and went over what one that is new may block; absent where it was not. */
  readonly isOnProbation?: true;
}

/** Where a cause may not block an account. */
export interface HeldIn {
  readonly segment: string;
  /** Since it is new: known for a while, it might. */
  readonly isOnProbation: boolean;
}

/** A trip as long as it lasts. */
export interface Brake extends Trip {
  /** Milliseconds for which nobody is let through. */
  readonly pauseMs: number;
  /** Accounts let through since the pause. */
  let: number;
}
