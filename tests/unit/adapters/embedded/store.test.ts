import { describe, expect, it } from 'vitest';
import { ranks } from '../../../../src/adapters/embedded/retention.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import { limits } from '../../../../src/domain/limits.ts';
import type { Standing } from '../../../../src/domain/standing.ts';
import {
  earliestMs,
  entityKinds,
  recentEventsMax,
  snapshotColumn,
  snapshotColumnCount,
  spanColumn,
} from '../../../../src/features/state.ts';
import { observationFates } from '../../../../src/ports.ts';
import { Random } from '../../../../src/simulation/random.ts';
import type { HistoryReading } from '../../../../src/telemetry.ts';
import { memoryBytesOf } from '../../../property/adapters/embedded/histories.ts';
import { observationsOf, startMs, type PlainEvent } from '../../../contract/feature-store-contract.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Of a store that has room for some twenty accounts. */
const fewBytes = memoryBytesOf(20_000);

const accountEvents7d = snapshotColumn('account', 'events', '7d');
const accountAge = spanColumn('account', 'age_s');
const deviceAge = spanColumn('device', 'age_s');

/** A store that is told one event a call; offsets and ids count up. */
class Told {
  readonly store: EmbeddedFeatureStore;
  #next = 1;

  constructor(memoryBytesMax = 16 * 1024 * 1024) {
    this.store = new EmbeddedFeatureStore({ memoryBytesMax });
  }

  async event(event: Omit<PlainEvent, 'offset' | 'id'> & { readonly id?: number }) {
    const offset = this.#next++;
    const { values, fates, standings } = await this.store.observe(observationsOf([{ id: offset, ...event, offset }]));
    return { values, fate: observationFates[fates[0]!]!, standing: standings[0] };
  }

  async events(events: readonly Omit<PlainEvent, 'offset' | 'id'>[]): Promise<void> {
    for (const event of events) await this.event(event);
  }

  async settle(account: number, standing: Standing): Promise<void> {
    await this.store.settle({ topic: 'account-events', partition: 0, offset: this.#next - 1 }, [
      { keyHigh: account * 7919, keyLow: account, standing },
    ]);
  }
}

const blocked: Standing = { action: 'block', decisionId: `dec_${'00ff10fe'.repeat(4)}`, sinceMs: startMs };

function accounts(from: number, to: number): Omit<PlainEvent, 'offset' | 'id'>[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    return { account: from + index, timeMs: startMs + (from + index) * minuteMs };
  });
}

