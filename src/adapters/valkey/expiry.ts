import { allowedLatenessMs } from '../../features/state.ts';
import { kindPlans } from './kind-plan.ts';

const dayMs = 86_400_000;

/** How long the processors may stand still, or be behind, before windows lose what they should still hold, milliseconds. */
const behindMsMax = dayMs;

/**
 * [kind] seconds for which an entity is kept after a touch. Accounts and the kinds that count labels have what no window bounds
 * (label, standing, age), and stay for the retention; the others stay until their longest window is over. Valkey counts by the
 * wall clock and windows go by event time, so a day is added for processors that are behind.
 */
export function expiries(retentionDays: number): readonly number[] {
  return kindPlans.map(({ isAccount, hasLabels, spanMsMax }) => {
    const windowMs = spanMsMax + allowedLatenessMs + behindMsMax;
    const retentionMs = isAccount || hasLabels ? retentionDays * dayMs : 0;
    return Math.ceil(Math.max(windowMs, retentionMs) / 1000);
  });
}
