import type { Lifecycle } from '../lifecycle.ts';
import { silentTelemetry, type Telemetry } from '../telemetry.ts';

/**
 * Tells the lifecycle when holds begin and end. An output tells of each hold of its own; the store is one thing that is away or
 * not, however many batches wait for it.
 */
export function lifecycleTelemetry(lifecycle: Pick<Lifecycle, 'held' | 'released'>): Telemetry {
  let isStoreAway = false;
  return {
    ...silentTelemetry,
    held(step, _failure, attempt) {
      if (step === 'store' ? isStoreAway : attempt > 1) return;
      if (step === 'store') isStoreAway = true;
      lifecycle.held();
    },
    released(step) {
      if (step === 'store') isStoreAway = false;
      lifecycle.released();
    },
  };
}