describe('the bound of the embedded store', () => {
  it('leaves room for what one event adds', () => {
    expect(() => new EmbeddedFeatureStore({ memoryBytesMax: 200_000 })).toThrow(/there is memory for entities/);
  });

  it('is taken by nobody of whom an event leaves nothing that is read', async () => {
    const told = new Told();
    const after = async (event: Partial<PlainEvent>): Promise<number> => {
      await told.event({ account: 1, timeMs: startMs, ...event });
      return told.store.size();
    };
    expect(await after({ target: 5, adds: 0 })).toBe(1);
    expect(await after({ target: 5 })).toBe(2);
    expect(await after({ target: 6, adds: 0, element: 9 })).toBe(3);
    // When it was seen first is read.
    expect(await after({ device: 5, adds: 0 })).toBe(4);
  });

  // Entities were counted once, and not their bytes: with all of its counters in use an account takes fifteen times as much.
  it('is of bytes that are allocated, and holds whatever comes, kind after kind', async () => {
    const memoryBytesMax = 2 * 1024 * 1024;
    const store = new EmbeddedFeatureStore({ memoryBytesMax });
    const random = new Random(11);
    let offset = 0;
    let newest = 0;
    let allocatedMax = 0;
    const floods = [
      // Accounts with all of their counters in use; then one kind after the other; then many elements for few entities.
      () => ({ account: ++newest, element: random.uint32() }),
      () => ({ account: 1, target: ++newest, element: random.uint32() }),
      () => ({ account: 1, cohort: ++newest, device: newest }),
      () => ({ account: 1 + (++newest % 50), device: 1 + (newest % 200), ip: newest % 90, element: random.uint32() }),
      () => ({ account: ++newest, device: newest, ip: newest, target: newest, element: random.uint32(), joins: true }),
    ];
    for (const [kind, flood] of floods.entries()) {
      for (let batch = 0; batch < 25; batch++) {
        const events = Array.from({ length: 200 }, () => {
          return { ...flood(), offset, id: ++offset, timeMs: startMs + kind * dayMs + offset * 1_000 };
        });
        (await store.observe(observationsOf(events))).release();
        const { bytes } = store.reading();
        allocatedMax = Math.max(allocatedMax, bytes);
        expect(bytes).toBeLessThanOrEqual(memoryBytesMax);
      }
    }
    expect(allocatedMax).toBeGreaterThan(0.8 * memoryBytesMax);
  });

  it('makes what was seen once go first, the one seen longest ago before the others', async () => {
    const told = new Told(fewBytes);
    await told.event({ account: 1, timeMs: startMs });
    await told.event({ account: 1, timeMs: startMs });
    await told.events(accounts(2, 60));
    const { values } = await told.event({ account: 1, timeMs: startMs + hourMs });
    expect(values[accountEvents7d]).toBe(3);
    expect((await told.event({ account: 60, timeMs: startMs + hourMs })).values[accountEvents7d]).toBe(2);
    expect((await told.event({ account: 2, timeMs: startMs + hourMs })).values[accountEvents7d]).toBe(1);
  });

  it('tells what went, by kind and rank, and the age of what goes next', async () => {
    const told = new Told(fewBytes);
    const account = (): HistoryReading['kinds'][number] => told.store.reading().kinds[entityKinds.indexOf('account')]!;
    expect(account().nextAgeMs).toBeNaN();
    await told.event({ account: 1, timeMs: startMs });
    await told.event({ account: 2, timeMs: startMs + hourMs });
    expect(account()).toMatchObject({ nextAgeMs: hourMs, evictions: ranks.map((rank) => ({ rank, count: 0 })) });
    await told.events(accounts(3, 102).map((event) => ({ ...event, timeMs: startMs + 2 * hourMs })));
    const { evictions, bytes } = account();
    const went = evictions.find(({ rank }) => rank === 'once')!.count;
    expect(evictions.reduce((sum, { count }) => sum + count, 0)).toBe(went);
    expect(went).toBe(102 - told.store.size());
    expect(account().nextAgeMs).toBe(0);
    expect(bytes).toBeGreaterThan(0);
    expect(told.store.reading().bytesMax).toBe(fewBytes);
  });

  it('forgets all of an entity that goes: counts, spans, elements, event ids and what stood', async () => {
    const told = new Told(fewBytes);
    await told.event({ id: 777, account: 1, device: 1, element: 5, timeMs: startMs, attempts: true });
    await told.settle(1, blocked);
    // Others take its place, and then it comes back: each is as new as on its first day.
    const laterMs = startMs + 4 * hourMs;
    for (const account of [...Array.from({ length: 100 }, (_, index) => index + 2), 1]) {
      const { values, fate, standing } = await told.event({ id: 777, account, device: account, timeMs: laterMs });
      expect({ fate, standing }).toEqual({ fate: 'applied', standing: undefined });
      expect(values[accountEvents7d]).toBe(1);
      expect([values[accountAge], values[deviceAge]]).toEqual([0, 0]);
      expect(values[spanColumn('account', 'idle_s')]).toBeNaN();
      expect(values[spanColumn('account', 'gap_mean_s')]).toBeNaN();
      expect(values[spanColumn('account', 'gap_variation')]).toBeNaN();
      expect(values[snapshotColumn('device', 'accounts', '7d')]).toBe(0);
    }
  });

  it('does not matter to an entity that stays', async () => {
    const told = new Told(fewBytes);
    await told.event({ account: 1, timeMs: startMs });
    await told.settle(1, blocked);
    for (const event of accounts(2, 80)) {
      await told.event(event);
      await told.event({ account: 1, timeMs: event.timeMs });
    }
    const { values, standing } = await told.event({ account: 1, timeMs: startMs + 80 * minuteMs });
    expect(standing).toEqual(blocked);
    expect(values[accountEvents7d]).toBe(81);
  });
});

