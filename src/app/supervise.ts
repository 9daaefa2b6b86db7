import { availableParallelism } from 'node:os';
import { listen } from '../adapters/http/listener.ts';
import { createLogger } from '../adapters/log/logger.ts';
import { MergedMetrics } from '../adapters/prometheus/merging.ts';
import { supervisorMetrics } from '../adapters/prometheus/supervisor-metrics.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import type { Config } from '../config/schema.ts';
import { fleetAnswers } from './machine/fleet.ts';
import { Supervisor } from './machine/supervisor.ts';
import { forkWorker } from './machine/worker-process.ts';
import { orThrow } from './versions.ts';

/** How many workers the settings ask for. Members of one group cannot share a history that is in one of them: then it is one. */
export function workersOf(
  { workers, state }: Pick<Config, 'workers' | 'state'>,
  cores = availableParallelism(),
): number {
  if (workers.count !== 'auto') return workers.count;
  return state.store === 'valkey' ? cores : 1;
}

export interface SuperviseOptions {
  readonly config: Config;
  readonly workers: number;
  /** Of each worker: what this process was started with, secrets too. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Several workers on one machine, each a process and a member of the group, and one listener for all. Returns the exit code when all
 * have ended. Throws `FailureError` when nothing can listen; then none was started.
 */
export async function supervise({ config, workers, environment }: SuperviseOptions): Promise<number> {
  const { deadlineMs } = config.shutdown;
  const logger = createLogger(config.log.level, clock, 'stdout', { worker: 'supervisor' });
  const metrics = new MergedMetrics();
  const supervisor = new Supervisor({
    workers,
    start: (worker) => forkWorker(worker, environment),
    ended: (worker) => metrics.ended(worker),
    logger,
    clock,
    deadlineMs,
  });
  const running = (): typeof supervisor.running => supervisor.running;
  const own = supervisorMetrics({ workers, running: () => running().size, restarts: () => supervisor.restarts });
  const { host, port } = config.http;
  const listener = orThrow(
    await listen({
      host,
      port,
      keySecret: config.state.keySecret!.reveal(),
      ...fleetAnswers({ workers, running, leave: supervisor.leave, metrics, own, drainMsMax: deadlineMs }),
      answerFailed: (error) => logger.error('A probe could not be answered.', { error }),
    }),
  );
  logger.info('Listening for probes and Prometheus.', { host, port: listener.port, workers });
  process.on('SIGTERM', supervisor.requestStop);
  process.on('SIGINT', supervisor.requestStop);
  const exitCode = await supervisor.run();
  await listener.close();
  return exitCode;
}
