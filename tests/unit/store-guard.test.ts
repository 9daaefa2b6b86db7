import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailureError } from '../../src/domain/failure.ts';
import type { HoldPlace } from '../../src/domain/hold.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { snapshotColumnCount } from '../../src/features/state.ts';
import { HoldBoard } from '../../src/holds.ts';
import type { Clock, FeatureStore, Position, SnapshotBatch, StandingChange } from '../../src/ports.ts';
import { StoreGuard, type StoreGuardOptions } from '../../src/store-guard.ts';

const holdMs = 1_000;
const retryMaxMs = 40;

const topic = 'account-events';
const batchOf = (partition: number) => emptyObservations(topic, partition, 1);
const batch = batchOf(0);
const position: Position = { topic, partition: 0, offset: 0 };
const snapshots: SnapshotBatch = {
  values: new Float64Array(snapshotColumnCount),
  fates: new Uint8Array(1),
  standings: [undefined],
  settledOffset: -1,
  release: () => undefined,
};
const change: StandingChange = {
  keyHigh: 1,
  keyLow: 2,
  standing: { action: 'block', decisionId: `dec_${'0'.repeat(32)}`, sinceMs: 0 },
};
const { signal } = new AbortController();

class HandClock implements Clock {
  ms = 5_000;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

const unavailable = (): FailureError => new FailureError({ code: 'STORE_UNAVAILABLE', message: 'no answer.' });

/**
 * A guarded store that answers partitions that are up, and takes `callMs` of the hand clock for every call. No time passes but
 * on the hand clock: a wait of the guard moves it, unless `waitsFor` is set, which a test then resolves.
 */
function guarded(options: Partial<StoreGuardOptions> = {}) {
  const clock = new HandClock();
  const world = {
    down: new Set<number>(),
    callMs: 0,
    observed: 0,
    probed: 0,
    error: unavailable as () => Error,
    onWait: undefined as ((waits: number) => void) | undefined,
    waitsFor: undefined as Promise<void> | undefined,
  };
  const settled: StandingChange[] = [];
  const told: (readonly [string, ...(string | number | undefined)[]])[] = [];
  const waits: number[] = [];
  const call = (partition: number): void => {
    clock.ms += world.callMs;
    if (world.down.has(partition)) throw world.error();
  };
  const store: FeatureStore = {
    async observe({ partition }) {
      world.observed++;
      call(partition);
      return snapshots;
    },
    async settle({ partition }, changes) {
      call(partition);
      settled.push(...changes);
    },
    forget: () => Promise.resolve(),
    forgetOffsets: () => Promise.resolve(),
    async probe(_topic, partition) {
      world.probed++;
      call(partition);
    },
    size: () => 0,
    close: () => Promise.resolve(),
  };
  const holds = new HoldBoard(clock, {
    held: (step, { code }, attempt, _waitMs, place?: HoldPlace) =>
      void told.push(['held', step, place?.partition, code, attempt]),
    released: (step, heldMs) => void told.push(['released', step, heldMs]),
  });
  const guard = new StoreGuard(store, {
    holdMs,
    retryInitialMs: 5,
    retryMaxMs,
    clock,
    holds,
    async wait(ms, until) {
      until.throwIfAborted();
      waits.push(ms);
      world.onWait?.(waits.length);
      const aborted = new Promise<never>((_, reject) => {
        until.addEventListener('abort', () => reject(new Error('aborted')));
      });
      if (world.waitsFor !== undefined) await Promise.race([world.waitsFor, aborted]);
      else clock.ms += ms;
    },
    random: () => 1 - Number.EPSILON,
    ...options,
  });
  return { guard, store, world, clock, settled, told, waits, holds };
}

describe('a store that is up', () => {
  it('answers through its guard, which tells nothing', async () => {
    const { guard, told, world } = guarded();
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect({ told, observed: world.observed, isDegraded: guard.isDegraded(batch) }).toEqual({
      told: [],
      observed: 1,
      isDegraded: false,
    });
  });

  it('takes standings, and is told how far the partition is where there are none', async () => {
    const { guard, store, settled } = guarded();
    await guard.settle(position, [change], signal);
    const settle = vi.spyOn(store, 'settle');
    await guard.settle(position, [], signal);
    expect(settle).toHaveBeenCalledExactlyOnceWith(position, []);
    expect(settled).toEqual([change]);
  });
});

describe('a store that fails for a while', () => {
  it('holds the batch until it answers, and tells of each try and of the end', async () => {
    const { guard, world, told, clock, holds } = guarded();
    world.down.add(0);
    world.callMs = 100;
    world.onWait = (waits) => void (waits === 3 && world.down.clear());
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect({ observed: world.observed, isDegraded: guard.isDegraded(batch), holds: holds.current() }).toEqual({
      observed: 4,
      isDegraded: false,
      holds: [],
    });
    expect(told).toEqual([
      ['held', 'store', 0, 'STORE_UNAVAILABLE', 1],
      ['held', 'store', 0, 'STORE_UNAVAILABLE', 2],
      ['held', 'store', 0, 'STORE_UNAVAILABLE', 3],
      ['released', 'store', clock.ms - 5_100],
    ]);
  });

  it('is asked again after waits that grow up to the longest one', async () => {
    const { guard, world, waits } = guarded({ random: () => 0 });
    world.down.add(0);
    world.callMs = 150;
    await guard.observe(batch, signal);
    expect(waits).toEqual([2.5, 5, 10, 20, 20, 20]);
  });

  it('is asked again by each member at another time', async () => {
    const { guard, world, waits } = guarded();
    world.down.add(0);
    world.callMs = 400;
    await guard.observe(batch, signal);
    expect(waits.map(Math.round)).toEqual([5, 10]);
  });
});

describe('a store that fails for longer than a batch is held', () => {
  it('lets the batch pass without history, and says so', async () => {
    const { guard, world, clock, holds } = guarded();
    world.down.add(0);
    world.callMs = holdMs / 4;
    expect(await guard.observe(batch, signal)).toBeNull();
    expect(guard.isDegraded(batch)).toBe(true);
    expect(clock.ms - 5_000).toBeGreaterThanOrEqual(holdMs);
    expect(clock.ms - 5_000).toBeLessThan(holdMs + world.callMs);
    expect(holds.current()).toMatchObject([{ step: 'store', topic, partition: 0, failure: unavailable().failure }]);
  });

  it('is degraded from then on, not before', async () => {
    const { guard, world, clock } = guarded();
    const controller = new AbortController();
    world.waitsFor = new Promise(() => {});
    world.down.add(0);
    const held = guard.observe(batch, controller.signal);
    await turn();
    clock.ms += holdMs - 1;
    expect(guard.isDegraded(batch)).toBe(false);
    clock.ms += 1;
    expect(guard.isDegraded(batch)).toBe(true);
    controller.abort();
    await expect(held).rejects.toThrow('aborted');
  });

  // A try that itself took longer than that let the next batch try at once, so that each batch cost a time-out.
  it.each([0, 60_000])('is tried again at most once in the longest wait, when a try takes %i ms', async (callMs) => {
    const { guard, world, clock } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    world.callMs = callMs;
    world.observed = 0;
    for (let waited = 0; waited <= 2 * retryMaxMs; waited++) {
      for (let count = 0; count < 5; count++) expect(await guard.observe(batch, signal)).toBeNull();
      clock.ms++;
    }
    expect(world.observed).toBe(2);
  });

  it('takes batches again as soon as a try is answered', async () => {
    const { guard, world, clock } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    expect(await guard.observe(batch, signal)).toBeNull();
    world.down.clear();
    world.callMs = 0;
    clock.ms += retryMaxMs;
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect(guard.isDegraded(batch)).toBe(false);
    expect(await guard.observe(batch, signal)).toBe(snapshots);
  });

  it('is held anew in its next outage', async () => {
    const { guard, world, clock } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    world.down.clear();
    clock.ms += retryMaxMs;
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    world.down.add(0);
    world.callMs = holdMs / 2;
    world.observed = 0;
    await guard.observe(batch, signal);
    expect(world.observed).toBe(2);
  });

  it('loses standings without waiting for it, and the batch is settled all the same', async () => {
    const { guard, world, settled } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    world.down.clear();
    await guard.settle({ ...position, offset: 7 }, [change], signal);
    expect({ settled, offset: guard.settledOffset(batch) }).toEqual({ settled: [], offset: 7 });
  });
});

/** A partition whose store fails it for as long as a batch is held. */
async function degraded() {
  const all = guarded();
  all.world.down.add(0);
  all.world.callMs = holdMs;
  expect(await all.guard.observe(batch, signal)).toBeNull();
  all.world.callMs = 0;
  const pass = async (ms: number): Promise<void> => {
    all.clock.ms += ms;
    await vi.advanceTimersByTimeAsync(ms);
  };
  return { ...all, pass };
}

describe('a partition that went on without its store, and has no more batches', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  // Nobody asked any more: the hold was told, and the processor not ready, until somebody's next event.
  it('is held no longer than until its store answers again', async () => {
    const { guard, world, holds, pass } = await degraded();
    for (let waits = 0; waits < 5; waits++) await pass(retryMaxMs);
    expect({ probed: world.probed, holds: holds.current().length }).toEqual({ probed: 5, holds: 1 });
    world.down.clear();
    await pass(retryMaxMs);
    expect({ holds: holds.current(), isDegraded: guard.isDegraded(batch) }).toEqual({ holds: [], isDegraded: false });
    await pass(10 * retryMaxMs);
    expect(world.probed).toBe(6);
  });

  it('is asked for once in the longest wait, whether by itself or by a batch', async () => {
    const { guard, world, pass } = await degraded();
    world.observed = 0;
    for (let waits = 0; waits < 20; waits++) {
      await pass(retryMaxMs / 2);
      await guard.observe(batch, signal);
    }
    expect(world.probed + world.observed).toBeLessThanOrEqual(10);
  });

  it('is not asked for once it is another’s', async () => {
    const { guard, world, pass } = await degraded();
    guard.reassigned();
    await pass(5 * retryMaxMs);
    expect(world.probed).toBe(0);
  });
});

