import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FailureError } from '../../src/domain/failure.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import type { Clock, FeatureStore, Position, SnapshotBatch, StandingChange } from '../../src/ports.ts';
import { StoreGuard, type StoreGuardOptions } from '../../src/store-guard.ts';
import { silentTelemetry } from '../../src/telemetry.ts';

const holdMs = 1_000;
/** Real waits of the guard, so that a test takes milliseconds; all else goes by the hand clock. */
const retryMaxMs = 2;

const position: Position = { topic: 'account-events', partition: 0, offset: 0 };
const batch = emptyObservations('account-events', 0, 1);
const snapshots: SnapshotBatch = {
  values: new Float64Array(0),
  fates: new Uint8Array(0),
  standings: [],
  settledOffset: -1,
  release: () => undefined,
};
const change: StandingChange = {
  keyHigh: 1,
  keyLow: 2,
  standing: { action: 'block', decisionId: `dec_${'0'.repeat(32)}`, sinceMs: 0 },
};

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

/** A guarded store that answers while `isUp`, and takes `callMs` of the hand clock for every call. */
function guarded(options: Partial<StoreGuardOptions> = {}) {
  const clock = new HandClock();
  const world = { isUp: true, callMs: 0, observed: 0, error: unavailable as () => Error };
  const settled: StandingChange[] = [];
  const told: (readonly [string, ...(string | number)[]])[] = [];
  const waits: number[] = [];
  const call = (): void => {
    clock.ms += world.callMs;
    if (!world.isUp) throw world.error();
  };
  const store: FeatureStore = {
    async observe() {
      world.observed++;
      call();
      return snapshots;
    },
    async settle(_position, changes) {
      call();
      settled.push(...changes);
    },
    forgetOffsets: () => Promise.resolve(),
    size: () => 0,
    close: () => Promise.resolve(),
  };
  const guard = new StoreGuard(store, {
    holdMs,
    retryInitialMs: 0.5,
    retryMaxMs,
    clock,
    telemetry: {
      ...silentTelemetry,
      held: (step, { code }, attempt, waitMs) => {
        told.push(['held', step, code, attempt]);
        waits.push(waitMs);
      },
      released: (step, heldMs) => void told.push(['released', step, heldMs]),
    },
    ...options,
  });
  return { guard, store, world, clock, settled, told, waits };
}

const { signal } = new AbortController();

