import type { Lifecycle } from '../lifecycle.ts';
import { silentTelemetry, type Telemetry } from '../telemetry.ts';

/** Tells the lifecycle when holds begin and end. */
export function lifecycleTelemetry(lifecycle: Pick<Lifecycle, 'held' | 'released'>): Telemetry {
  return {
    ...silentTelemetry,
    held(_step, _failure, attempt) {
      if (attempt === 1) lifecycle.held();
    },
    released() {
      lifecycle.released();
    },
  };
}
