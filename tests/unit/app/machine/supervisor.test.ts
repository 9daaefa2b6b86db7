import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { restartsMax, steadyMs, Supervisor } from '../../../../src/app/machine/supervisor.ts';
import { workersOf } from '../../../../src/app/supervise.ts';
import type { WorkerExit, WorkerProcess } from '../../../../src/app/machine/worker-process.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const deadlineMs = 25_000;

/** A process that a test makes end. */
class FakeProcess implements WorkerProcess {
  hasStarted = false;
  readonly told: string[] = [];
  readonly #ended = Promise.withResolvers<WorkerExit>();
  readonly ended = this.#ended.promise;
  readonly startedMs = Date.now();

  exit(code: number): void {
    this.#ended.resolve({ code, signal: null });
  }

  kill(): void {
    this.told.push('kill');
    this.#ended.resolve({ code: null, signal: 'SIGKILL' });
  }

  ask(question: string): Promise<undefined> {
    this.told.push(question);
    return Promise.resolve(undefined);
  }
}

/** As the timer of Node, whose own is not in the hands of a test. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    });
  });
}

interface Scene {
  readonly supervisor: Supervisor;
  /** Processes of each worker, one after the other. */
  readonly processes: Map<number, FakeProcess[]>;
  readonly last: (worker: number) => FakeProcess;
  readonly sentences: string[];
  readonly exit: { code: number | undefined };
}

function scene(workers: number, { hasStarted = true, random = 0 } = {}): Scene {
  const processes = new Map<number, FakeProcess[]>();
  const sentences: string[] = [];
  const say = (sentence: string): void => void sentences.push(sentence);
  const originMs = Date.now();
  const supervisor = new Supervisor({
    workers,
    start: (worker) => {
      const process = new FakeProcess();
      process.hasStarted = hasStarted;
      processes.set(worker, [...(processes.get(worker) ?? []), process]);
      return process;
    },
    ended: () => undefined,
    logger: { info: say, warn: say, error: say },
    clock: { monotonicMs: () => Date.now() - originMs },
    deadlineMs,
    random: () => random,
    wait,
  });
  const exit: { code: number | undefined } = { code: undefined };
  void supervisor.run().then((code) => (exit.code = code));
  return { supervisor, processes, last: (worker) => processes.get(worker)!.at(-1)!, sentences, exit };
}

