import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Farewell } from '../../../src/app/farewell.ts';
import type { Machine } from '../../../src/app/machine/machine.ts';
import { run } from '../../../src/app/run.ts';
import type { Worker } from '../../../src/app/worker/worker.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { HoldBoard } from '../../../src/holds.ts';
import { Lifecycle } from '../../../src/lifecycle.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';

/** The parts of a run, which say in which order they were begun and ended, and throw where they are told to. */
const told: string[] = [];
const throwing = { openWorker: false, start: false, finished: false };
const failure = new FailureError({ code: 'TOPIC_MISSING', message: 'no such topic.' });
const clock = { nowMs: () => 0, monotonicMs: () => performance.now() };

const say =
  (level: string) =>
  (message: string): void =>
    void told.push(`${level}: ${message}`);

function part(name: keyof typeof throwing): void {
  told.push(name);
  if (throwing[name]) throw failure;
}

vi.mock('../../../src/app/machine/machine.ts', () => ({
  openMachine: (): Promise<Machine> => {
    const telemetry = silentTelemetry;
    const holds = new HoldBoard(clock, telemetry);
    const timing = { readyHeldMsMax: 1_000, silentMsMax: 60_000, deadlineMs: 10_000 };
    return Promise.resolve({
      logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
      telemetry,
      holds,
      lifecycle: new Lifecycle({ clock, telemetry, holds, ...timing }),
      listen: () => Promise.resolve(void told.push('listen')),
      closeListener: () => Promise.resolve(void told.push('close the listener')),
      close: () => void told.push('close the machine'),
    } as unknown as Machine);
  },
}));
vi.mock('../../../src/app/worker/worker.ts', () => ({
  openWorker: async ({ farewell }: { readonly farewell: Pick<Farewell, 'add'> }) => {
    farewell.add(() => Promise.resolve(void told.push('release what was made')));
    part('openWorker');
    return {
      start: async () => part('start'),
      finished: async () => part('finished'),
      drain: () => Promise.resolve(),
      stop: [{ name: 'drain', run: async () => void told.push('drain') }],
    } as unknown as Worker;
  },
}));

const signals = ['SIGTERM', 'SIGINT'] as const;
const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
const options = { config: configSchema.parse({}), version: '1.2.3', createTopics: false };

describe('a run', () => {
  afterEach(() => {
    told.length = 0;
    Object.assign(throwing, { openWorker: false, start: false, finished: false });
    for (const signal of signals)
      for (const listener of process.listeners(signal))
        if (!before.get(signal)!.includes(listener)) process.off(signal, listener);
  });

  it('of which a part cannot be made lets go of those that were, and says why', async () => {
    throwing.openWorker = true;
    await expect(run(options)).rejects.toBe(failure);
    expect(told).toEqual(['openWorker', 'release what was made', 'close the machine']);
  });

  it('of which a part does not start ends all that did, and tells that nothing was consumed', async () => {
    throwing.start = true;
    const ending = await run(options);
    expect(ending).toMatchObject({ error: failure });
    expect(ending.exitCode).not.toBe(0);
    expect(told.slice(0, 3)).toEqual(['openWorker', 'listen', 'start']);
    expect(told.slice(-3)).toEqual([
      'error: It did not start; nothing was consumed.',
      'release what was made',
      'close the machine',
    ]);
    expect(told).toContain('close the listener');
  });

  it('of which a part fails under way drains first, and tells that the rest comes again', async () => {
    throwing.finished = true;
    const ending = await run(options);
    expect(ending).toMatchObject({ error: failure });
    expect(told.indexOf('drain')).toBeLessThan(told.indexOf('close the listener'));
    expect(told).toContain('error: Stopped before everything was finished; what is not committed comes again.');
    expect(told.slice(-2)).toEqual(['release what was made', 'close the machine']);
  });
});
