import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldBoard } from '../../src/holds.ts';
import type { OpenHold } from '../../src/ports.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import {
  Lifecycle,
  nextState,
  type Ending,
  type LifecycleEvent,
  type LifecycleState,
  type Program,
} from '../../src/lifecycle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const deadlineMs = 25_000;

interface Scene {
  readonly lifecycle: Lifecycle;
  readonly hold: () => OpenHold;
  readonly changes: string[];
  readonly steps: string[];
  readonly begin: (program?: Partial<Program>) => { ending: Ending | undefined };
}

/** Time is vitest's: `advance` moves timers and the clock together. */
function scene(): Scene {
  const changes: string[] = [];
  const steps: string[] = [];
  const originMs = Date.now();
  const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() - originMs };
  const holds: HoldBoard = new HoldBoard(clock, silentTelemetry, () => lifecycle.holdsChanged());
  const lifecycle = new Lifecycle({
    clock,
    holds,
    telemetry: { stateChanged: (from, to) => changes.push(`${from} → ${to}`) },
    readyHeldMsMax: 30_000,
    silentMsMax: 60_000,
    deadlineMs,
  });
  const begin = (program: Partial<Program> = {}): { ending: Ending | undefined } => {
    const outcome: { ending: Ending | undefined } = { ending: undefined };
    const stop = ['drain', 'flush', 'leave'].map((name) => ({ name, run: async () => void steps.push(name) }));
    const whole = { start: () => Promise.resolve(), finished: () => never, stop, ...program };
    void lifecycle.run(whole).then((ending) => (outcome.ending = ending));
    return outcome;
  };
  const hold = (): OpenHold => holds.begin({ step: 'send' });
  return { lifecycle, hold, changes, steps, begin };
}

const never = new Promise<void>(() => undefined);
const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const slow = (ms: number) => (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the states', () => {
  it.each<[LifecycleState, LifecycleEvent, LifecycleState]>([
    ['starting', 'started', 'ready'],
    ['starting', 'held', 'starting'],
    ['starting', 'stopping', 'draining'],
    ['ready', 'held', 'holding'],
    ['ready', 'stopping', 'draining'],
    ['holding', 'released', 'ready'],
    ['holding', 'stopping', 'draining'],
    ['draining', 'held', 'draining'],
    ['draining', 'released', 'draining'],
    ['draining', 'started', 'draining'],
    ['draining', 'drained', 'drained'],
    ['drained', 'held', 'drained'],
    ['drained', 'started', 'drained'],
    ['drained', 'stopping', 'draining'],
    ['draining', 'stopped', 'stopped'],
  ])('%s, %s: %s', (state, event, expected) => {
    expect(nextState(state, event)).toBe(expected);
  });

  it('never come back to work once it stops', () => {
    const events = fc.array(
      fc.constantFrom<LifecycleEvent>('started', 'held', 'released', 'stopping', 'drained', 'stopped'),
    );
    fc.assert(
      fc.property(events, events, (before, after) => {
        const stopping = [...before, 'stopping' as const].reduce(nextState, 'starting');
        const later = after.reduce(nextState, stopping);
        expect(['draining', 'drained', 'stopped']).toContain(later);
      }),
    );
  });
});

describe('a run', () => {
  it('stops in order when it is told to, and exits with 0', async () => {
    const { lifecycle, changes, steps, begin } = scene();
    const run = begin();
    await advance(1_000);
    expect(lifecycle.isReady()).toBe(true);
    lifecycle.requestStop();
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 0 });
    expect(steps).toEqual(['drain', 'flush', 'leave']);
    expect(changes).toEqual(['starting → ready', 'ready → draining', 'draining → stopped']);
  });

  it('is not ready from the first moment of stopping', async () => {
    const { lifecycle, begin } = scene();
    const readiness: boolean[] = [];
    begin({ stop: [{ name: 'drain', run: async () => void readiness.push(lifecycle.isReady()) }] });
    await advance(0);
    lifecycle.requestStop();
    await advance(0);
    expect(readiness).toEqual([false]);
  });

  it('takes the steps one after the other', async () => {
    const { lifecycle, steps, begin } = scene();
    const timed = ['drain', 'flush'].map((name) => ({
      name,
      run: async () => {
        steps.push(`${name} begins`);
        await slow(1_000)();
        steps.push(`${name} ends`);
      },
    }));
    const run = begin({ stop: timed });
    await advance(0);
    lifecycle.requestStop();
    await advance(2_000);
    expect(steps).toEqual(['drain begins', 'drain ends', 'flush begins', 'flush ends']);
    expect(run.ending).toEqual({ exitCode: 0 });
  });

  it('exits with 1 when the deadline passes, and says where it was', async () => {
    const { lifecycle, begin } = scene();
    const stop = [
      { name: 'drain', run: slow(1_000) },
      { name: 'flush', run: () => never },
      { name: 'leave', run: slow(0) },
    ];
    const run = begin({ stop });
    await advance(0);
    lifecycle.requestStop();
    await advance(deadlineMs - 1);
    expect(run.ending).toBeUndefined();
    await advance(1);
    expect(run.ending).toEqual({ exitCode: 1, unfinished: 'flush' });
    expect(lifecycle.state).toBe('stopped');
  });

  it('exits with 1 at once at a second signal', async () => {
    const { lifecycle, begin } = scene();
    const run = begin({ stop: [{ name: 'drain', run: () => never }] });
    await advance(0);
    lifecycle.requestStop();
    await advance(10);
    lifecycle.requestStop();
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 1, unfinished: 'drain' });
  });

  it('takes every step although one fails, and exits with 1', async () => {
    const { lifecycle, steps, begin } = scene();
    const error = new Error('the flush failed');
    const stop = [
      { name: 'flush', run: () => Promise.reject(error) },
      { name: 'leave', run: async () => void steps.push('leave') },
    ];
    const run = begin({ stop });
    await advance(0);
    lifecycle.requestStop();
    await advance(0);
    expect(steps).toEqual(['leave']);
    expect(run.ending).toEqual({ exitCode: 1, error });
  });

  it('stops in order when the program fails, and exits with 1', async () => {
    const { changes, steps, begin } = scene();
    const error = new Error('the stream ended');
    const run = begin({ finished: () => Promise.reject(error) });
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 1, error });
    expect(steps).toEqual(['drain', 'flush', 'leave']);
    expect(changes).toEqual(['starting → ready', 'ready → draining', 'draining → stopped']);
  });

  it('stops in order when it cannot start, without ever being ready', async () => {
    const { changes, steps, begin } = scene();
    const error = new Error('a topic is missing');
    const run = begin({ start: () => Promise.reject(error) });
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 1, error });
    expect(steps).toEqual(['drain', 'flush', 'leave']);
    expect(changes).toEqual(['starting → draining', 'draining → stopped']);
  });

  it('stops when it is told to while it starts', async () => {
    const { lifecycle, begin } = scene();
    const run = begin({ start: () => never });
    lifecycle.requestStop();
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 0 });
  });

  it('exits with 0 when the program comes to its own end', async () => {
    const { begin } = scene();
    const run = begin({ finished: () => Promise.resolve() });
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 0 });
  });
});

