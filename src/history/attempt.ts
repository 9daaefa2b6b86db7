import type { ObservationBatch } from '../features/observation.ts';

/**
 * Whether the event of a row only tried something: a signup or a login that was tried or failed. Nobody needs an account for that, so
 * it costs nothing, and what it touches is worth no more memory for it.
 */
export function isAttempt({ attempts }: ObservationBatch, row: number): boolean {
  return attempts[row] === 1;
}
