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
import { offlineHasher } from '../../src/app/offline.ts';
import { orThrow } from '../../src/app/versions.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';
import { entityKinds } from '../../src/features/state.ts';
import type { SnapshotReport } from '../../src/telemetry.ts';
import type { FedBatch } from './memory-feeder.ts';
import { topic } from './sample.ts';

/**
 * Fills an embedded store with entities as simulated events make them, and tells what they cost: memory, time per event, and a
 * snapshot. Run it with: node load-tests/bench/memory.ts
 */

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    entities: { type: 'string', default: '1000000' },
    accounts: { type: 'string', default: '110000' },
    seed: { type: 'string', default: '5' },
  },
});
const entitiesMin = Number(flags.entities);
/** Batches that are kept to be observed once the store is full: first without a snapshot under way, then with one. */
const keptBatches = 100;

const feeder = fork(fileURLToPath(new URL('memory-feeder.ts', import.meta.url)), [flags.seed, flags.accounts], {
  serialization: 'advanced',
});
const folder = await mkdtemp(join(tmpdir(), 'winnow-memory-'));
try {
  await once(feeder, 'message');
  const report = await measure();
  if (flags.json) process.stdout.write(`${JSON.stringify({ node: process.version, ...report }, null, 2)}\n`);
  else print(report);
} finally {
  feeder.kill();
  await rm(folder, { recursive: true });
}

async function measure() {
  const beforeBytes = process.memoryUsage().rss;
  const snapshots: SnapshotReport[] = [];
  const options: PersistentStoreOptions = {
    entitiesMax: 2 * entitiesMin,
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
  while (sample.length < keptBatches) sample.push((await nextBatch()).observations);

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
type Report = Awaited<ReturnType<typeof measure>>;

async function fill(store: PersistentFeatureStore) {
  let events = 0;
  let entities: readonly number[] = [];
  while (store.size() < entitiesMin) {
    const fed = await nextBatch();
    await store.observe(fed.observations);
    store.complete(topic, 0, events + fed.observations.count - 1);
    events += fed.observations.count;
    entities = fed.entities;
  }
  return { events, entities };
}

async function nextBatch(): Promise<FedBatch> {
  feeder.send('next');
  const [fed] = (await once(feeder, 'message')) as [FedBatch | null];
  if (fed === null) throw new Error('The events ended before the store was full: raise --accounts.');
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
  let storeMs = 0;
  let events = 0;
  do {
    for (const batch of batches) {
      for (let row = 0; row < batch.count; row++) {
        batch.offsets[row]! += batches.length * batch.count;
        batch.eventKeys[row]!++;
      }
      const startMs = performance.now();
      await store.observe(batch);
      storeMs += performance.now() - startMs;
      store.complete(batch.topic, batch.partition, batch.offsets[batch.count - 1]!);
      events += batch.count;
      await nextTurn();
      turnMs.push(performance.now() - startMs);
    }
  } while (!mayEnd());
  turnMs.sort((first, second) => first - second);
  return {
    usPerEvent: (storeMs * 1000) / events,
    turnMsMedian: turnMs[Math.floor(turnMs.length / 2)]!,
    turnMsMax: turnMs.at(-1)!,
  };
}

/** Bytes of records alone: blocks of distinct counters come on top. */
function kindRows(entities: readonly number[]) {
  const layouts = new EmbeddedFeatureStore({ entitiesMax: entityKinds.length }).layout();
  return entityKinds.map((kind, index) => {
    const bytes = layouts[index]!.reduce((sum, { count, size }) => sum + count * size, 0);
    return { kind, entities: entities[index]!, recordBytes: bytes };
  });
}

function print(report: Report): void {
  const { quiet, saving, snapshot, restore } = report;
  write(
    `${number(report.entities)} entities of ${number(report.events)} simulated events, Node.js ${process.version}\n`,
  );
  for (const { kind, entities, recordBytes } of report.kinds)
    write(`  ${kind.padEnd(14)} ${number(entities).padStart(10)}   record ${number(recordBytes).padStart(4)} bytes`);
  write(`\n  memory       ${report.bytesPerEntity} bytes an entity: records, blocks and buckets`);
  write(`  process      ${mebibytes(report.rssBytes)} resident, ${mebibytes(report.beforeBytes)} of it at first`);
  write(`  observe      ${number(quiet.usPerEvent, 1)} us an event; ${number(saving.usPerEvent, 1)} while saving`);
  write(`  a turn       longest ${number(quiet.turnMsMax, 1)} ms, median ${number(quiet.turnMsMedian, 1)} ms`);
  write(`  … saving     longest ${number(saving.turnMsMax, 1)} ms, median ${number(saving.turnMsMedian, 1)} ms`);
  write(`  snapshot     ${mebibytes(snapshot.bytes)} in ${number(snapshot.tookMs / 1000, 1)} s, under load`);
  write(`  restored     in ${number(restore.tookMs / 1000, 1)} s`);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function mebibytes(bytes: number): string {
  return `${number(bytes / 2 ** 20)} MiB`;
}