describe('a store that fails one partition and answers another', () => {
  // One clock for all: each answer to another partition began the hold anew, and the batch was held without end.
  it('holds that one for no longer than its own time, however often it answers the other', async () => {
    const { guard, world, clock, told } = guarded();
    world.down.add(0);
    world.onWait = () => {
      clock.ms += 100;
      void guard.observe(batchOf(1), signal);
    };
    expect(await guard.observe(batch, signal)).toBeNull();
    expect(clock.ms - 5_000).toBeLessThan(holdMs + 200);
    expect([guard.isDegraded(batch), guard.isDegraded(batchOf(1))]).toEqual([true, false]);
    expect(told.filter(([what]) => what === 'released')).toEqual([]);
  });

  // The other way round: what was decided of partitions whose store answers stood nowhere.
  it('takes the standings of the other', async () => {
    const { guard, world, settled } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    expect(await guard.observe(batch, signal)).toBeNull();
    await guard.settle({ ...position, partition: 1 }, [change], signal);
    expect(settled).toEqual([change]);
  });

  it('says which one waits, for as long as it does', async () => {
    const { guard, world, holds, clock } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    await guard.observe(batchOf(1), signal);
    expect(holds.current().map(({ partition }) => partition)).toEqual([0]);
    world.down.clear();
    clock.ms += retryMaxMs;
    await guard.observe(batch, signal);
    expect(holds.current()).toEqual([]);
  });

  it('waits for no partition that went elsewhere', async () => {
    const { guard, world, holds } = guarded();
    world.down.add(0);
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    guard.reassigned();
    expect({ holds: holds.current(), isDegraded: guard.isDegraded(batch) }).toEqual({ holds: [], isDegraded: false });
  });
});