describe('a supervisor', () => {
  it('starts as many as it is asked for, and ends with 0 when all stop well', async () => {
    const { supervisor, processes, last, exit } = scene(3);
    expect([...processes.keys()]).toEqual([1, 2, 3]);
    supervisor.requestStop();
    expect([1, 2, 3].map((worker) => last(worker).told)).toEqual([['stop'], ['stop'], ['stop']]);
    for (const worker of [1, 2]) last(worker).exit(0);
    await advance(0);
    expect(exit.code).toBeUndefined();
    last(3).exit(0);
    await advance(0);
    expect(exit.code).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the code of the worker that did not stop well', async () => {
    const { supervisor, last, exit } = scene(2);
    supervisor.requestStop();
    last(1).exit(0);
    last(2).exit(5);
    await advance(0);
    expect(exit.code).toBe(5);
  });

  it('has one deadline for all, a little behind their own, and kills who does not keep it', async () => {
    const { supervisor, last, exit } = scene(2);
    supervisor.requestStop();
    last(1).exit(0);
    await advance(deadlineMs);
    expect(last(2).told).toEqual(['stop']);
    await advance(1_000);
    expect(last(2).told).toEqual(['stop', 'kill']);
    expect(exit.code).toBe(1);
  });

  it('takes the first signal while it ends for a worker that cannot be kept as the first, and kills at the second', async () => {
    const { supervisor, last } = scene(2);
    for (let crash = 0; crash < restartsMax; crash++) {
      last(1).exit(70);
      await advance(30_000);
    }
    last(1).exit(70);
    await advance(0);
    expect(last(2).told).toEqual(['stop']);
    supervisor.requestStop();
    await advance(0);
    expect(last(2).told).not.toContain('kill');
    supervisor.requestStop();
    await advance(0);
    expect(last(2).told.at(-1)).toBe('kill');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('kills all at a second signal', async () => {
    const { supervisor, last, exit } = scene(2);
    supervisor.requestStop();
    supervisor.requestStop();
    await advance(0);
    expect([last(1).told.at(-1), last(2).told.at(-1), exit.code]).toEqual(['kill', 'kill', 1]);
  });
});

/** Milliseconds between each end of a worker and its successor. */
const pauses = async (random: number): Promise<number[]> => {
  const { last, processes, supervisor } = scene(1, { random });
  const waits: number[] = [];
  for (let crash = 0; crash < restartsMax; crash++) {
    const endedMs = Date.now();
    last(1).exit(1);
    await advance(31_000);
    waits.push(processes.get(1)!.at(-1)!.startedMs - endedMs);
  }
  supervisor.requestStop();
  last(1).exit(0);
  return waits;
};

describe('a worker that ends', () => {
  it('before it ever worked ends all, as it would end alone', async () => {
    const { last, processes, exit, sentences } = scene(2, { hasStarted: false });
    last(1).exit(4);
    await advance(0);
    expect(last(2).told).toEqual(['stop']);
    last(2).exit(0);
    await advance(60_000);
    expect([exit.code, processes.get(1)!.length]).toEqual([4, 1]);
    expect(sentences).toEqual(['A worker did not start. All of it ends.']);
  });

  it('later is started again after a pause, and the others go on', async () => {
    const { supervisor, last, processes } = scene(2);
    last(1).exit(1);
    await advance(499);
    expect(processes.get(1)).toHaveLength(1);
    await advance(1);
    expect(processes.get(1)).toHaveLength(2);
    expect(last(2).told).toEqual([]);
    expect([supervisor.restarts, supervisor.running.size]).toEqual([1, 2]);
  });

  it('again and again is said to, and ends all with its own exit code', async () => {
    const { last, processes, exit, sentences } = scene(2);
    for (let crash = 0; crash <= restartsMax; crash++) {
      last(1).exit(70);
      await advance(30_000);
    }
    last(2).exit(0);
    await advance(0);
    expect(exit.code).toBe(70);
    expect(processes.get(1)).toHaveLength(1 + restartsMax);
    expect(sentences.at(-1)).toContain('again and again');
  });

  it('waits longer each time, with a part of it left to chance', async () => {
    expect(await pauses(0)).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
    expect(await pauses(0.5)).toEqual([750, 1_500, 3_000, 6_000, 12_000]);
  });

  it('after it has run for long begins with the shortest pause again: that was no crash loop', async () => {
    const { last, processes, exit } = scene(1);
    for (let crash = 0; crash < 3 * restartsMax; crash++) {
      await advance(steadyMs);
      last(1).exit(1);
      await advance(500);
    }
    expect(processes.get(1)).toHaveLength(1 + 3 * restartsMax);
    expect(exit.code).toBeUndefined();
  });

  it.each([
    ['before', 0],
    ['while it waits to be started again', 100],
  ])('is not started again when all have been told to leave the group %s', async (_, afterMs) => {
    const { supervisor, last, processes, exit, sentences } = scene(2);
    if (afterMs === 0) supervisor.leave();
    last(1).exit(1);
    await advance(afterMs);
    supervisor.leave();
    await advance(60_000);
    expect([processes.get(1)!.length, supervisor.restarts, exit.code]).toEqual([1, 0, undefined]);
    expect(sentences.at(-1)).toContain('is not started again');
    supervisor.requestStop();
    last(2).exit(0);
    await advance(0);
    expect(exit.code).toBe(0);
  });

  it('does not end those that have left the group, however often it had ended before', async () => {
    const { supervisor, last, exit } = scene(2);
    for (let crash = 0; crash < restartsMax; crash++) {
      last(1).exit(1);
      await advance(30_000);
    }
    supervisor.leave();
    last(1).exit(1);
    await advance(60_000);
    expect([exit.code, last(2).told]).toEqual([undefined, []]);
    supervisor.requestStop();
    last(2).exit(0);
    await advance(0);
    expect(exit.code).toBe(0);
  });

  it('is not started again once all of it stops, also where it waits for that', async () => {
    const { supervisor, last, processes, exit } = scene(1);
    last(1).exit(1);
    await advance(100);
    supervisor.requestStop();
    await advance(60_000);
    expect(processes.get(1)).toHaveLength(1);
    expect(exit.code).toBe(0);
  });
});

const config = (count: number | 'auto', store: 'valkey' | 'embedded') =>
  ({ workers: { count }, state: { store } }) as Parameters<typeof workersOf>[0];

describe('the number of workers', () => {
  it('is what is asked for, and for auto one a core where history is shared', () => {
    expect(workersOf(config(3, 'valkey'), 8)).toBe(3);
    expect(workersOf(config('auto', 'valkey'), 8)).toBe(8);
    expect(workersOf(config('auto', 'embedded'), 8)).toBe(1);
  });
});
