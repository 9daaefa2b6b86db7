import type { Standing } from '../../src/domain/standing.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgementEpochMs } from '../../src/history/judgement.ts';
import { emptyObservations, labelCodes, type ObservationBatch } from '../../src/features/observation.ts';
import {
  allowedLatenessMs,
  distinctExactMax,
  earliestMs,
  elementCount,
  entityKinds,
  gapEntropyColumn,
  kindLayouts,
  labelColumn,
  measureColumn,
  recentEventsMax,
  measureCount,
  snapshotColumn,
  snapshotColumnCount,
  spanBit,
  spanColumn,
  windows,
  youngAgeMsMax,
} from '../../src/features/state.ts';
import { latestMs } from '../../src/history/time-bounds.ts';
import { observationFates, type FeatureStore, type SnapshotBatch } from '../../src/ports.ts';
import { Random } from '../../src/simulation/random.ts';
import { PlainHistory } from './plain-history.ts';

/** One event, as small as a test needs it. Entities are numbers from 1; 0 or absent: not touched. */
export interface PlainEvent {
  readonly offset: number;
  readonly timeMs: number;
  readonly id: number;
  readonly account: number;
  readonly device?: number;
  readonly ip?: number;
  readonly target?: number;
  readonly cohort?: number;
  /** Value for every measure of the touched kinds. */
  readonly value?: number;
  /** As in `ObservationBatch`. */
  readonly label?: number;
  readonly joins?: boolean;
  readonly attempts?: boolean;
  /** The account asks to be forgotten. */
  readonly erases?: boolean;
  readonly adds?: number;
  /** Shown to every distinct counter of the touched kinds. */
  readonly element?: number;
}

export const startMs = Date.UTC(2026, 9, 5, 12);
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Later than any event of a random history that is within bounds. */
const batchLatestMs = startMs + 4 * dayMs;

/** High half of the key of an entity; the low half is its number. */
export function keyHighOf(entity: number): number {
  return entity * 7919;
}

/** Lays events out as a store gets them. */
export function observationsOf(
  events: readonly PlainEvent[],
  partition = 0,
  bounds: Parameters<typeof emptyObservations>[3] = {},
): ObservationBatch {
  const batch = emptyObservations('account-events', partition, events.length, bounds);
  for (const [row, event] of events.entries()) {
    batch.offsets[row] = event.offset;
    batch.timesMs[row] = event.timeMs;
    batch.eventKeys[row] = event.id;
    batch.labels[row] = event.label ?? labelCodes.none;
    batch.attempts[row] = event.attempts === true ? 1 : 0;
    batch.joins[row] = event.joins === true ? 1 : 0;
    batch.erases[row] = event.erases === true ? 1 : 0;
    batch.measures.fill(event.cohort ? (event.value ?? NaN) : NaN, row * measureCount, (row + 1) * measureCount);
    for (const kind of ['account', 'device', 'ip', 'target', 'cohort'] as const) {
      const entity = event[kind] ?? 0;
      if (entity === 0) continue;
      const at = row * entityKinds.length + entityKinds.indexOf(kind);
      batch.keys.set([keyHighOf(entity), entity], at * 2);
      batch.adds[at] = (event.adds ?? 1) | spanBit;
      for (const { elementIndex } of kindLayouts[entityKinds.indexOf(kind)]!.distincts)
        batch.elements[row * elementCount + elementIndex] = event.element ?? 0;
    }
  }
  return batch;
}

function fatesOf(fates: Uint8Array): string[] {
  return Array.from(fates, (fate) => observationFates[fate]!);
}

/** Takes a batch as the path does: to its end, so that a store that waits for whole batches does not wait for this one. */
async function take(store: FeatureStore, batch: ObservationBatch): Promise<SnapshotBatch> {
  const snapshots = await store.observe(batch);
  const { topic, partition } = batch;
  await store.settle({ topic, partition, offset: batch.offsets[batch.count - 1]! }, []);
  return snapshots;
}

/** A batch up to this record was delivered. */
function deliver(store: FeatureStore, offset: number, partition = 0): Promise<void> {
  return store.settle({ topic: 'account-events', partition, offset }, []);
}

/**
 * What every feature store must do. `create` gives an empty store that holds at least 10,000 entities.
 * @param remembersAll an entity of which nothing is read yet, too: what comes late for that one is late
 */
