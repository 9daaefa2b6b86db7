import { expect, it, vi } from 'vitest';
import type { FeatureStore } from '../../../src/ports.ts';
import type { StoreGuard, StoreGuardOptions } from '../../../src/store-guard.ts';
import { firstViolation, seedsToFindItIn } from '../seeds.ts';

/**
 * One clock for the outages of all partitions, as it was: each success anywhere began it anew, so that a partition whose store kept
 * failing was held for ever, and while one was down the settling of others was dropped.
 */
vi.mock(import('../../../src/store-guard.ts'), async (importOriginal) => {
  const original = await importOriginal();
  /** Tells the guard that all partitions are one, and the store which it is. */
  class SharedClockGuard extends original.StoreGuard {
    readonly #partitions: WeakMap<object, number>;
    readonly #settled = new Map<number, number>();

    constructor(store: FeatureStore, options: StoreGuardOptions) {
      const partitions = new WeakMap<object, number>();
      const actual = <T extends object>(asked: T): T => ({ ...asked, partition: partitions.get(asked)! });
      super(
        {
          observe: (batch) => store.observe(actual(batch)),
          settle: (position, changes) => store.settle(actual(position), changes),
          forgetOffsets: (...what) => store.forgetOffsets(...what),
          forget: (account) => store.forget(account),
          probe: (topic) => store.probe(topic, 0),
          size: () => store.size(),
          close: () => store.close(),
        },
        options,
      );
      this.#partitions = partitions;
    }

    override async observe(...[batch, signal]: Parameters<StoreGuard['observe']>): ReturnType<StoreGuard['observe']> {
      const snapshots = await super.observe(this.#asOne(batch), signal);
      if (snapshots !== null) this.#settled.set(batch.partition, snapshots.settledOffset);
      return snapshots;
    }

    override async settle(...[position, changes, signal]: Parameters<StoreGuard['settle']>): Promise<void> {
      await super.settle(this.#asOne(position), changes, signal);
      this.#settled.set(position.partition, position.offset);
    }

    override settledOffset({ partition }: { readonly topic: string; readonly partition: number }): number {
      return this.#settled.get(partition) ?? -1;
    }

    override async forgetOffsets(...what: Parameters<typeof StoreGuard.prototype.forgetOffsets>): Promise<void> {
      this.#settled.delete(what[1]);
      await super.forgetOffsets(...what);
    }

    #asOne<T extends { readonly partition: number }>(asked: T): T {
      const one = { ...asked, partition: 0 };
      this.#partitions.set(one, asked.partition);
      return one;
    }
  }
  return { ...original, StoreGuard: SharedClockGuard };
});

it.each([
  ['is held for longer than its own time', /is held for \d+ ms/],
  ['goes on without its store before its time is over', /went on without its store/],
])('the simulation finds an outage clock that partitions share, since a partition %s', async (_, symptom) => {
  expect(await firstViolation(seedsToFindItIn, symptom)).toBeDefined();
});
