import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { HoldBoard } from '../../../src/holds.ts';
import { snapshotColumn } from '../../../src/features/state.ts';
import type { SnapshotBatch } from '../../../src/ports.ts';
import { StoreGuard } from '../../../src/store-guard.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { valkeyOffer } from './offer.ts';
import { openStore } from './support.ts';

// With its log on, a server that is started again has its data again.
const offer = valkeyOffer({ settings: ['appendonly yes', 'appendfsync always'] });
beforeAll(offer.start);
afterAll(offer.stop);

const accountEvents = snapshotColumn('account', 'events', '24h');
/** Milliseconds of a hold that an outage outlasts, and of one that it does not, however long a server takes to come back. */
const [shortHoldMs, longHoldMs] = [1_500, 120_000] as const;
const partition = { topic: 'account-events', partition: 0 };

/** A store behind its guard, with what the guard tells, and an account whose events come one by one. */
function guarded(nodes: readonly string[], holdMs: number) {
  const told: string[] = [];
  const store = openStore(nodes, { timeoutMs: 300 });
  const guard = new StoreGuard(store, {
    holdMs,
    retryInitialMs: 20,
    retryMaxMs: 100,
    clock: systemClock,
    holds: new HoldBoard(systemClock, {
      held: (_step, failure) => void told.push(failure.code),
      released: () => void told.push('released'),
    }),
  });
  let offset = 0;
  const observe = (): Promise<SnapshotBatch | null> => {
    const event = { offset, timeMs: startMs + offset * 1_000, id: 1 + offset, account: 1, device: 2, element: 3 };
    offset++;
    return guard.observe(observationsOf([event]), new AbortController().signal);
  };
  return { store, guard, told, observe };
}

type Guarded = ReturnType<typeof guarded>;

/** Lets events come until one is answered; what came before passed without history. */
async function untilAnswered({ observe }: Guarded): Promise<SnapshotBatch> {
  for (;;) {
    const answer = await observe();
    if (answer !== null) return answer;
  }
}

describe('an outage that ends while the batch is held', () => {
  it.for(['pause', 'stop', 'kill'] as const)('costs it nothing: %s', async (way, context) => {
    const { nodes } = offer.require(context);
    const control = offer.requireControl(context);
    const world = guarded(nodes, longHoldMs);
    expect((await world.observe())?.values[accountEvents]).toBe(1);
    await control[way]();
    const held = world.observe();
    await expect.poll(() => world.told.length).toBeGreaterThan(1);
    await (way === 'pause' ? control.resume() : control.restart());
    expect((await held)?.values[accountEvents]).toBe(2);
    expect(new Set(world.told)).toEqual(new Set(['STORE_UNAVAILABLE', 'released']));
    await world.store.close();
  });
});

describe('an outage that outlasts the hold', () => {
  it.for(['pause', 'stop'] as const)(
    'lets batches pass without history, until it is over: %s',
    async (way, context) => {
      const { nodes } = offer.require(context);
      const control = offer.requireControl(context);
      const world = guarded(nodes, shortHoldMs);
      await world.observe();
      await control[way]();
      expect(await world.observe()).toBeNull();
      expect(world.guard.isDegraded(partition)).toBe(true);
      expect(await world.observe()).toBeNull();
      await (way === 'pause' ? control.resume() : control.restart());
      const answer = await untilAnswered(world);
      expect(world.guard.isDegraded(partition)).toBe(false);
      // The first one counts, the answered one counts, and of those in between each at most once.
      expect(answer.values[accountEvents]).toBeGreaterThanOrEqual(2);
      const [before, after] = [answer.values[accountEvents]!, (await world.observe())?.values[accountEvents]];
      expect(after).toBe(before + 1);
      await world.store.close();
    },
  );
});

it('is not there yet when the processor starts: the first batch is held, then answered', async (context) => {
  const { nodes } = offer.require(context);
  const control = offer.requireControl(context);
  await control.stop();
  const world = guarded(nodes, longHoldMs);
  const held = world.observe();
  await expect.poll(() => world.told.length).toBeGreaterThan(1);
  await control.restart();
  expect((await held)?.values[accountEvents]).toBe(1);
  await world.store.close();
});
