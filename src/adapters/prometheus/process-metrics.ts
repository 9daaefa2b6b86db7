import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { loopDelay } from './loop-delay.ts';

/** So seldom that it costs nothing: its numbers are taken out again. */
const idlePrecisionMs = 3_600_000;

/** CPU, memory and garbage collection, under prom-client's usual names (`process_*`, `nodejs_*`), and how late the event loop is. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: idlePrecisionMs });
  // Gauges under the names of counters, which promtool refuses; they tell nothing that the delay of the loop does not.
  for (const kind of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${kind}`);
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  }
  // One of them measures the scrape, the others are begun anew by each who asks.
  for (const { name } of registry.getMetricsAsArray()) {
    if (name.startsWith('nodejs_eventloop_lag_')) registry.removeSingleMetric(name);
  }
  registerLoopDelay(registry);
}

function registerLoopDelay(registry: Registry): void {
  const registers = [registry];
  const delay = loopDelay();
  const max: Gauge = new Gauge({
    name: 'winnow_event_loop_delay_max_seconds',
    help: 'How late the event loop was at worst within the last 15 to 30 seconds.',
    registers,
    collect: () => max.set(delay.read().max),
  });
  const p99: Gauge = new Gauge({
    name: 'winnow_event_loop_delay_p99_seconds',
    help: 'How late the event loop was within the last 15 to 30 seconds, in all but one sample of a hundred.',
    registers,
    collect: () => p99.set(delay.read().p99),
  });
}