describe('what stands for an account in the embedded store', () => {
  it('survives growth', async () => {
    const told = new Told();
    await told.event({ account: 1, timeMs: startMs });
    await told.settle(1, blocked);
    await told.events(accounts(2, 600));
    expect((await told.event({ account: 1, timeMs: startMs })).standing).toEqual(blocked);
  });

  it.each(['allow', 'challenge', 'review', 'block'] as const)('is kept as it was given: %s', async (action) => {
    const told = new Told();
    await told.event({ account: 1, timeMs: startMs });
    const standing = { action, decisionId: `dec_${'0123456789abcdef'.repeat(2)}`, sinceMs: startMs + 0.5 };
    await told.settle(1, standing);
    expect((await told.event({ account: 1, timeMs: startMs })).standing).toEqual(standing);
  });

  it('is let go for an account that the store does not hold', async () => {
    const told = new Told();
    await told.settle(1, blocked);
    expect((await told.event({ account: 1, timeMs: startMs })).standing).toBeUndefined();
    expect(told.store.size()).toBe(1);
  });
});

describe('an event out of its time in the embedded store', () => {
  it.each([
    ['7 days', limits.eventBehindMsMax, 'outside', 0],
    ['a millisecond less', limits.eventBehindMsMax - 1, 'applied', 1],
  ])('that is %s behind counts only within the bounds', async (_, behindMs, fateThen, counted) => {
    const told = new Told();
    await told.event({ account: 1, device: 1, element: 3, timeMs: startMs });
    const { values, fate } = await told.event({ account: 2, device: 1, element: 4, timeMs: startMs - behindMs });
    expect(fate).toBe(fateThen);
    expect(values[accountEvents7d]).toBe(counted);
    expect(values[snapshotColumn('device', 'accounts', '7d')]).toBe(counted);
  });

  it('counts nowhere before windows begin, though it be the first', async () => {
    const told = new Told();
    const { values } = await told.event({ account: 1, device: 1, element: 3, timeMs: earliestMs - 1 });
    expect([values[accountEvents7d], values[snapshotColumn('device', 'accounts', '7d')]]).toEqual([0, 0]);
    const next = await told.event({ account: 1, device: 1, element: 3, timeMs: earliestMs });
    expect([next.values[accountEvents7d], next.values[snapshotColumn('device', 'accounts', '7d')]]).toEqual([1, 1]);
  });

  // Spans used to take every time: one event dated long ago made its account, its address and the platform old for good.
  it('moves neither the windows nor the age of what it touches', async () => {
    const told = new Told();
    await told.event({ account: 1, timeMs: startMs });
    await told.event({ account: 1, timeMs: startMs - 30 * dayMs });
    const { values } = await told.event({ account: 1, timeMs: startMs + minuteMs });
    expect(values[accountEvents7d]).toBe(2);
    expect(values[spanColumn('account', 'idle_s')]).toBe(60);
    expect(values[accountAge]).toBe(60);
  });

  it.each([
    ['the epoch', 0],
    ['an hour before the epoch', -hourMs],
    ['the year 1', Date.UTC(2001, 0, 1) - 730_485 * dayMs],
    ['just before windows begin', earliestMs - 1],
  ])('that is of %s counts nowhere, and disturbs nobody', async (_, timeMs) => {
    const told = new Told();
    for (const account of [1, 3]) await told.event({ account, device: account, element: 7, timeMs: startMs });
    const { values } = await told.event({ account: 2, device: 2, element: 9, timeMs });
    const counts = [
      accountEvents7d,
      snapshotColumn('device', 'accounts', '7d'),
      snapshotColumn('account', 'requests', '1h'),
    ];
    expect(counts.map((column) => values[column])).toEqual([0, 0, 0]);
    for (const account of [1, 3]) {
      const after = await told.event({ account, device: account, element: 7, timeMs: startMs });
      expect(after.values[accountEvents7d]).toBe(2);
      expect(after.values[snapshotColumn('device', 'accounts', '7d')]).toBe(1);
    }
  });
});

