import type { ObservationBatch } from '../features/observation.ts';
import { entityKinds, kindLayouts } from '../features/state.ts';

const accountKind = entityKinds.indexOf('account');

/** Bits of an account's adds that say that an event only tried something. */
const attemptBits = kindLayouts[accountKind]!.counts.reduce(
  (bits, { name }, bit) => (name === 'signup_failures' || name === 'login_failures' ? bits | (1 << bit) : bits),
  0,
);

/**
 * Whether the event of a row only tried something: a signup or a login that failed. Nobody needs an account for that, so it costs
 * nothing, and what it touches is worth no more memory for it.
 */
export function isAttempt({ adds }: ObservationBatch, row: number): boolean {
  return (adds[row * entityKinds.length + accountKind]! & attemptBits) !== 0;
}
