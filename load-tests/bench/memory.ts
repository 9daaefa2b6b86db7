import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PersistentFeatureStore, type PersistentStoreOptions } from '../../src/adapters/embedded/persistent-store.ts';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { offlineHasher } from '../../src/evaluation/offline.ts';
import { orThrow } from '../../src/app/versions.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';
import { entityKinds } from '../../src/features/state.ts';
import type { SnapshotReport } from '../../src/telemetry.ts';
import { median } from './measure.ts';
import type { FedBatch } from './memory-feeder.ts';
import { embeddedSection, formatSections, formatVerdict } from './report.ts';
import { formatNumber } from '../table.ts';
import { batchSize, topic } from './sample.ts';

/**
 * Fills an embedded store with entities as simulated events make them, and tells what they cost: memory, time per event, and a
 * snapshot. `npm run bench:memory`
 */

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    entities: { type: 'string', default: '1000000' },
    /** Events that are observed once the store is full. */
    observed: { type: 'string', default: '128000' },
    accounts: { type: 'string', default: '110000' },
    seed: { type: 'string', default: '5' },
    'events-file': { type: 'string' },
  },
});
const entitiesMin = Number(flags.entities);
/** Batches that are kept to be observed once the store is full: first without a snapshot under way, then with one. */
const rounds = 5;
const batchesPerRound = Math.max(1, Math.round(Number(flags.observed) / rounds / batchSize));

const file = flags['events-file'];
const feeder = fork(
  fileURLToPath(new URL('memory-feeder.ts', import.meta.url)),
  [flags.seed, flags.accounts, ...(file === undefined ? [] : [file])],
  { serialization: 'advanced' },
);
const folder = await mkdtemp(join(tmpdir(), 'winnow-memory-'));
try {
  await once(feeder, 'message');
  const report = await measure();
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : format(report));
} finally {
  feeder.kill();
  await rm(folder, { recursive: true });
}

async function measure() {
  const beforeBytes = process.memoryUsage().rss;
  const snapshots: SnapshotReport[] = [];
  const options: PersistentStoreOptions = {
    // Far above what they need: nothing goes.
    memoryBytesMax: 4_000 * entitiesMin,
    snapshotFile: join(folder, 'state'),
    snapshotIntervalMs: 2 ** 31 - 1,
    hasher: offlineHasher(),
    clock: systemClock,
    telemetry: {
      snapshotRestored: (told) => snapshots.push(told),
      snapshotWritten: (told) => snapshots.push(told),
      snapshotFailed: (failure) => {
        throw new Error(failure.message);
      },
    },
  };
  const store = orThrow(await PersistentFeatureStore.open(options));
  const { events, entities } = await fill(store);
  collectGarbage();
  const memory = process.memoryUsage();
  const sample: ObservationBatch[] = [];
  while (sample.length < rounds * batchesPerRound) sample.push((await nextBatch()).observations);

  const quiet = await observeAll(store, sample, () => true);
  let isSaved = false;
  const saved = store.save().then(() => (isSaved = true));
  const saving = await observeAll(store, sample, () => isSaved);
  await saved;
  await store.close();
  const restored = orThrow(await PersistentFeatureStore.open(options));
  await restored.close();

  const size = entities.reduce((sum, count) => sum + count, 0);
  return {
    node: process.version,
    events,
    entities: size,
    kinds: kindRows(entities),
    beforeBytes,
    rssBytes: memory.rss,
    bytesPerEntity: Math.round(memory.arrayBuffers / size),
    quiet,
    saving,
    snapshot: snapshots[0]!,
    restore: snapshots.at(-1)!,
  };
}
export type EmbeddedReport = Awaited<ReturnType<typeof measure>>;

async function fill(store: PersistentFeatureStore) {
  let events = 0;
  let entities: readonly number[] = [];
  while (store.size() < entitiesMin) {
    const fed = await nextBatch();
    (await store.observe(fed.observations)).release();
    await store.settle({ topic, partition: 0, offset: events + fed.observations.count - 1 }, []);
    events += fed.observations.count;
    entities = fed.entities;
  }
  return { events, entities };
}

async function nextBatch(): Promise<FedBatch> {
  feeder.send('next');
  const [fed] = (await once(feeder, 'message')) as [FedBatch | null];
  if (fed === null)
    throw new Error(
      'The events ended before the store was full: raise --accounts, lower --entities, or give a longer file.',
    );
  return fed;
}

/** What was made on the way is not the store's. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Observes the batches, as new events each time, once and then until `mayEnd`; a turn of the event loop for each. */
async function observeAll(store: PersistentFeatureStore, batches: readonly ObservationBatch[], mayEnd: () => boolean) {
  const turnMs: number[] = [];
  /** CPU time of this thread: a snapshot has others for the disk. */
  const usPerEvent: number[] = [];
  let cpuUs = 0;
  let events = 0;
  do {
    for (const [index, batch] of batches.entries()) {
      for (let row = 0; row < batch.count; row++) {
        batch.offsets[row]! += batches.length * batch.count;
        batch.eventKeys[row]!++;
      }
      const startMs = performance.now();
      const startCpu = process.threadCpuUsage();
      (await store.observe(batch)).release();
      const { user, system } = process.threadCpuUsage(startCpu);
      await store.settle({ ...batch, offset: batch.offsets[batch.count - 1]! }, []);
      await nextTurn();
      turnMs.push(performance.now() - startMs);
      cpuUs += user + system;
      events += batch.count;
      if ((index + 1) % batchesPerRound > 0) continue;
      usPerEvent.push(cpuUs / events);
      cpuUs = 0;
      events = 0;
    }
  } while (!mayEnd());
  return { usPerEvent: median(usPerEvent), turnMsMedian: median(turnMs), turnMsMax: Math.max(...turnMs) };
}

/** Bytes of records alone: blocks of distinct counters come on top. */
function kindRows(entities: readonly number[]) {
  const layouts = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 }).layout();
  return entityKinds.map((kind, index) => {
    const bytes = layouts[index]!.reduce((sum, { count, size }) => sum + count * size, 0);
    return { kind, entities: entities[index]!, recordBytes: bytes };
  });
}

function format(report: EmbeddedReport): string {
  const rows = report.kinds.map(({ kind, entities, recordBytes }) => ({
    name: `${kind} (${formatNumber(entities)})`,
    value: recordBytes,
    unit: 'bytes a record',
  }));
  const sections = [{ title: 'Entities by kind', rows }, embeddedSection(report)];
  return `${formatSections(sections)}\n\n${formatVerdict(sections)} Node.js ${report.node}.\n`;
}
