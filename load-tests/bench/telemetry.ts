import { PrometheusTelemetry } from '../../src/adapters/prometheus/telemetry.ts';

/** The metrics of a process that is measured without servers: it is always ready, and has no history to tell of. */
export function benchTelemetry(): PrometheusTelemetry {
  return new PrometheusTelemetry({
    version: 'bench',
    ready: () => true,
    storeEntities: () => 0,
    history: () => undefined,
    unansweredRules: () => [],
  });
}
