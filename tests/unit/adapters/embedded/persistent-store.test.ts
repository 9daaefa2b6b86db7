import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  PersistentFeatureStore,
  type PersistentStoreOptions,
} from '../../../../src/adapters/embedded/persistent-store.ts';
import { SnapshotLock } from '../../../../src/adapters/embedded/snapshot-lock.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import type { Failure } from '../../../../src/domain/failure.ts';
import { EntityKeyHasher } from '../../../../src/features/entity-key.ts';
import { elementOfKey, labelCodes } from '../../../../src/features/observation.ts';
import { snapshotColumn } from '../../../../src/features/state.ts';
import type { SnapshotReport } from '../../../../src/telemetry.ts';
import { keyHighOf, observationsOf, startMs } from '../../../contract/feature-store-contract.ts';
import { memoryBytesOf } from '../../../property/adapters/embedded/histories.ts';
import { newPath, observeAccounts } from './snapshot-files.ts';

const secret = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** Opens stores over one file, and keeps what they tell. */
class Opened {
  readonly path: string;
  readonly restored: SnapshotReport[] = [];
  readonly written: SnapshotReport[] = [];
  readonly failures: Failure[] = [];

  constructor(path: string) {
    this.path = path;
  }

  async open(changes: Partial<PersistentStoreOptions> = {}): Promise<PersistentFeatureStore> {
    const result = await PersistentFeatureStore.open({
      memoryBytesMax: 64 * 1024 * 1024,
      snapshotFile: this.path,
      snapshotIntervalMs: 3_600_000,
      hasher: new EntityKeyHasher(secret),
      clock: systemClock,
      telemetry: {
        snapshotRestored: (report) => this.restored.push(report),
        snapshotWritten: (report) => this.written.push(report),
        snapshotFailed: (failure) => this.failures.push(failure),
      },
      ...changes,
    });
    if (!result.ok) throw new Error(result.failure.code, { cause: result.failure });
    onTestFinished(() => result.value.close());
    return result.value;
  }

  async files(): Promise<readonly string[]> {
    return (await readdir(dirname(this.path))).toSorted();
  }
}

async function opened(): Promise<Opened> {
  return new Opened(await newPath());
}

/** Closes a store and answers how many events of account 1 its successor knows. */
async function eventsOfFirstAccount(store: PersistentFeatureStore): Promise<number> {
  const { values } = await store.observe(
    observationsOf([{ offset: 1_000_000, timeMs: startMs + 60_000, id: 1_000_000, account: 1 }]),
  );
  return values[snapshotColumn('account', 'events', '1h')]! - 1;
}

/** A word as it lies in a file. */
function wordOf(word: number): Buffer {
  return Buffer.from(Uint32Array.of(word).buffer);
}

