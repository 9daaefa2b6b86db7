import type { UnansweredRule } from '../adapters/prometheus/metrics.ts';
import type { Logger } from '../adapters/log/logger.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import type { Config } from '../config/schema.ts';
import { describeFailure, FailureError } from '../domain/failure.ts';
import type { Ending, Program } from '../lifecycle.ts';
import type { Policy } from '../policy/policy.ts';
import { Farewell } from './farewell.ts';
import { openMachine, type Machine } from './machine/machine.ts';
import { openWorker, type Worker } from './worker/worker.ts';

export interface RunOptions {
  readonly config: Config;
  /** Of Winnow, as in package.json. */
  readonly version: string;
  /** Makes the topics that are missing: for development. */
  readonly createTopics: boolean;
}

/**
 * The processor on Kafka: a worker on this machine, run until a signal or a failure ends it. Returns how it ended. Throws
 * `FailureError` when a part refuses to start; then nothing was consumed.
 */
export async function run({ config, version, createTopics }: RunOptions): Promise<Ending> {
  const readings = {
    storeEntities: () => worker.entities(),
    history: () => worker.historyReading(),
    notes: () => worker.notes(),
    unansweredRules: () => unansweredRules(worker.versions.policy.current),
  };
  const machine = await openMachine({ config, version, clock, readings });
  const { lifecycle, logger } = machine;
  const farewell = new Farewell();
  let worker: Worker;
  try {
    worker = await openWorker({ ...machine, config, clock, progress: lifecycle.turned, createTopics, farewell });
    process.on('SIGTERM', lifecycle.requestStop);
    process.on('SIGINT', lifecycle.requestStop);
    const ending = await lifecycle.run(programOf(machine, worker));
    describeEnding(ending, lifecycle.hasStarted, logger);
    return ending;
  } finally {
    await farewell.say();
    machine.close();
  }
}

/** The listener is there before the worker, and longer. */
function programOf(machine: Machine, worker: Worker): Program {
  return {
    start: async () => {
      await machine.listen();
      await worker.start();
    },
    finished: () => worker.finished(),
    stop: [...worker.stop, { name: 'close the listener', run: () => machine.closeListener() }],
  };
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
