import type { Failure } from './failure.ts';

/**
 * What may have to be waited for: the source of records, a batch of them that cannot be read, the machine's clock, the store, and the
 * two outputs.
 */
export const heldSteps = ['consume', 'read', 'clock', 'store', 'send', 'deadLetter'] as const;
export type HeldStep = (typeof heldSteps)[number];

/** Who waits: a step, and the partition where it waits for one alone. */
export interface HoldPlace {
  readonly step: HeldStep;
  readonly topic?: string;
  readonly partition?: number;
}

/** A wait that has not ended. */
export interface Hold extends HoldPlace {
  /** Stopwatch time of its beginning, milliseconds. */
  readonly sinceMs: number;
  /** Why the last try was in vain; null before that. */
  readonly failure: Failure | null;
}
