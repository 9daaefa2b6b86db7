import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../adapters/log/logger.ts';
import { backoffMs } from '../../net/backoff.ts';
import type { Clock } from '../../ports.ts';
import type { WorkerExit, WorkerProcess } from './worker-process.ts';

export interface SupervisorOptions {
  /** How many workers there are; their numbers are 1 to this. */
  readonly workers: number;
  readonly start: (worker: number) => WorkerProcess;
  /** A process has ended, and its successor, if there is one, has not begun. */
  readonly ended: (worker: number) => void;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Milliseconds that all workers have together to stop. */
  readonly deadlineMs: number;
  /** Waits; rejects at once when the signal is aborted. The timer of Node unless given. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to less than 1: spreads restarts. `Math.random` unless given. */
  readonly random?: () => number;
}

/** Between the end of a worker and its successor. */
const backoff = { initialMs: 1_000, maxMs: 30_000 };
/** A worker that ends within this time has not been mended by its restart. Milliseconds. */
export const steadyMs = 60_000;
/** Restarts in a row that mended nothing: one more is a crash loop. They take 15 to 31 s. */
export const restartsMax = 5;
/** Beyond the workers' own deadline, so that they can say what they did not finish. Milliseconds. */
const graceMs = 1_000;
const stopAnswerMsMax = 1_000;

/**
 * Keeps so many workers running until it is told to stop, or one of them cannot be kept.
 *
 * A worker that has never worked is not started again: its failure is the failure of the start, as where it is alone. One that ends
 * later is, after a growing pause; when that does not mend it, all are stopped and the whole ends as that worker did, so that whoever
 * watches it sees it. Workers end by themselves when their supervisor is gone (`supervisor-link.ts`).
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<number, WorkerProcess>();
  readonly #stopping = new AbortController();
  readonly #leaving = new AbortController();
  #isToldToStop = false;
  /** Of the worker that ended all, or of those that did not stop well. */
  #exitCode = 0;
  #deadline: NodeJS.Timeout | undefined;
  #restarts = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Processes that run now, by the number of the worker. */
  get running(): ReadonlyMap<number, WorkerProcess> {
    return this.#running;
  }

  /** Workers that were started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves, when all have ended, with the exit code for the whole. */
  async run(): Promise<number> {
    const numbers = Array.from({ length: this.#options.workers }, (_, index) => index + 1);
    await Promise.all(numbers.map((worker) => this.#keep(worker)));
    clearTimeout(this.#deadline);
    return this.#exitCode;
  }

  /** A SIGTERM or a SIGINT came. A second one is somebody who will not wait: all end at once. */
  readonly requestStop = (): void => {
    // Where all stop for a worker that cannot be kept, nobody has been impatient yet.
    if (this.#isToldToStop) this.#killAll();
    else this.#stopAll();
    this.#isToldToStop = true;
  };

  /** All are to leave the group and to go on running (`winnow drain`): nobody is started again, who would join it. */
  readonly leave = (): void => this.#leaving.abort();

  #stopAll(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    for (const process of this.#running.values()) void process.ask('stop', stopAnswerMsMax);
    this.#deadline = setTimeout(() => this.#killAll(), this.#options.deadlineMs + graceMs);
  }

  #killAll(): void {
    for (const process of this.#running.values()) process.kill();
  }

  async #keep(worker: number): Promise<void> {
    const { start, ended, clock, wait = pause } = this.#options;
    const { signal } = this.#stopping;
    let [hasStarted, fruitless] = [false, 0];
    while (!signal.aborted) {
      const startMs = clock.monotonicMs();
      const process = start(worker);
      this.#running.set(worker, process);
      const exit = await process.ended;
      this.#running.delete(worker);
      ended(worker);
      if (signal.aborted) {
        if (exit.code !== 0) this.#exitCode ||= exitCodeOf(exit);
        return;
      }
      hasStarted ||= process.hasStarted;
      fruitless = clock.monotonicMs() - startMs < steadyMs ? fruitless + 1 : 1;
      const leaving = this.#leaving.signal;
      // Those that have left stay as they are: to end all of it would have it started anew, and join again.
      if (!leaving.aborted && (!hasStarted || fruitless > restartsMax)) {
        this.#giveUp(worker, exit, hasStarted);
        return;
      }
      if (!leaving.aborted)
        await wait(this.#pauseMs(worker, exit, fruitless), AbortSignal.any([signal, leaving])).catch(() => undefined);
      if (leaving.aborted) return this.#rest(worker, exit);
      if (!signal.aborted) this.#restarts += 1;
    }
  }

  /** Its place stays empty until all of it is told to end. */
  async #rest(worker: number, exit: WorkerExit): Promise<void> {
    const { signal } = this.#stopping;
    this.#options.logger.warn('A worker has ended and is not started again: all of them have left the group.', {
      number: worker,
      ...exit,
    });
    if (!signal.aborted) await once(signal, 'abort');
  }

  #pauseMs(worker: number, exit: WorkerExit, fruitless: number): number {
    const waitMs = Math.round(backoffMs(fruitless, backoff, (this.#options.random ?? Math.random)()));
    this.#options.logger.warn('A worker has ended and is started again; the others have its partitions meanwhile.', {
      number: worker,
      ...exit,
      waitMs,
    });
    return waitMs;
  }

  #giveUp(worker: number, exit: WorkerExit, hasStarted: boolean): void {
    const sentence = hasStarted
      ? `A worker ends again and again: ${restartsMax} restarts did not mend it. All of it ends.`
      : 'A worker did not start. All of it ends.';
    this.#options.logger.error(sentence, { number: worker, ...exit });
    this.#exitCode ||= exitCodeOf(exit);
    this.#stopAll();
  }
}

/** Of what should not have ended: never 0. */
function exitCodeOf({ code }: WorkerExit): number {
  return code === null || code === 0 ? 1 : code;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}