describe('an event that is sent again to the embedded store', () => {
  it.each([
    ['known', 'duplicate', recentEventsMax - 1, 1],
    // The documented bound: an account remembers its last ids, and no more.
    ['taken for a new one', 'applied', recentEventsMax, 2],
  ])('is %s (%s) after %i other events of its account', async (_, fate, others, counted) => {
    const told = new Told();
    const device = { account: 1, device: 1, timeMs: startMs };
    await told.event({ ...device, id: 1_000_000 });
    for (let index = 0; index < others; index++) await told.event({ account: 1, timeMs: startMs });
    const again = await told.event({ ...device, id: 1_000_000 });
    expect(again.fate).toBe(fate);
    expect(again.values[snapshotColumn('device', 'signups', '1h')]).toBe(counted);
  });

  it('does not move spans', async () => {
    const told = new Told();
    await told.event({ account: 1, id: 5, timeMs: startMs });
    await told.event({ account: 1, id: 5, timeMs: startMs + hourMs });
    const { values } = await told.event({ account: 1, id: 6, timeMs: startMs + 2 * hourMs });
    expect(values[spanColumn('account', 'idle_s')]).toBe(7200);
  });
});

describe('a batch for the embedded store', () => {
  it('may be empty', async () => {
    const { store } = new Told();
    const { values, fates, standings } = await store.observe(observationsOf([]));
    expect([values.length, fates.length, standings.length]).toEqual([0, 0, 0]);
  });

  it('gives each event a row of its own, and the standing from before the batch', async () => {
    const told = new Told();
    await told.event({ account: 2, timeMs: startMs });
    await told.settle(2, blocked);
    const batch = observationsOf([
      { offset: 10, id: 10, account: 1, timeMs: startMs },
      { offset: 11, id: 11, account: 2, timeMs: startMs },
    ]);
    const { values, standings } = await told.store.observe(batch);
    expect(standings).toEqual([undefined, blocked]);
    expect([values[accountEvents7d], values[snapshotColumnCount + accountEvents7d]]).toEqual([1, 2]);
  });
});

describe('how far the embedded store has come', () => {
  const event = { timeMs: startMs, account: 1 };

  it('is, before a batch is settled, no further than before the first that came', async () => {
    const { store } = new Told();
    expect(store.coveredOffsets()).toEqual([]);
    await store.observe(observationsOf([{ ...event, offset: 7, id: 1 }]));
    expect(store.coveredOffsets()).toEqual([{ topic: 'account-events', partition: 0, offset: 6 }]);
    await store.observe(observationsOf([{ ...event, offset: 8, id: 2 }]));
    expect(store.coveredOffsets()).toMatchObject([{ offset: 6 }]);
    await store.settle({ topic: 'account-events', partition: 0, offset: 7 }, []);
    expect(store.coveredOffsets()).toEqual([{ topic: 'account-events', partition: 0, offset: 7 }]);
  });

  it('never goes back', async () => {
    const { store } = new Told();
    for (const offset of [7, 3]) await store.settle({ topic: 'account-events', partition: 0, offset }, []);
    expect(store.coveredOffsets()).toMatchObject([{ offset: 7 }]);
  });

  it('is forgotten of a partition that was made anew, whose events then count', async () => {
    const { store } = new Told();
    await store.observe(observationsOf([{ ...event, offset: 7, id: 1 }]));
    await store.settle({ topic: 'account-events', partition: 0, offset: 7 }, []);
    await store.forgetOffsets('account-events', 0);
    expect(store.coveredOffsets()).toEqual([]);
    const { fates } = await store.observe(observationsOf([{ ...event, offset: 0, id: 2 }]));
    expect(observationFates[fates[0]!]).toBe('applied');
  });

  it('is not moved by reading again, nor are entities added by it', async () => {
    const told = new Told(fewBytes);
    await told.event({ account: 1, timeMs: startMs });
    await told.events(accounts(2, 100));
    const { values, fates, standings } = await told.store.observe(
      observationsOf([{ offset: 1, id: 1, account: 1, device: 1, timeMs: startMs }]),
    );
    expect([observationFates[fates[0]!], standings[0]]).toEqual(['replayed', undefined]);
    expect([values[accountEvents7d], values[accountAge], values[deviceAge]]).toEqual([0, NaN, NaN]);
    expect((await told.event({ account: 100, timeMs: startMs })).values[accountEvents7d]).toBe(2);
  });
});