export function featureStoreContract(name: string, create: () => Promise<FeatureStore>, remembersAll = false): void {
  describe(`the feature store contract, kept by ${name}`, () => {
    const accountEvents = snapshotColumn('account', 'events', '1h');
    const deviceAccounts = snapshotColumn('device', 'accounts', '24h');

    it('lets an event see itself', async () => {
      const store = await create();
      const { values, fates } = await store.observe(
        observationsOf([{ offset: 0, timeMs: startMs, id: 1, account: 1 }]),
      );
      expect(values[accountEvents]).toBe(1);
      expect(values[spanColumn('account', 'age_s')]).toBe(0);
      expect(values[spanColumn('account', 'idle_s')]).toBeNaN();
      expect(fatesOf(fates)).toEqual(['applied']);
      await store.close();
    });

    it('leaves what an event does not touch unknown', async () => {
      const store = await create();
      const { values } = await store.observe(observationsOf([{ offset: 0, timeMs: startMs, id: 1, account: 1 }]));
      expect(values[deviceAccounts]).toBeNaN();
      await store.close();
    });

    it('applies a batch in order', async () => {
      const store = await create();
      const { values } = await store.observe(
        observationsOf([1, 2, 3].map((id) => ({ offset: id, timeMs: startMs + id, id, account: 1 }))),
      );
      expect([0, 1, 2].map((row) => values[row * snapshotColumnCount + accountEvents])).toEqual([1, 2, 3]);
      await store.close();
    });

    it('reads what is at or below the watermark, and does not add it', async () => {
      const store = await create();
      const batch = observationsOf([{ offset: 5, timeMs: startMs, id: 1, account: 1, device: 1, element: 9 }]);
      const first = await store.observe(batch);
      const second = await store.observe(batch);
      expect(fatesOf(second.fates)).toEqual(['replayed']);
      expect(second.values[accountEvents]).toBe(first.values[accountEvents]);
      expect(second.values[deviceAccounts]).toBe(1);
      await store.close();
    });

    it('keeps a watermark for each partition', async () => {
      const store = await create();
      await store.observe(observationsOf([{ offset: 5, timeMs: startMs, id: 1, account: 1 }], 0));
      const { fates } = await store.observe(observationsOf([{ offset: 5, timeMs: startMs, id: 2, account: 2 }], 1));
      expect(fatesOf(fates)).toEqual(['applied']);
      await store.close();
    });

    it('knows an event that was sent twice', async () => {
      const store = await create();
      const { values, fates } = await store.observe(
        observationsOf([
          { offset: 0, timeMs: startMs, id: 77, account: 1 },
          { offset: 1, timeMs: startMs, id: 77, account: 1 },
          { offset: 2, timeMs: startMs, id: 77, account: 2 },
        ]),
      );
      expect(fatesOf(fates)).toEqual(['applied', 'duplicate', 'applied']);
      expect(values[snapshotColumnCount + accountEvents]).toBe(1);
      await store.close();
    });

    it('reads a late event as of its own time', async () => {
      const store = await create();
      await store.observe(
        observationsOf([{ offset: 0, timeMs: startMs + 14 * minuteMs, id: 1, account: 1, ip: 1, element: 4 }]),
      );
      const late = await store.observe(
        observationsOf([{ offset: 0, timeMs: startMs, id: 2, account: 2, ip: 1, element: 5 }], 1),
      );
      expect(late.values[snapshotColumn('ip', 'signups', '10m')]).toBe(1);
      expect(late.values[snapshotColumn('ip', 'accounts', '1h')]).toBe(1);
      const after = await store.observe(
        observationsOf([{ offset: 1, timeMs: startMs + 15 * minuteMs, id: 3, account: 1, ip: 1, element: 4 }]),
      );
      expect(after.values[snapshotColumn('ip', 'signups', '1h')]).toBe(3);
      await store.close();
    });

    it('keeps what stands for an account, for the next batch', async () => {
      const store = await create();
      const event = { timeMs: startMs, account: 1 };
      const first = await store.observe(observationsOf([{ ...event, offset: 0, id: 1 }]));
      const standing = {
        action: 'review',
        decisionId: `dec_${'0123456789abcdef'.repeat(2)}`,
        sinceMs: startMs,
      } as const;
      await store.settle({ topic: 'account-events', partition: 0, offset: 0 }, [
        { keyHigh: 7919, keyLow: 1, standing },
      ]);
      const second = await store.observe(observationsOf([{ ...event, offset: 1, id: 2 }]));
      expect(first.standings).toEqual([undefined]);
      expect(second.standings).toEqual([standing]);
      await store.close();
    });

    it.for([
      ['until a time', { action: 'review' }],
      ['for ever', { action: 'block', lasts: true }],
    ] as const)(
      'keeps what stands alone for an account that it does not know, %s, and has it when that comes',
      async ([, action]) => {
        const store = await create();
        const standing: Standing = { ...action, decisionId: `dec_${'0f'.repeat(16)}`, sinceMs: startMs };
        const change = { keyHigh: keyHighOf(1), keyLow: 1, standing };
        const event = { timeMs: startMs, account: 1 };
        // So often that a store that logs what is settled makes a state of it.
        for (let offset = 0; offset < 30; offset++) {
          const settled: Standing = { ...standing, sinceMs: startMs - 29 + offset };
          const position = { topic: 'account-decisions', partition: 0, offset };
          await store.settle(position, [{ ...change, standing: settled, standsAlone: true }]);
          const looked = await store.observe(observationsOf([{ ...event, timeMs: NaN, offset: 0, id: 0 }], 1));
          expect(looked.standings).toEqual([settled]);
        }
        const first = await take(store, observationsOf([{ ...event, offset: 1, id: 1 }]));
        expect([fatesOf(first.fates), first.standings, first.values[accountEvents]]).toEqual([
          ['applied'],
          [standing],
          1,
        ]);
        const next = await take(store, observationsOf([{ ...event, timeMs: startMs + 60_000, offset: 2, id: 2 }]));
        expect([next.standings, next.values[accountEvents]]).toEqual([[standing], 2]);
        await store.forget({ keyHigh: keyHighOf(1), keyLow: 1, targetHigh: 0, targetLow: 0 });
        expect((await store.observe(observationsOf([{ ...event, offset: 3, id: 3 }]))).standings).toEqual([undefined]);
        await store.close();
      },
    );

    it('knows nothing of what stood for an account that was forgotten meanwhile', async () => {
      const store = await create();
      const standing = { action: 'review', decisionId: `dec_${'0f'.repeat(16)}`, sinceMs: startMs } as const;
      await store.settle({ topic: 'account-events', partition: 0, offset: 0 }, [
        { keyHigh: keyHighOf(1), keyLow: 1, standing },
      ]);
      const later = observationsOf([{ timeMs: startMs, account: 1, offset: 1, id: 1 }]);
      expect((await store.observe(later)).standings).toEqual([undefined]);
      await store.close();
    });

    it('keeps what a person said with what stands, and lets nothing replace it that was decided before', async () => {
      const store = await create();
      const event = { timeMs: startMs, account: 1 };
      const settle = (offset: number, standing: Standing): Promise<void> =>
        store.settle({ topic: 'account-events', partition: 0, offset }, [
          { keyHigh: keyHighOf(1), keyLow: 1, standing },
        ]);
      const word = { saidMs: startMs, holds: 'allow', protectedUntilMs: startMs + 30 * dayMs } as const;
      const decided = { decisionId: `dec_${'0f'.repeat(16)}`, sinceMs: startMs };
      const lifted: Standing = { ...decided, action: 'allow', word };
      const blocked: Standing = { ...decided, action: 'block', lasts: true };
      const again: Standing = { ...blocked, word: { saidMs: startMs + 1, holds: 'block', protectedUntilMs: 0 } };
      const stands: (Standing | undefined)[] = [];
      for (const [offset, standing] of [lifted, blocked, again, lifted, null].entries()) {
        const { standings } = await store.observe(observationsOf([{ ...event, offset, id: offset + 1 }]));
        stands.push(standings[0]);
        if (standing !== null) await settle(offset, standing);
      }
      expect(stands).toEqual([undefined, lifted, lifted, again, again]);
      await store.close();
    });

    it('takes the later of two labels, by the time of their events', async () => {
      const store = await create();
      const event = { device: 1, ip: 0 };
      await take(store, observationsOf([{ ...event, timeMs: startMs, offset: 0, id: 1, account: 1, joins: true }]));
      const said = [
        [labelCodes.genuine, 2_000],
        [labelCodes.fake, 1_000],
      ] as const;
      for (const [index, [label, laterMs]] of said.entries()) {
        const labelled = { offset: 1 + index, timeMs: startMs + laterMs, id: 2 + index, account: 1, label };
        await take(store, observationsOf([labelled]));
      }
      const { values } = await take(
        store,
        observationsOf([{ ...event, timeMs: startMs + 3_000, offset: 9, id: 9, account: 2 }]),
      );
      expect(['fake', 'genuine'].map((label) => values[labelColumn('device', label as 'fake')])).toEqual([0, 1]);
      await store.close();
    });

    it('says up to which record of a partition all is settled', async () => {
      const store = await create();
      const event = { timeMs: startMs, account: 1 };
      const settledOffset = async (partition: number, offset: number): Promise<number> =>
        (await store.observe(observationsOf([{ ...event, offset, id: 1 + offset }], partition))).settledOffset;
      const settle = (partition: number, offset: number): Promise<void> =>
        store.settle({ topic: 'account-events', partition, offset }, []);
      expect(await settledOffset(0, 3)).toBe(-1);
      await settle(0, 7);
      expect(await settledOffset(0, 8)).toBe(7);
      expect(await settledOffset(1, 8)).toBe(-1);
      await settle(0, 5);
      expect(await settledOffset(0, 9)).toBe(7);
      await store.close();
    });

    it('says it of a batch in which there are no events', async () => {
      const store = await create();
      await store.settle({ topic: 'account-events', partition: 0, offset: 4 }, []);
      expect((await store.observe(observationsOf([]))).settledOffset).toBe(4);
      await store.close();
    });

    it('forgets the offsets of a partition that was made anew, and nothing else', async () => {
      const store = await create();
      const event = { timeMs: startMs, account: 1 };
      for (const partition of [0, 1]) {
        await store.observe(observationsOf([{ ...event, offset: 7, id: 1 + partition }], partition));
        await store.settle({ topic: 'account-events', partition, offset: 7 }, []);
      }
      await store.forgetOffsets('account-events', 0);
      const { values, fates, settledOffset } = await store.observe(observationsOf([{ ...event, offset: 0, id: 3 }]));
      expect([fatesOf(fates), settledOffset, values[accountEvents]]).toEqual([['applied'], -1, 3]);
      const other = await store.observe(observationsOf([{ ...event, offset: 0, id: 4 }], 1));
      expect([fatesOf(other.fates), other.settledOffset]).toEqual([['replayed'], 7]);
      await store.close();
    });

    describe('of a topic that was made anew while nobody read it', () => {
      const event = { timeMs: startMs, account: 1 };
      const observe = async (store: FeatureStore, offset: number, topicId?: string, partition = 0) => {
        const batch = observationsOf([{ ...event, offset, id: 1 + offset + 100 * partition }], partition, { topicId });
        const { fates, settledOffset, formerOffset } = await store.observe(batch);
        return [...fatesOf(fates), settledOffset, formerOffset];
      };
      it('forgets the offsets of the former one, partition by partition, and says so once', async () => {
        const store = await create();
        for (const partition of [0, 1]) {
          expect(await observe(store, 7, 'former', partition)).toEqual(['applied', -1, undefined]);
          await deliver(store, 7, partition);
        }
        expect(await observe(store, 7, 'former')).toEqual(['replayed', 7, undefined]);
        expect(await observe(store, 2, 'new')).toEqual(['applied', -1, 7]);
        await deliver(store, 2);
        expect(await observe(store, 2, 'new')).toEqual(['replayed', 2, undefined]);
        expect(await observe(store, 3, 'new')).toEqual(['applied', 2, undefined]);
        expect(await observe(store, 8, 'former', 1)).toEqual(['applied', 7, undefined]);
        await store.close();
      });

      it('keeps, when it is told to forget a former one, what it knows to be of the present one', async () => {
        const store = await create();
        await observe(store, 7, 'present');
        await deliver(store, 7);
        await store.forgetOffsets('account-events', 0, 'present');
        expect(await observe(store, 7, 'present')).toEqual(['replayed', 7, undefined]);
        await store.forgetOffsets('account-events', 0, 'other');
        expect(await observe(store, 7, 'other')).toEqual(['duplicate', -1, undefined]);
        await observe(store, 9, undefined, 1);
        await store.forgetOffsets('account-events', 1, 'present');
        expect(await observe(store, 8, 'present', 1)).toEqual(['applied', -1, undefined]);
        await store.close();
      });

      it('does not say so where the offsets had been forgotten', async () => {
        const store = await create();
        await observe(store, 7, 'former');
        await store.forgetOffsets('account-events', 0);
        expect(await observe(store, 0, 'new')).toEqual(['applied', -1, undefined]);
        await store.close();
      });

      it('takes what came without an id for the first topic that is named, and knows it from the next', async () => {
        const store = await create();
        await observe(store, 7);
        await deliver(store, 7);
        expect(await observe(store, 5, 'first')).toEqual(['replayed', 7, undefined]);
        expect(await observe(store, 8)).toEqual(['applied', 7, undefined]);
        expect(await observe(store, 1, 'second')).toEqual(['applied', -1, 7]);
        await store.close();
      });
    });

    it('counts a label at the entities of the signup, and moves it when people change their mind', async () => {
      const store = await create();
      const event = { timeMs: startMs, device: 1, ip: 0 };
      await take(store, observationsOf([{ ...event, offset: 0, id: 1, account: 1, joins: true }]));
      const label = async (offset: number, code: number): Promise<void> =>
        void (await take(store, observationsOf([{ offset, timeMs: startMs, id: offset, account: 1, label: code }])));
      const counts = async (offset: number): Promise<readonly number[]> => {
        const { values } = await take(store, observationsOf([{ ...event, offset, id: offset, account: 2 }]));
        return [values[labelColumn('device', 'fake')]!, values[labelColumn('device', 'genuine')]!];
      };
      await label(11, labelCodes.fake);
      expect(await counts(12)).toEqual([1, 0]);
      await label(13, labelCodes.fake);
      expect(await counts(14)).toEqual([1, 0]);
      await label(15, labelCodes.genuine);
      expect(await counts(16)).toEqual([0, 1]);
      await store.close();
    });

    it('never shows an account its own label, and shows everybody else', async () => {
      const store = await create();
      const event = { timeMs: startMs, device: 1, ip: 1 };
      const { values } = await store.observe(
        observationsOf([
          { ...event, offset: 0, id: 1, account: 1, joins: true },
          { ...event, offset: 1, id: 2, account: 2, joins: true },
          { offset: 2, timeMs: startMs, id: 3, account: 1, label: labelCodes.fake },
          { ...event, offset: 3, id: 4, account: 1 },
          { ...event, offset: 4, id: 5, account: 2 },
          { ...event, offset: 5, id: 6, account: 3 },
        ]),
      );
      const fakes = [3, 4, 5].map((row) => values[row * snapshotColumnCount + labelColumn('device', 'fake')]!);
      expect(fakes).toEqual([0, 1, 1]);
      // The same in a batch of its own, when the label is long part of the state.
      const later = await store.observe(observationsOf([{ ...event, offset: 6, id: 7, account: 1 }]));
      expect(later.values[labelColumn('device', 'fake')]).toBe(0);
      expect(later.values[labelColumn('ip', 'fake')]).toBe(0);
      await store.close();
    });

    it('lets a judgement weigh half after each epoch, and takes it back whole', async () => {
      const store = await create();
      const cohort = { cohort: 1 };
      const seen = async (offset: number, timeMs: number): Promise<readonly number[]> => {
        const { values } = await store.observe(observationsOf([{ ...cohort, offset, timeMs, id: offset, account: 9 }]));
        return [values[labelColumn('cohort', 'fake')]!, values[labelColumn('cohort', 'genuine')]!];
      };
      await store.observe(
        observationsOf([
          { ...cohort, offset: 0, timeMs: startMs, id: 1, account: 1, joins: true },
          { ...cohort, offset: 1, timeMs: startMs, id: 2, account: 2, joins: true },
          { offset: 2, timeMs: startMs, id: 3, account: 1, label: labelCodes.fake },
          { offset: 3, timeMs: startMs, id: 4, account: 2, label: labelCodes.fake },
        ]),
      );
      expect(await seen(11, startMs)).toEqual([2, 0]);
      expect(await seen(12, startMs + judgementEpochMs)).toEqual([1, 0]);
      const laterMs = startMs + 2 * judgementEpochMs;
      expect(await seen(13, laterMs)).toEqual([0.5, 0]);
      await store.observe(
        observationsOf([{ offset: 14, timeMs: laterMs, id: 14, account: 1, label: labelCodes.genuine }]),
      );
      expect(await seen(15, laterMs)).toEqual([0.25, 1]);
      await store.close();
    });

    it.each([
      ['before windows begin', -2_025 * 365 * dayMs],
      ['too far behind the newest', -7 * dayMs],
      ['later than its batch says that an event can be', 5 * dayMs],
      ['after windows end', 130 * 365 * dayMs],
    ])('reads an event that is %s, and moves nothing of anybody by it', async (_, byMs) => {
      const event = { account: 1, device: 1, ip: 1, cohort: 1, target: 1, element: 3, value: 1, joins: true };
      const [disturbed, undisturbed] = [await create(), await create()];
      const strange = { ...event, value: 9, element: 4, label: labelCodes.fake, timeMs: startMs + byMs };
      for (const store of [disturbed, undisturbed]) {
        await store.observe(observationsOf([{ ...event, offset: 0, id: 1, timeMs: startMs }]));
        if (store === disturbed) {
          const rows = [1, 2].map((account) => ({ ...strange, account, offset: account, id: 1 + account }));
          const { fates } = await store.observe(observationsOf(rows, 0, { latestMs: batchLatestMs }));
          expect(fatesOf(fates)).toEqual(['outside', 'outside']);
        }
      }
      const later = [1, 2].map((account) => ({
        ...event,
        account,
        offset: 10 + account,
        id: 10 + account,
        timeMs: startMs + minuteMs,
      }));
      const [after, expected] = await Promise.all(
        [disturbed, undisturbed].map((store) => store.observe(observationsOf(later))),
      );
      expect(differencesOf(after!.values, expected!.values)).toEqual([]);
      expect(fatesOf(after!.fates)).toEqual(['applied', 'applied']);
      await Promise.all([disturbed.close(), undisturbed.close()]);
    });

    describe('forgets an account', () => {
      const event = { timeMs: startMs, account: 1, device: 1, target: 0, element: keyHighOf(1) };
      const standing = { action: 'block', decisionId: `dec_${'0f'.repeat(16)}`, sinceMs: startMs } as const;
      const labelled = labelColumn('device', 'fake');
      const erasure = { timeMs: startMs, account: 1, target: 1, erases: true };
      const keys = { keyHigh: keyHighOf(1), keyLow: 1, targetHigh: keyHighOf(1), targetLow: 1 };

      /** An account with all that can be known of it, and another one with the same device. */
      async function storeWithAccount(): Promise<FeatureStore> {
        const store = await create();
        await store.observe(
          observationsOf([
            { ...event, offset: 0, id: 1, joins: true },
            { ...event, offset: 1, id: 2, account: 2, element: keyHighOf(2), joins: true, target: 1 },
            { ...event, offset: 2, id: 3, label: labelCodes.fake },
          ]),
        );
        await store.settle({ topic: 'account-events', partition: 0, offset: 2 }, [
          { keyHigh: keyHighOf(1), keyLow: 1, standing },
        ]);
        return store;
      }

      /** What is known at the account's next event, and at its device, and as a target. */
      async function knownAfterwards(store: FeatureStore) {
        const { values, standings, fates } = await store.observe(
          observationsOf([{ ...event, offset: 90, id: 1, target: 1, timeMs: startMs + minuteMs }]),
        );
        return {
          fate: fatesOf(fates)[0],
          standing: standings[0],
          events: values[accountEvents],
          ageS: values[spanColumn('account', 'age_s')],
          actions: values[snapshotColumn('target', 'actions', '10m')],
          deviceAccounts: values[deviceAccounts],
          labelled: values[labelled],
        };
      }

      // A new account: its former event id is new to it. At its device it is one of two again, and nobody is labelled.
      const forgotten = {
        fate: 'applied',
        standing: undefined,
        events: 1,
        ageS: 0,
        actions: 1,
        deviceAccounts: 2,
        labelled: 0,
      };

      it('and knows it until then', async () => {
        const store = await storeWithAccount();
        const { values } = await store.observe(
          observationsOf([{ ...event, offset: 80, id: 80, account: 2, element: keyHighOf(2) }]),
        );
        expect([values[deviceAccounts], values[labelled]]).toEqual([2, 1]);
        // Nobody is shown their own label.
        const known = { ...forgotten, fate: 'duplicate', standing, events: 2, ageS: 60, actions: 1 };
        expect(await knownAfterwards(store)).toEqual(known);
        await store.close();
      });

      it.each([
        [
          'when it asks for it',
          (store: FeatureStore) => store.observe(observationsOf([{ ...erasure, offset: 5, id: 9 }])),
        ],
        ['when it is told so', (store: FeatureStore) => store.forget(keys)],
        [
          'whatever the clock of its request says',
          (store: FeatureStore) => store.observe(observationsOf([{ ...erasure, offset: 5, id: 9, timeMs: 0 }])),
        ],
      ])('%s: all of it, and what others hold of it and can give back', async (_, forget) => {
        const store = await storeWithAccount();
        const before = store.size();
        await forget(store);
        expect(store.size()).toBeLessThanOrEqual(before);
        const { values } = await store.observe(
          observationsOf([{ ...event, offset: 80, id: 80, account: 2, element: keyHighOf(2) }]),
        );
        expect([values[deviceAccounts], values[labelled]]).toEqual([1, 0]);
        expect(await knownAfterwards(store)).toEqual(forgotten);
        await store.close();
      });

      it('in its place among other events of the batch, and once', async () => {
        const store = await storeWithAccount();
        const batch = observationsOf([
          { ...event, offset: 5, id: 5 },
          { ...erasure, offset: 6, id: 6 },
          { ...event, offset: 7, id: 7 },
          { ...event, offset: 8, id: 5 },
        ]);
        const first = await store.observe(batch);
        expect([0, 1, 2, 3].map((row) => first.values[row * snapshotColumnCount + accountEvents])).toEqual([
          3, 0, 1, 2,
        ]);
        expect(first.standings).toEqual([standing, undefined, undefined, undefined]);
        expect(fatesOf(first.fates)).toEqual(['applied', 'applied', 'applied', 'applied']);
        // The same again, as after a crash: the account that began anew stays.
        const second = await store.observe(batch);
        expect(fatesOf(second.fates)).toEqual(['replayed', 'replayed', 'replayed', 'replayed']);
        const { events } = await knownAfterwards(store);
        expect(events).toBe(3);
        await store.close();
      });

      it('of which it does not know, and makes none of it', async () => {
        const store = await create();
        await store.observe(observationsOf([{ timeMs: startMs, offset: 0, id: 1, account: 7 }]));
        await store.observe(observationsOf([{ ...erasure, offset: 1, id: 2 }]));
        await store.forget(keys);
        const { standings, values } = await store.observe(observationsOf([{ ...event, offset: 2, id: 2 }]));
        expect([standings[0], values[accountEvents]]).toEqual([undefined, 1]);
        await store.close();
      });
    });

    it('shows a target to young accounts apart', async () => {
      const store = await create();
      const youngActors = snapshotColumn('target', 'young_actors', '1h');
      const hourMs = 3_600_000;
      const { values } = await take(
        store,
        observationsOf([
          { offset: 0, timeMs: startMs, id: 1, account: 1 },
          { offset: 1, timeMs: startMs + 47 * hourMs, id: 2, account: 1, target: 1, element: 1 },
          { offset: 2, timeMs: startMs + 48 * hourMs, id: 3, account: 1, target: 2, element: 1 },
        ]),
      );
      expect(values[snapshotColumnCount + youngActors]).toBe(1);
      expect(values[2 * snapshotColumnCount + youngActors]).toBe(0);
      await store.close();
    });

    it('takes for residents of an address those accounts that are young no more', async () => {
      const store = await create();
      const residents = snapshotColumn('ip', 'residents', '7d');
      const { values } = await take(
        store,
        observationsOf([
          { offset: 0, timeMs: startMs, id: 1, account: 1, ip: 1, element: 1 },
          { offset: 1, timeMs: startMs + youngAgeMsMax, id: 2, account: 1, ip: 1, element: 1 },
          { offset: 2, timeMs: startMs + youngAgeMsMax, id: 3, account: 2, ip: 1, element: 2 },
        ]),
      );
      expect([0, 1, 2].map((row) => values[row * snapshotColumnCount + residents])).toEqual([0, 1, 1]);
      await store.close();
    });

    it('keeps how varied the gaps of an account are', async () => {
      const store = await create();
      const secondsSince = [0, 30, 60, 90, 120, 121, 122, 123, 124];
      const { values } = await take(
        store,
        observationsOf(
          secondsSince.map((s, offset) => ({ offset, timeMs: startMs + s * 1_000, id: 1 + offset, account: 1 })),
        ),
      );
      const entropies = secondsSince.map((_, row) => values[row * snapshotColumnCount + gapEntropyColumn('account')]!);
      expect(entropies.slice(0, 4)).toEqual([NaN, NaN, NaN, NaN]);
      expect(entropies[4]).toBe(0);
      expect(entropies[8]).toBeCloseTo(1, 12);
      await store.close();
    });

    it('keeps mean and spread of a measure', async () => {
      const store = await create();
      const rows = [2, NaN, 4].map((value, offset) => ({
        offset,
        timeMs: startMs,
        id: offset + 1,
        account: 1,
        cohort: 1,
        value,
      }));
      const { values } = await take(store, observationsOf(rows));
      const at = (row: number, figure: 'mean' | 'deviation'): number =>
        values[row * snapshotColumnCount + measureColumn('cohort', 'form_log', figure)]!;
      expect([at(0, 'mean'), at(0, 'deviation')]).toEqual([2, NaN]);
      expect([at(1, 'mean'), at(1, 'deviation')]).toEqual([2, NaN]);
      expect([at(2, 'mean'), at(2, 'deviation')]).toEqual([3, 1]);
      await store.close();
    });

    it('sums windows that cover more than their span less a bucket, and at most their span', async () => {
      const gapMs = fc.oneof(
        fc.integer({ min: 0, max: 5 * minuteMs }),
        fc.integer({ min: 0, max: 24 * 60 * minuteMs }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(gapMs, { minLength: 2, maxLength: 150, size: 'max' }), async (gapsMs) => {
          const store = await create();
          let timeMs = startMs;
          const times = gapsMs.map((gap) => (timeMs += gap));
          const { values } = await take(
            store,
            observationsOf(times.map((ms, offset) => ({ offset, timeMs: ms, id: 1 + offset, account: 1 }))),
          );
          await store.close();
          const within = (spanMs: number): number => times.filter((ms) => ms > timeMs - spanMs).length;
          for (const window of ['10m', '1h', '24h', '7d'] as const) {
            const count =
              values[(times.length - 1) * snapshotColumnCount + snapshotColumn('account', 'events', window)]!;
            const { spanMs, bucketMs } = windows[window];
            expect(count).toBeGreaterThanOrEqual(within(spanMs - bucketMs));
            expect(count).toBeLessThanOrEqual(within(spanMs));
          }
        }),
        { numRuns: 40 },
      );
    });

    it('estimates many different elements without bias, within the error that is stated', async () => {
      const store = await create();
      const [addresses, accounts] = [40, 500];
      const random = new Random(7);
      const estimates: number[] = [];
      for (let ip = 1; ip <= addresses; ip++) {
        const batch = observationsOf(
          Array.from({ length: accounts }, (_, index) => {
            const offset = (ip - 1) * accounts + index;
            return {
              offset,
              timeMs: startMs,
              id: 1 + offset,
              account: 1 + (offset % 50),
              ip,
              element: random.uint32() || 1,
            };
          }),
        );
        const { values } = await take(store, batch);
        estimates.push(values[(accounts - 1) * snapshotColumnCount + snapshotColumn('ip', 'accounts', '1h')]!);
      }
      await store.close();
      const errors = estimates.map((estimate) => estimate / accounts - 1);
      const mean = errors.reduce((sum, error) => sum + error, 0) / addresses;
      const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / addresses);
      const stated = 1 / Math.sqrt(distinctExactMax);
      expect(Math.abs(mean)).toBeLessThan((3 * stated) / Math.sqrt(addresses));
      expect(deviation).toBeGreaterThan(stated / 2);
      expect(deviation).toBeLessThan(stated * 1.5);
    });

    it('counts a label once where its event comes again with a time outside the bounds', async () => {
      const store = await create();
      const fakes = labelColumn('cohort', 'fake');
      const label = { account: 1, id: 2, label: labelCodes.fake };
      await take(store, observationsOf([{ offset: 0, timeMs: startMs, id: 1, account: 1, cohort: 1, joins: true }]));
      await take(store, observationsOf([{ ...label, offset: 1, timeMs: startMs }]));
      await take(store, observationsOf([{ ...label, offset: 2, timeMs: startMs - 300 * dayMs }]));
      const reader = { offset: 3, timeMs: startMs, id: 3, account: 2, cohort: 1 };
      const { values } = await take(store, observationsOf([reader]));
      expect(values[fakes]).toBe(1);
      await store.close();
    });

    it('counts a label once where its event comes again, after more others than an account remembers', async () => {
      const store = await create();
      const fakes = labelColumn('cohort', 'fake');
      const own = { timeMs: startMs, account: 1 };
      const label = { ...own, id: 2, label: labelCodes.fake };
      await take(store, observationsOf([{ ...own, offset: 0, id: 1, cohort: 1, joins: true }]));
      await take(store, observationsOf([{ ...label, offset: 1 }]));
      const others = Array.from({ length: recentEventsMax + 1 }, (_, index) => ({
        ...own,
        offset: 2 + index,
        id: 10 + index,
      }));
      await take(store, observationsOf(others));
      await take(store, observationsOf([{ ...label, offset: 20 }]));
      const reader = { offset: 21, timeMs: startMs, id: 3, account: 2, cohort: 1 };
      const { values } = await take(store, observationsOf([reader]));
      expect(values[fakes]).toBe(1);
      await store.close();
    });

    it('answers as a plain history does, whatever the order of events and batches', async () => {
      // Years 1 to 9999, and what lies around each bound.
      const centuriesMs = [Date.UTC(2001, 0) - 2000 * 365.2425 * dayMs, Date.UTC(9999, 11)] as const;
      const strangeTimeMs = fc.oneof(
        fc.integer({ min: centuriesMs[0], max: centuriesMs[1] }),
        fc.constantFrom(earliestMs - 1, earliestMs, latestMs, latestMs + 1, batchLatestMs, batchLatestMs + 1, 0, -1),
      );
      const event = fc.record({
        minute: fc.double({ min: 0, max: 3 * 24 * 60, noNaN: true }),
        latenessMs: fc.oneof(
          { weight: 6, arbitrary: fc.constant(0) },
          { weight: 3, arbitrary: fc.integer({ min: 0, max: allowedLatenessMs }) },
          fc.integer({ min: 0, max: 9 * dayMs }),
        ),
        strangeMs: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, strangeTimeMs),
        erases: fc.oneof({ weight: 14, arbitrary: fc.constant(false) }, fc.constant(true)),
        id: fc.integer({ min: 1, max: 200 }),
        account: fc.integer({ min: 1, max: 4 }),
        device: fc.integer({ min: 0, max: 3 }),
        ip: fc.integer({ min: 0, max: 2 }),
        target: fc.integer({ min: 0, max: 2 }),
        cohort: fc.integer({ min: 0, max: 2 }),
        value: fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(NaN)),
        label: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 })),
        joins: fc.boolean(),
        adds: fc.integer({ min: 0, max: 7 }),
        element: fc.integer({ min: 0, max: 25 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(event, { minLength: 1, maxLength: 120, size: 'max' }),
          fc.integer({ min: 1, max: 40 }),
          fc.constantFrom(batchLatestMs, batchLatestMs, Infinity),
          async (drawn, batchSize, newestMs) => {
            const store = await create();
            const plain = new PlainHistory(remembersAll);
            const events = drawn
              .toSorted((first, second) => first.minute - second.minute)
              .map(({ minute, latenessMs, strangeMs, joins, label, ...rest }, offset) => ({
                ...rest,
                // Judgements are exact within thirteen years of each other.
                label: strangeMs === null ? label : labelCodes.none,
                // A label is no signup.
                joins: joins && label === labelCodes.none,
                // Elements are often accounts.
                element: rest.element > 15 ? keyHighOf(rest.account) : rest.element,
                // Who is forgotten names nothing but itself.
                ...(rest.erases ? { device: 0, ip: 0, cohort: 0, target: rest.account } : {}),
                offset,
                timeMs: strangeMs ?? Math.round(startMs + minute * minuteMs - latenessMs),
              }));
            for (let from = 0; from < events.length; from += batchSize) {
              const batch = observationsOf(events.slice(from, from + batchSize), 0, { latestMs: newestMs });
              const { values } = await take(store, batch);
              expect(differencesOf(values, plain.observe(batch))).toEqual([]);
            }
            await store.close();
          },
        ),
        { numRuns: 60, endOnFailure: true }, // a shorter one takes minutes to find
      );
    });
  });
}

/** Columns in which snapshots differ by more than the rounding of a running mean. */
function differencesOf(actual: Float64Array, expected: Float64Array) {
  return Array.from(actual, (value, index) => ({
    column: index % snapshotColumnCount,
    value,
    expected: expected[index]!,
  })).filter(
    ({ value, expected: other }) =>
      !(Object.is(value, other) || Math.abs(value - other) <= 1e-6 * Math.max(1, Math.abs(other))),
  );
}