describe('how far a partition is settled', () => {
  it('is what the store says, and what this process settled since', async () => {
    const { guard, store } = guarded();
    expect(guard.settledOffset(batch)).toBe(-1);
    store.observe = () => Promise.resolve({ ...snapshots, settledOffset: 9 });
    await guard.observe(batch, signal);
    expect(guard.settledOffset(batch)).toBe(9);
    await guard.settle({ ...position, offset: 12 }, [], signal);
    await guard.observe(batch, signal);
    expect([guard.settledOffset(batch), guard.settledOffset(batchOf(1))]).toEqual([12, -1]);
  });

  it('is not known of a partition that was made anew', async () => {
    const { guard } = guarded();
    await guard.settle({ ...position, offset: 12 }, [], signal);
    await guard.forgetOffsets(topic, 0);
    expect(guard.settledOffset(batch)).toBe(-1);
  });

  it('is not known either where another member has begun with it, of which the store keeps what it has', async () => {
    const { guard, store } = guarded();
    await guard.settle({ ...position, offset: 12 }, [], signal);
    store.forgetOffsets = () => Promise.reject(new Error('It is of the new one.'));
    await guard.forgetOffsets(topic, 0, 'own');
    expect(guard.settledOffset(batch)).toBe(-1);
  });

  it('is not moved by standings that were given up: they come again', async () => {
    const { guard, world } = guarded();
    world.down.add(0);
    world.waitsFor = new Promise(() => {});
    const controller = new AbortController();
    const settling = guard.settle({ ...position, offset: 12 }, [change], controller.signal);
    await turn();
    controller.abort();
    await expect(settling).rejects.toThrow('aborted');
    expect(guard.settledOffset(batch)).toBe(-1);
  });
});