describe('PersistentFeatureStore', () => {
  it('has its history back after a stop, and says where to go on', async () => {
    const told = await opened();
    const store = await told.open();
    expect(store.coveredOffsets()).toEqual([]);
    await observeAccounts(store, 40);
    await store.close();
    const next = await told.open();
    expect(next.size()).toBe(store.size());
    expect(next.coveredOffsets()).toEqual([{ topic: 'account-events', partition: 0, offset: 39 }]);
    expect(await eventsOfFirstAccount(next)).toBe(1);
    expect(told.restored).toMatchObject([{ entities: store.size() }]);
    expect(told.failures).toEqual([]);
  });

  it('covers what is settled, and knows what was observed beyond it', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 40);
    const beyond = observationsOf([{ offset: 40, timeMs: startMs, id: 41, account: 1 }]);
    await store.observe(beyond);
    await store.close();
    const next = await told.open();
    expect(next.coveredOffsets()).toMatchObject([{ offset: 39 }]);
    const { fates } = await next.observe(beyond);
    expect(Array.from(fates)).toEqual([1]);
  });

  it('knows where history begins before anything has come', async () => {
    const told = await opened();
    const store = await told.open();
    store.beginAfter({ topic: 'account-events', partition: 0, offset: -1 });
    store.beginAfter({ topic: 'account-events', partition: 1, offset: 499 });
    await store.close();
    const next = await told.open();
    expect(next.coveredOffsets()).toMatchObject([
      { partition: 0, offset: -1 },
      { partition: 1, offset: 499 },
    ]);
  });

  /** A snapshot that came before the first batch was settled knew nothing of the partition: what others had done of it meanwhile was missing for good. */
  it('knows after a restart where history begins in a partition that was made anew, although nothing of it is settled', async () => {
    const told = await opened();
    const store = await told.open();
    store.beginAfter({ topic: 'account-events', partition: 0, offset: 39, topicId: 'former' });
    await store.forgetOffsets('account-events', 0, 'new');
    await store.observe(observationsOf([{ offset: 0, timeMs: startMs, id: 1, account: 1 }], 0, { topicId: 'new' }));
    await store.close();
    const next = await told.open();
    expect(next.coveredOffsets()).toEqual([{ topic: 'account-events', partition: 0, offset: -1, topicId: 'new' }]);
  });

  /** A topic that was made anew, longer than what had been read of the former one, was passed over as far as that. */
  it('knows after a restart of which topic its offsets are', async () => {
    const told = await opened();
    const store = await told.open();
    store.beginAfter({ topic: 'account-events', partition: 0, offset: 39, topicId: 'former' });
    await store.close();
    const same = await told.open();
    expect(same.coveredOffsets()).toEqual([{ topic: 'account-events', partition: 0, offset: 39, topicId: 'former' }]);
    same.beginAfter({ topic: 'account-events', partition: 0, offset: -1, topicId: 'new' });
    await same.close();
    const next = await told.open();
    expect(next.coveredOffsets()).toEqual([{ topic: 'account-events', partition: 0, offset: -1, topicId: 'new' }]);
    const batch = observationsOf([{ offset: 5, timeMs: startMs, id: 1, account: 1 }], 0, { topicId: 'new' });
    const { fates, settledOffset, formerOffset } = await next.observe(batch);
    expect([Array.from(fates), settledOffset, formerOffset]).toEqual([[0], -1, 39]);
  });

  it('keeps what its companion keeps, and gives it back', async () => {
    const told = await opened();
    const given: unknown[] = [];
    const companion = { kept: () => ({ blocks: 7 }), restore: (kept: unknown) => void given.push(kept) };
    const store = await told.open({ companion });
    await observeAccounts(store, 1);
    await store.close();
    await told.open({ companion });
    expect(given).toEqual([{ blocks: 7 }]);
  });

  it('waits with a snapshot for the batch under way, and with the next batch for the snapshot', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 40);
    const mayEnd = Promise.withResolvers<void>();
    const underWay = store.handle(async () => {
      await store.observe(observationsOf([{ offset: 40, timeMs: startMs, id: 41, account: 1 }]));
      await mayEnd.promise;
      await store.settle({ topic: 'account-events', partition: 0, offset: 40 }, []);
    });
    // No time passes for the store: nothing ends by being waited for.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const saved = store.save();
    // The file is opened before batches are held back.
    while (!(await told.files()).some((name) => name.includes('.unfinished-')));
    for (let turn = 0; turn < 20; turn++) await told.files();
    const next = store.handle(() =>
      store.observe(observationsOf([{ offset: 41, timeMs: startMs, id: 42, account: 2 }])),
    );
    mayEnd.resolve();
    await Promise.all([underWay, saved, next]);
    vi.useRealTimers();
    await store.settle({ topic: 'account-events', partition: 0, offset: 41 }, []);
    const copy = new Opened(await newPath());
    await writeFile(copy.path, await readFile(told.path));
    const restored = await copy.open();
    expect(restored.coveredOffsets()).toMatchObject([{ offset: 40 }]);
    const { fates } = await restored.observe(observationsOf([{ offset: 41, timeMs: startMs, id: 42, account: 2 }]));
    expect(Array.from(fates)).toEqual([0]);
  });

  it('has the last snapshot back after it was killed', async () => {
    const told = await opened();
    const killed = await told.open();
    await observeAccounts(killed, 40);
    await killed.save();
    await observeAccounts(killed, 40, 1);
    // As its killer leaves it: the files, and nobody who moves the lock's time stamp.
    const copy = new Opened(await newPath());
    await writeFile(copy.path, await readFile(told.path));
    await writeFile(`${copy.path}.unfinished-1`, 'half of a snap');
    const next = await copy.open();
    expect(next.coveredOffsets()).toMatchObject([{ offset: 39 }]);
    expect(await eventsOfFirstAccount(next)).toBe(1);
    expect(await copy.files()).toEqual(['state', 'state.lock']);
  });

  it('writes snapshots by itself', async () => {
    const told = await opened();
    const store = await told.open({ snapshotIntervalMs: 5 });
    await observeAccounts(store, 40);
    await expect.poll(() => told.written.length).toBe(1);
    await observeAccounts(store, 40, 1);
    await expect.poll(() => told.written.length).toBe(2);
    expect(told.written[0]).toMatchObject({ entities: store.size(), bytes: expect.any(Number) as number });
  });

  it('writes nothing when there is nothing new', async () => {
    const told = await opened();
    const store = await told.open();
    await store.save();
    await observeAccounts(store, 40);
    await store.save();
    await store.save();
    await store.close();
    await (await told.open()).close();
    expect(told.written.length).toBe(1);
  });

  it('writes nothing of an account that was forgotten: neither its keys, nor what others hold of it', async () => {
    const account = 0x1eed_f00d;
    const keys = { keyHigh: keyHighOf(account) >>> 0, keyLow: account };
    const words = [account, keys.keyHigh, elementOfKey(keys.keyHigh)];
    const told = await opened();
    const store = await told.open();
    const event = { timeMs: startMs, device: 1, ip: 2, cohort: 3, value: 1, element: elementOfKey(keys.keyHigh) };
    await store.observe(
      observationsOf([
        { ...event, offset: 0, id: 1, account, joins: true },
        { timeMs: startMs, offset: 1, id: 2, account, label: labelCodes.fake },
        { timeMs: startMs, offset: 2, id: 3, account: 9, target: account, element: 5 },
      ]),
    );
    await store.settle({ topic: 'account-events', partition: 0, offset: 2 }, [
      { ...keys, standing: { action: 'block', decisionId: `dec_${'f00d5eed'.repeat(4)}`, sinceMs: startMs } },
    ]);
    await store.save();
    const before = await readFile(told.path);
    for (const word of [...words, 0xf00d_5eed]) expect(before.includes(wordOf(word))).toBe(true);
    await store.forget({ ...keys, targetHigh: keys.keyHigh, targetLow: keys.keyLow });
    await store.save();
    const after = await readFile(told.path);
    for (const word of [...words, 0xf00d_5eed]) expect(after.includes(wordOf(word))).toBe(false);
    expect((await told.files()).filter((name) => !name.endsWith('.lock'))).toEqual([basename(told.path)]);
  });

  it('is for one process', async () => {
    const told = await opened();
    const store = await told.open();
    await expect(told.open()).rejects.toThrow('SNAPSHOT_LOCKED');
    await store.close();
    await told.open();
    expect(await told.files()).toEqual([`${basename(told.path)}.lock`]);
  });

  it('replaces nothing after another process took the file over', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 40);
    await store.save();
    const former = await readFile(told.path);
    await writeFile(`${told.path}.lock`, 'of another');
    await observeAccounts(store, 40, 1);
    await store.save();
    expect(told.failures).toMatchObject([{ code: 'SNAPSHOT_LOCKED' }]);
    expect(await readFile(told.path)).toEqual(former);
    expect(await told.files()).toEqual(['state', 'state.lock']);
  });

  // The lock is looked at, the process stands still, another takes over, and the process goes on: it renames.
  it('replaces nothing even when it is stopped after its last look at the lock', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 40);
    let wasStopped = false;
    const hasNothingLeft = async (): Promise<void> => {
      const unfinished = (await told.files()).find((name) => name.includes('.unfinished-'));
      if (wasStopped || unfinished === undefined) return;
      wasStopped = true;
      await rm(`${told.path}.lock`);
      const successor = await told.open();
      expect(await told.files()).toEqual(['state.lock']);
      await observeAccounts(successor, 10);
      await successor.save();
    };
    vi.spyOn(SnapshotLock.prototype, 'isHeld').mockImplementation(async () => {
      await hasNothingLeft();
      return true;
    });
    onTestFinished(() => void vi.restoreAllMocks());
    await store.save();
    expect(wasStopped).toBe(true);
    expect(told.failures).toMatchObject([{ code: 'SNAPSHOT_INACCESSIBLE' }]);
    vi.restoreAllMocks();
    const copy = new Opened(await newPath());
    await writeFile(copy.path, await readFile(told.path));
    expect((await copy.open()).coveredOffsets()).toMatchObject([{ offset: 9 }]);
  });

  it('sets a damaged snapshot aside, says so, and begins anew', async () => {
    const told = await opened();
    for (let time = 1; time <= 2; time++) {
      const store = await told.open();
      await observeAccounts(store, 40, time);
      await store.close();
      const bytes = await readFile(told.path);
      bytes[bytes.length - 30]! ^= 1;
      await writeFile(told.path, bytes);
      const next = await told.open();
      expect(next.size()).toBe(0);
      expect(next.coveredOffsets()).toEqual([]);
      await next.close();
      const aside = `${told.path}.damaged-${time}`;
      expect(await readFile(aside)).toEqual(bytes);
      expect(told.failures.at(-1)).toMatchObject({
        code: 'SNAPSHOT_DAMAGED',
        message: expect.stringContaining(aside) as string,
      });
    }
    expect(await told.files()).toEqual(['state.damaged-1', 'state.damaged-2']);
  });

  it('sets the snapshot of another key secret aside, and has it back under that one', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 40);
    await store.close();
    const other = new EntityKeyHasher(Buffer.from('f00102030405060708090a0b0c0d0e0f', 'hex'));
    const next = await told.open({ hasher: other });
    expect(next.size()).toBe(0);
    await next.close();
    expect(told.failures).toMatchObject([
      { code: 'SNAPSHOT_FOREIGN', message: expect.stringContaining('keySecret') as string },
    ]);
    await rename(`${told.path}.foreign-1`, told.path);
    expect((await told.open()).size()).toBe(store.size());
  });

  it('refuses to start where it cannot write', async () => {
    const told = new Opened(`${await newPath()}/no-such-folder/state`);
    await expect(told.open()).rejects.toThrow('SNAPSHOT_INACCESSIBLE');
  });

  it('goes on, and says so, when a snapshot cannot be written later', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 40);
    await rm(dirname(told.path), { recursive: true });
    await store.save();
    expect(told.failures).toMatchObject([{ code: 'SNAPSHOT_INACCESSIBLE', path: told.path }]);
    expect(await eventsOfFirstAccount(store)).toBe(1);
  });

  it('keeps its bound when the snapshot holds more', async () => {
    const told = await opened();
    const store = await told.open();
    await observeAccounts(store, 400);
    await store.close();
    const memoryBytesMax = memoryBytesOf(100_000);
    const next = await told.open({ memoryBytesMax });
    expect(next.size()).toBeLessThan(store.size());
    expect(next.size()).toBeGreaterThan(60);
    expect(next.reading().bytes).toBeLessThanOrEqual(memoryBytesMax);
    expect(await eventsOfFirstAccount(next)).toBe(0);
  });
});