describe('readiness', () => {
  it('outlasts a short hold and not a long one, and comes back', async () => {
    const { lifecycle, hold, begin } = scene();
    begin();
    await advance(0);
    const held = hold();
    await advance(29_999);
    expect(lifecycle.isReady()).toBe(true);
    await advance(1);
    expect(lifecycle.isReady()).toBe(false);
    held.end();
    expect(lifecycle.isReady()).toBe(true);
  });

  it('ends with the longest of several holds', async () => {
    const { lifecycle, hold, begin } = scene();
    begin();
    await advance(0);
    const [longest, last] = [hold(), (await advance(20_000), hold())];
    await advance(10_000);
    expect([lifecycle.state, lifecycle.isReady()]).toEqual(['holding', false]);
    longest.end();
    expect([lifecycle.state, lifecycle.isReady()]).toEqual(['holding', true]);
    last.end();
    expect(lifecycle.state).toBe('ready');
  });

  it('knows of a hold that began while it started', async () => {
    const { lifecycle, hold, changes, begin } = scene();
    begin({ start: slow(1_000) });
    hold();
    expect(lifecycle.isReady()).toBe(false);
    await advance(1_000);
    expect(changes).toEqual(['starting → ready', 'ready → holding']);
  });
});

describe('liveness', () => {
  it('is the turning of the loop, whatever the state', async () => {
    const { lifecycle, begin } = scene();
    begin({ start: () => never });
    await advance(60_000);
    expect(lifecycle.isLive()).toBe(true);
    await advance(1);
    expect(lifecycle.isLive()).toBe(false);
    lifecycle.turned();
    expect(lifecycle.isLive()).toBe(true);
  });

  it('goes on while something is held, as long as it is tried', async () => {
    const { lifecycle, hold, begin } = scene();
    begin();
    await advance(0);
    hold();
    for (let minute = 0; minute < 60; minute += 1) {
      await advance(60_000);
      expect(lifecycle.isLive()).toBe(true);
      lifecycle.turned();
    }
  });
});

describe('draining without an end', () => {
  it('finishes the work, is alive and not ready for as long as nobody ends it, and then ends as ever', async () => {
    const { lifecycle, changes, steps, begin } = scene();
    const finished = Promise.withResolvers<void>();
    const run = begin({
      finished: () => finished.promise,
      drain: async () => {
        steps.push('finish and leave');
        await slow(1_000)();
        finished.resolve();
      },
    });
    await advance(0);
    const drained = Promise.all([lifecycle.drain(), lifecycle.drain()]);
    expect(lifecycle.isReady()).toBe(false);
    await advance(3_600_000);
    expect(await drained).toEqual([true, true]);
    expect([lifecycle.state, lifecycle.isLive(), lifecycle.isReady(), run.ending]).toEqual([
      'drained',
      true,
      false,
      undefined,
    ]);
    lifecycle.requestStop();
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 0 });
    expect(steps).toEqual(['finish and leave', 'drain', 'flush', 'leave']);
    expect(changes.slice(-3)).toEqual(['draining → drained', 'drained → draining', 'draining → stopped']);
  });

  it('keeps what still starts from its work', async () => {
    const { lifecycle, changes, begin } = scene();
    const started = Promise.withResolvers<void>();
    const drain = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const run = begin({ start: () => started.promise, finished: () => Promise.resolve(), drain });
    expect(await lifecycle.drain()).toBe(true);
    expect(drain).toHaveBeenCalledTimes(1);
    started.resolve();
    await advance(0);
    expect([lifecycle.state, lifecycle.isReady(), run.ending]).toEqual(['drained', false, undefined]);
    lifecycle.requestStop();
    await advance(0);
    expect(run.ending).toEqual({ exitCode: 0 });
    expect(changes).not.toContain('starting → ready');
  });

  it('does nothing before it is run, and while it ends', async () => {
    const { lifecycle, begin } = scene();
    expect(await lifecycle.drain()).toBe(false);
    const drain = vi.fn<() => Promise<void>>();
    begin({ drain, stop: [{ name: 'slow', run: slow(1_000) }] });
    await advance(0);
    lifecycle.requestStop();
    await advance(0);
    expect(await lifecycle.drain()).toBe(false);
    expect(drain).not.toHaveBeenCalled();
  });
});
