import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { linkToSupervisor, type SupervisorLink } from '../../../../src/app/machine/supervisor-link.ts';
import { workerProcess, type WorkerProcess } from '../../../../src/app/machine/worker-process.ts';

/** Both ends of a channel, without the processes. */
function channel(): { link: SupervisorLink; process: WorkerProcess; here: EventEmitter; there: EventEmitter } {
  const here = Object.assign(new EventEmitter(), {
    connected: true,
    kill: () => true,
    send: (message: unknown) => there.emit('message', message),
  });
  const there: EventEmitter = Object.assign(new EventEmitter(), {
    send: (message: unknown) => here.emit('message', message),
  });
  return {
    link: linkToSupervisor(2, there),
    process: workerProcess(here),
    here,
    there,
  };
}

const well = { ok: true, reasons: [] };
const answers = {
  started: () => well,
  live: () => well,
  ready: () => ({ ok: false, reasons: ['It holds.'] }),
  drain: () => Promise.resolve(well),
  samples: () => Promise.resolve([]),
};

describe('the channel between a supervisor and a worker', () => {
  it('says that it opens until somebody answers, and is alive meanwhile', async () => {
    const { process } = channel();
    expect(await process.ask('ready', 100)).toEqual({ ok: false, reasons: ['It opens.'] });
    expect(await process.ask('live', 100)).toEqual(well);
  });

  // It said that there was nothing to drain, went on opening, and joined the group that all others had left.
  it('drains a worker that was asked to while it opened, before it works', async () => {
    const { process, link } = channel();
    expect(await process.ask('drain', 100)).toMatchObject({ ok: true });
    const drain = vi.fn<() => Promise<typeof well>>(() => Promise.resolve(well));
    link.answer({ ...answers, drain });
    expect(drain).toHaveBeenCalledTimes(1);
  });

  it('drains no worker that nobody asked to', () => {
    const { link } = channel();
    const drain = vi.fn<() => Promise<typeof well>>(() => Promise.resolve(well));
    link.answer({ ...answers, drain });
    expect(drain).not.toHaveBeenCalled();
  });

  it('brings each question its own answer', async () => {
    const { process, link } = channel();
    link.answer(answers);
    const asked = [process.ask('ready', 100), process.ask('samples', 100), process.ask('drain', 100)];
    expect(await Promise.all(asked)).toEqual([answers.ready(), [], well]);
  });

  it('tells that it has started', () => {
    const { process, link } = channel();
    expect(process.hasStarted).toBe(false);
    link.started();
    expect(process.hasStarted).toBe(true);
  });

  it('has no answer of one that hangs, that fails, or that ends before it has answered', async () => {
    vi.useFakeTimers();
    const { process, link, here } = channel();
    const never = new Promise<never>(() => undefined);
    link.answer({ ...answers, drain: () => never, samples: () => Promise.reject(new Error('broken')) });
    const hung = Promise.all([process.ask('drain', 1_000), process.ask('samples', 1_000)]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await hung).toEqual([undefined, undefined]);
    const ending = process.ask('drain', 1_000);
    here.emit('exit', null, 'SIGKILL');
    expect(await ending).toBeUndefined();
    expect(await process.ended).toEqual({ code: null, signal: 'SIGKILL' });
    vi.useRealTimers();
  });

  it.each([
    ['it is asked to stop', ({ process }: ReturnType<typeof channel>) => void process.ask('stop', 100)],
    ['its supervisor is gone', ({ there }: ReturnType<typeof channel>) => there.emit('disconnect')],
  ])('tells a worker to end when %s', async (_case, act) => {
    const both = channel();
    act(both);
    expect(await both.link.stopped).toBeUndefined();
  });
});
