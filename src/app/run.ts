import type { UnansweredRule } from '../adapters/prometheus/metrics.ts';
import type { Logger } from '../adapters/log/logger.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import type { Config } from '../config/schema.ts';
import { describeFailure, FailureError } from '../domain/failure.ts';
import type { Ending, Lifecycle, Program } from '../lifecycle.ts';
import type { Policy } from '../policy/policy.ts';
import { Farewell } from './farewell.ts';
import { openMachine, type Machine } from './machine/machine.ts';
import type { SupervisorLink } from './machine/supervisor-link.ts';
import { openWorker, type Worker } from './worker/worker.ts';

export interface RunOptions {
  readonly config: Config;
  /** Of Winnow, as in package.json. */
  readonly version: string;
  /** Makes the topics that are missing: for development. */
  readonly createTopics: boolean;
  /** Who started this process as one worker of several; absent where it is alone. */
  readonly supervisor?: SupervisorLink;
}

/**
 * The processor on Kafka: a worker on this machine, run until a signal or a failure ends it. Returns how it ended. Throws
 * `FailureError` when a part refuses to start; then nothing was consumed.
 */
export async function run({ config, version, createTopics, supervisor }: RunOptions): Promise<Ending> {
  const readings = {
    storeEntities: () => worker.entities(),
    history: () => worker.historyReading(),
    notes: () => worker.notes(),
    unansweredRules: () => unansweredRules(worker.versions.policy.current),
  };
  const machine = await openMachine({ config, version, clock, readings, ...(supervisor && { supervisor }) });
  const { lifecycle, logger } = machine;
  const farewell = new Farewell();
  let worker: Worker;
  try {
    worker = await openWorker({ ...machine, config, clock, progress: lifecycle.turned, createTopics, farewell });
    listenToStop(lifecycle, supervisor);
    const ending = await lifecycle.run(programOf(machine, worker, supervisor));
    describeEnding(ending, lifecycle.hasStarted, logger);
    return ending;
  } finally {
    await farewell.say();
    machine.close();
  }
}

/** The listener is there before the worker, and longer. */
function programOf(machine: Machine, worker: Worker, supervisor: SupervisorLink | undefined): Program {
  return {
    start: async () => {
      await machine.listen();
      await worker.start();
      supervisor?.started();
    },
    finished: () => worker.finished(),
    drain: () => worker.drain(),
    stop: [...worker.stop, { name: 'close the listener', run: () => machine.closeListener() }],
  };
}

/**
 * A second signal is somebody who will not wait. Of a worker that is the supervisor: a terminal, and systemd, send a signal to all
 * processes at once, and so a worker that its supervisor stops as well has been told once.
 */
function listenToStop(lifecycle: Pick<Lifecycle, 'requestStop'>, supervisor: SupervisorLink | undefined): void {
  let isTold = false;
  const stop = (): void => {
    if (supervisor === undefined || !isTold) lifecycle.requestStop();
    isTold = true;
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  void supervisor?.stopped.then(stop);
}

function unansweredRules({ rules }: Policy): readonly UnansweredRule[] {
  return rules.flatMap(({ id: rule, counts: { absentMembers, errors } }) => [
    { rule, cause: 'absent', count: absentMembers },
    { rule, cause: 'error', count: errors },
  ]);
}

function describeEnding({ exitCode, error, unfinished }: Ending, hasStarted: boolean, logger: Logger): void {
  if (exitCode === 0) {
    logger.info('Stopped: everything in flight is finished and committed.');
    return;
  }
  const reason =
    error instanceof FailureError ? { failure: describeFailure(error.failure) } : error === undefined ? {} : { error };
  const sentence = hasStarted
    ? 'Stopped before everything was finished; what is not committed comes again.'
    : 'It did not start; nothing was consumed.';
  logger.error(sentence, {
    ...reason,
    ...(unfinished === undefined ? {} : { unfinished }),
  });
}
