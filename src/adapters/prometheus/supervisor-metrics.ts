import { Counter, Gauge, Registry } from 'prom-client';
import { samplesOf, type MetricSamples } from './exposition.ts';
import { registerProcessMetrics } from './process-metrics.ts';

/** What is asked when Prometheus asks. */
export interface SupervisorReadings {
  /** Workers that there should be. */
  readonly workers: number;
  readonly running: () => number;
  /** Workers that were started again. */
  readonly restarts: () => number;
}

/** What a supervisor tells of itself, beside what its workers do. */
export function supervisorMetrics({
  workers,
  running,
  restarts,
}: SupervisorReadings): () => Promise<readonly MetricSamples[]> {
  const registry = new Registry();
  const registers = [registry];
  registerProcessMetrics(registry);
  new Gauge({ name: 'winnow_workers', help: 'Workers that there should be on this machine.', registers }).set(workers);
  const present: Gauge = new Gauge({
    name: 'winnow_workers_running',
    help: 'Workers that run on this machine.',
    registers,
    collect: () => present.set(running()),
  });
  const restarted: Counter = new Counter({
    name: 'winnow_worker_restarts_total',
    help: 'Times that a worker on this machine ended and was started again.',
    registers,
    collect: () => {
      restarted.reset();
      restarted.inc(restarts());
    },
  });
  return () => samplesOf(registry);
}