describe('an error of a store that is none of the expected ones', () => {
  it.each<readonly [string, () => Error]>([
    ['a bug', () => new TypeError('x is undefined')],
    ['another failure', () => new FailureError({ code: 'SEND_FAILED', message: 'x.' })],
  ])('passes through: %s', async (_, error) => {
    const { guard, world, told } = guarded();
    world.down.add(0);
    world.error = error;
    await expect(guard.observe(batch, signal)).rejects.toThrow(error().message);
    await expect(guard.settle(position, [change], signal)).rejects.toThrow(error().message);
    expect({ observed: world.observed, told, isDegraded: guard.isDegraded(batch) }).toEqual({
      observed: 1,
      told: [],
      isDegraded: false,
    });
  });
});

describe('the signal to stop', () => {
  it('ends a hold at once: the batch has no fate, and nobody waits any more', async () => {
    const controller = new AbortController();
    const { guard, world, holds } = guarded();
    world.waitsFor = new Promise(() => {});
    world.down.add(0);
    const held = guard.observe(batch, controller.signal);
    await turn();
    expect(holds.current()).toHaveLength(1);
    controller.abort(new Error('shutdown'));
    await expect(held).rejects.toThrow('aborted');
    expect({ observed: world.observed, holds: holds.current() }).toEqual({ observed: 1, holds: [] });
  });

  it('that came before does not wait either, with the timer of the machine', async () => {
    const { guard, world } = guarded({ wait: undefined!, retryInitialMs: 60_000, retryMaxMs: 60_000 });
    world.down.add(0);
    await expect(guard.observe(batch, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

describe('standings that the store does not take', () => {
  // Lost at a moment's failure, a block would stand for ever: its end is a change that nobody would know of.
  it('hold the batch until it does', async () => {
    const { guard, world, settled } = guarded();
    world.down.add(0);
    world.callMs = 100;
    world.onWait = (waits) => void (waits === 3 && world.down.clear());
    await guard.settle(position, [change], signal);
    expect(settled).toEqual([change]);
    expect(guard.isDegraded(batch)).toBe(false);
  });

  it('are lost when it is down for longer than a batch is held', async () => {
    const { guard, world, settled } = guarded();
    world.down.add(0);
    world.callMs = holdMs / 4;
    await guard.settle(position, [change], signal);
    expect({ settled, isDegraded: guard.isDegraded(batch) }).toEqual({ settled: [], isDegraded: true });
  });
});

it.each<[string, Partial<SnapshotBatch>]>([
  ['snapshots of fewer', { values: new Float64Array(0) }],
  ['fates of fewer', { fates: new Uint8Array(0) }],
  ['what stands for fewer', { standings: [] }],
  ['what is settled as no offset', { settledOffset: NaN }],
])('does not take %s from a store for those of a batch', async (_, part) => {
  const { guard, store } = guarded();
  store.observe = () => Promise.resolve({ ...snapshots, ...part });
  await expect(guard.observe(batch, signal)).rejects.toThrow(/each observation|is an offset/);
});
