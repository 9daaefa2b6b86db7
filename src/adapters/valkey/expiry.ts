import assert from 'node:assert/strict';
import { attemptReachMs, reachMs } from '../../history/reach.ts';
import { kindPlans } from './kind-plan.ts';

const dayMs = 86_400_000;

/** How long the processors may stand still, or be behind, before windows lose what they should still hold, milliseconds. */
const behindMsMax = dayMs;

/** Days for which an entity of a kind is kept after a touch. */
export interface Expiry {
  /** That only attempts touched: until they count nowhere. */
  readonly attemptedDays: number;
  /** That this event touched as the first one: until its longest window is over; an account for the retention. */
  readonly newDays: number;
  /** That was held already, or is labelled, or for which an action stands. An account is never kept for less than it was before. */
  readonly heldDays: number;
  /** An account for which an action stands that no time ends. */
  readonly lastingDays: number;
}

/**
 * [kind] how long entities are kept. Accounts and the kinds that count labels have what no window bounds (label, standing, age), and
 * stay for the retention once they are seen again; what was seen once stays until its longest window is over, and what an attempt
 * made, for which nobody needs an account, for three days. Valkey counts by the wall clock and windows go by event time, so a day is
 * added for processors that are behind.
 */
export function expiries(retentionDays: number, standingDays = retentionDays): readonly Expiry[] {
  return kindPlans.map(({ isAccount, hasLabels, layout }) => {
    const windowDays = daysOf(reachMs(layout) + behindMsMax);
    const keptDays = Math.max(windowDays, retentionDays);
    const lastingDays = Math.max(keptDays, standingDays);
    assert(lastingDays <= 0xffff, 'an item says in 16 bits how many days its entity is kept');
    return {
      attemptedDays: daysOf(attemptReachMs(layout) + behindMsMax),
      newDays: isAccount ? keptDays : windowDays,
      heldDays: isAccount || hasLabels ? keptDays : windowDays,
      lastingDays,
    };
  });
}

function daysOf(durationMs: number): number {
  return Math.ceil(durationMs / dayMs);
}