describe('a store that is up', () => {
  it('answers through its guard, which tells nothing', async () => {
    const { guard, told, world } = guarded();
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect({ told, observed: world.observed, isDegraded: guard.isDegraded }).toEqual({
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
  it('holds the batch until it answers', async () => {
    const { guard, world, told, clock } = guarded({
      telemetry: { ...silentTelemetry, held: (_step, _failure, attempt) => (world.isUp = attempt === 3) },
    });
    world.isUp = false;
    world.callMs = 100;
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect({ told, observed: world.observed, ms: clock.ms, isDegraded: guard.isDegraded }).toEqual({
      told: [],
      observed: 4,
      ms: 5_400,
      isDegraded: false,
    });
  });

  it('is told of at each try, and when it is over', async () => {
    const { guard, world, told, clock } = guarded();
    world.isUp = false;
    world.callMs = 600;
    expect(await guard.observe(batch, signal)).toBeNull();
    world.isUp = true;
    world.callMs = 0;
    clock.ms += retryMaxMs;
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect(told).toEqual([
      ['held', 'store', 'STORE_UNAVAILABLE', 1],
      ['held', 'store', 'STORE_UNAVAILABLE', 2],
      ['released', 'store', 1_200 + retryMaxMs],
    ]);
  });

  it('is asked again after waits that grow up to the longest one', async () => {
    const { guard, world, waits } = guarded({ retryInitialMs: 0.25, retryMaxMs: 1 });
    world.isUp = false;
    world.callMs = 150;
    await guard.observe(batch, signal);
    expect(waits.length).toBeGreaterThan(4);
    for (const [attempt, waitMs] of waits.entries()) {
      const longestMs = Math.min(1, 0.25 * 2 ** attempt);
      expect(waitMs).toBeGreaterThanOrEqual(longestMs / 2);
      expect(waitMs).toBeLessThanOrEqual(longestMs);
    }
  });
});

describe('a store that fails for longer than a batch is held', () => {
  it('lets the batch pass without history, and says so', async () => {
    const { guard, world, clock } = guarded();
    world.isUp = false;
    world.callMs = holdMs / 4;
    expect(await guard.observe(batch, signal)).toBeNull();
    expect({ isDegraded: guard.isDegraded, observed: world.observed }).toEqual({ isDegraded: true, observed: 4 });
    expect(clock.ms).toBe(5_000 + holdMs);
  });

  it('is degraded from then on, not before', async () => {
    const { guard, world, clock } = guarded({ retryMaxMs: 60_000, retryInitialMs: 60_000 });
    const controller = new AbortController();
    world.isUp = false;
    const held = guard.observe(batch, controller.signal);
    await turn();
    clock.ms += holdMs - 1;
    expect(guard.isDegraded).toBe(false);
    clock.ms += 1;
    expect(guard.isDegraded).toBe(true);
    controller.abort();
    await expect(held).rejects.toThrow('aborted');
  });

  // A try that itself took longer than that let the next batch try at once, so that each batch cost a time-out.
  it.each([0, 60_000])('is tried again at most once in the longest wait, when a try takes %i ms', async (callMs) => {
    const { guard, world, clock } = guarded();
    world.isUp = false;
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    world.callMs = callMs;
    world.observed = 0;
    for (let waited = 0; waited < 3 * retryMaxMs; waited++) {
      for (let count = 0; count < 5; count++) expect(await guard.observe(batch, signal)).toBeNull();
      clock.ms++;
    }
    expect(world.observed).toBe(2);
  });

  it('takes batches again as soon as a try is answered', async () => {
    const { guard, world, clock } = guarded();
    world.isUp = false;
    world.callMs = holdMs;
    expect(await guard.observe(batch, signal)).toBeNull();
    world.isUp = true;
    world.callMs = 0;
    clock.ms += retryMaxMs;
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    expect(guard.isDegraded).toBe(false);
    expect(await guard.observe(batch, signal)).toBe(snapshots);
  });

  it('is held anew in its next outage', async () => {
    const { guard, world, clock } = guarded();
    world.isUp = false;
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    world.isUp = true;
    clock.ms += retryMaxMs;
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    world.isUp = false;
    world.callMs = holdMs / 2;
    world.observed = 0;
    await guard.observe(batch, signal);
    expect(world.observed).toBe(2);
  });

  it('loses standings without waiting for it', async () => {
    const { guard, world, settled } = guarded();
    world.isUp = false;
    world.callMs = holdMs;
    await guard.observe(batch, signal);
    world.isUp = true;
    await guard.settle(position, [change], signal);
    expect(settled).toEqual([]);
  });
});

describe('an error of a store that is none of the expected ones', () => {
  it.each<readonly [string, () => Error]>([
    ['a bug', () => new TypeError('x is undefined')],
    ['another failure', () => new FailureError({ code: 'SEND_FAILED', message: 'x.' })],
  ])('passes through: %s', async (_, error) => {
    const { guard, world, told } = guarded();
    world.isUp = false;
    world.error = error;
    await expect(guard.observe(batch, signal)).rejects.toThrow(error().message);
    await expect(guard.settle(position, [change], signal)).rejects.toThrow(error().message);
    expect({ observed: world.observed, told, isDegraded: guard.isDegraded }).toEqual({
      observed: 1,
      told: [],
      isDegraded: false,
    });
  });
});

describe('the signal to stop', () => {
  it('ends a hold at once: the batch has no fate', async () => {
    const controller = new AbortController();
    const { guard, world } = guarded({ retryInitialMs: 60_000, retryMaxMs: 60_000 });
    world.isUp = false;
    const held = guard.observe(batch, controller.signal);
    await turn();
    controller.abort(new Error('shutdown'));
    await expect(held).rejects.toThrow('aborted');
    expect(world.observed).toBe(1);
  });

  it('that came before does not wait either', async () => {
    const { guard, world } = guarded({ retryInitialMs: 60_000, retryMaxMs: 60_000 });
    world.isUp = false;
    await expect(guard.observe(batch, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

describe('standings of a batch that had its answer', () => {
  // A moment's failure in another partition made all that was decided meanwhile stand nowhere.
  it('are offered while another batch is held', async () => {
    const { guard, world, settled } = guarded({ retryInitialMs: 60_000, retryMaxMs: 60_000 });
    const controller = new AbortController();
    expect(await guard.observe(batch, signal)).toBe(snapshots);
    world.isUp = false;
    const held = guard.observe(batch, controller.signal);
    await turn();
    world.isUp = true;
    await guard.settle(position, [change], signal);
    expect(settled).toEqual([change]);
    controller.abort();
    await expect(held).rejects.toThrow('aborted');
  });
});

describe('standings that the store does not take', () => {
  // Lost at a moment's failure, a block would stand for ever: its end is a change that nobody would know of.
  it('hold the batch until it does', async () => {
    const { guard, world, settled } = guarded({
      telemetry: { ...silentTelemetry, held: (_step, _failure, attempt) => (world.isUp = attempt === 3) },
    });
    world.isUp = false;
    world.callMs = 100;
    await guard.settle(position, [change], signal);
    expect(settled).toEqual([change]);
    expect(guard.isDegraded).toBe(false);
  });

  it('are lost when it is down for longer than a batch is held', async () => {
    const { guard, world, settled, clock } = guarded();
    world.isUp = false;
    world.callMs = holdMs / 4;
    await guard.settle(position, [change], signal);
    expect({ settled, ms: clock.ms, isDegraded: guard.isDegraded }).toEqual({
      settled: [],
      ms: 5_000 + holdMs,
      isDegraded: true,
    });
  });

  it('are given up at once when the signal says so: their batch comes again', async () => {
    const { guard, world } = guarded({ retryInitialMs: 60_000, retryMaxMs: 60_000 });
    const controller = new AbortController();
    world.isUp = false;
    const settling = guard.settle(position, [change], controller.signal);
    await turn();
    controller.abort();
    await expect(settling).rejects.toThrow('aborted');
  });

  it('do not make an outage begin anew', async () => {
    const { guard, store, world, clock } = guarded({ retryInitialMs: 60_000, retryMaxMs: 60_000 });
    const { promise, reject } = Promise.withResolvers<void>();
    store.settle = () => promise;
    const controller = new AbortController();
    const settling = guard.settle(position, [change], controller.signal);
    world.isUp = false;
    const held = guard.observe(batch, controller.signal);
    await turn();
    clock.ms += holdMs - 1;
    reject(unavailable());
    await turn();
    clock.ms += 1;
    expect(guard.isDegraded).toBe(true);
    controller.abort();
    await expect(settling).rejects.toThrow('aborted');
    await expect(held).rejects.toThrow('aborted');
  });
});
