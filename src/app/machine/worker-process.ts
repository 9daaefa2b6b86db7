import { fork, type ChildProcess } from 'node:child_process';
import type { AnswerTo, Asked, Question, Told } from './supervisor-link.ts';

/** How a process ended: with a code of its own, or by a signal. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A worker as its supervisor sees it. */
export interface WorkerProcess {
  /** Whether it has ever worked. */
  readonly hasStarted: boolean;
  readonly ended: Promise<WorkerExit>;
  /** What it answers; undefined where it does not within `msMax` milliseconds, or has ended. Never rejects. */
  ask<Q extends Question>(question: Q, msMax: number): Promise<AnswerTo<Q> | undefined>;
  /** Ends it at once: nothing is lost, and what was not committed comes again. */
  kill(): void;
}

/** What a process is seen by. */
export type Child = Pick<ChildProcess, 'send' | 'kill' | 'connected'> & {
  on(event: 'message', listener: (message: Told) => void): unknown;
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
  once(event: 'error', listener: () => void): unknown;
};

/** Starts this very command anew, as one worker of it. It writes where we write. */
export function forkWorker(worker: number, environment: NodeJS.ProcessEnv): WorkerProcess {
  const [, program, ...args] = process.argv;
  const child = fork(program!, [...args, '--worker', String(worker)], {
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced', // of JSON, NaN would come back as null
  });
  return workerProcess(child);
}

export function workerProcess(child: Child): WorkerProcess {
  const waiting = new Map<number, (answer: unknown) => void>();
  const ended = Promise.withResolvers<WorkerExit>();
  let [hasStarted, lastId] = [false, 0];
  const end = (exit: WorkerExit): void => {
    ended.resolve(exit);
    for (const answered of waiting.values()) answered(undefined);
  };
  child.once('exit', (code, signal) => end({ code, signal }));
  // It could not be started: no exit follows.
  child.once('error', () => end({ code: 1, signal: null }));
  child.on('message', (message) => {
    if ('hasStarted' in message) hasStarted = true;
    else waiting.get(message.id)?.(message.answer);
  });
  const ask = (question: Question, msMax: number): Promise<unknown> => {
    if (!child.connected) return Promise.resolve(undefined);
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => resolve(undefined), msMax);
    waiting.set(id, resolve);
    child.send({ id, question } satisfies Asked, () => undefined); // where it fails, the process has ended
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  };
  return {
    get hasStarted() {
      return hasStarted;
    },
    ended: ended.promise,
    ask: (question, msMax) => ask(question, msMax) as Promise<never>,
    kill: () => void child.kill('SIGKILL'),
  };
}
