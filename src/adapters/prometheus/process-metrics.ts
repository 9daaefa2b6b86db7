import { collectDefaultMetrics, type Registry } from 'prom-client';

/** CPU, memory, event loop and garbage collection, under prom-client's usual names (`process_*`, `nodejs_*`). */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  // Gauges under the names of counters, which promtool refuses; they tell nothing that event-loop lag does not.
  for (const kind of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${kind}`);
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  }
}
