import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { PrometheusTelemetry } from '../../src/adapters/prometheus/telemetry.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import {
  bundleAt,
  defaultModelFolder,
  defaultPolicyFile,
  loadPolicyFile,
  loadProven,
  orThrow,
} from '../../src/app/versions.ts';
import { offlineHasher } from '../../src/evaluation/offline.ts';
import { HoldBoard } from '../../src/holds.ts';
import type { IncomingRecord, RecordBatch } from '../../src/ports.ts';
import { DriftWatch, defaultDriftOptions } from '../../src/scoring/drift.ts';
import { StoreGuard } from '../../src/store-guard.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { formatNumber, formatTable } from '../table.ts';
import { benchPipeline, loadShippedParts } from './bench-pipeline.ts';
import { median } from './measure.ts';
import { linesOf, partitionedBatches } from './partitions.ts';
import { simulatedStream } from './stream-cache.ts';

/**
 * `npm run bench:stalls`: for how long the loop that handles the stream is held by what is done beside it. Events come at a rate, in process;
 * each thing is done several times meanwhile, and the longest delay of the loop each time is told, and the longest collection of garbage. The
 * first row is the floor: nothing is done beside.
 */

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    entities: { type: 'string', default: '300000' },
    /** Of each row. */
    seconds: { type: 'string', default: '12' },
  },
});
const tickMs = 5;
const eventsPerTick = (Number(flags.rate) * tickMs) / 1_000;
const timesEach = 5;
/** What something leaves to be done, such as garbage, is part of it. */
const aftermathMs = 100;
const entitiesPerAccount = 8;

const folder = await mkdtemp(join(tmpdir(), 'winnow-stalls-'));
const holds = new HoldBoard(systemClock, silentTelemetry);
const telemetry = new PrometheusTelemetry({
  version: 'bench',
  ready: () => true,
  storeEntities: () => store.size(),
  history: () => store.reading(),
  unansweredRules: () => [],
});
const store = orThrow(
  await PersistentFeatureStore.open({
    memoryBytesMax: 700 * Number(flags.entities) + 2 ** 26,
    snapshotFile: join(folder, 'state'),
    snapshotIntervalMs: 2 ** 31 - 1,
    hasher: offlineHasher(),
    clock: systemClock,
    telemetry: {
      snapshotRestored: () => undefined,
      snapshotWritten: () => undefined,
      snapshotFailed: ({ message }) => {
        throw new Error(message);
      },
    },
  }),
);
const shipped = await loadShippedParts();
const drift = new DriftWatch(defaultDriftOptions);
const handle = benchPipeline(shipped, {
  store: new StoreGuard(store, { holdMs: 0, retryInitialMs: 1, retryMaxMs: 1, clock: systemClock, holds }),
  drift,
  telemetry,
});
const file = await simulatedStream({ seed: 5, accounts: Math.ceil(Number(flags.entities) / entitiesPerAccount) });
const batches = partitionedBatches(linesOf(file), 1);
const { signal } = new AbortController();

const { name, version } = shipped.model.reference;
const beside: readonly (readonly [what: string, act: () => Promise<unknown>])[] = [
  ['nothing beside', () => Promise.resolve()],
  ['metrics scraped', () => telemetry.text()],
  ['snapshot written', () => store.save()],
  ['policy loaded', async () => orThrow(await loadPolicyFile(defaultPolicyFile))],
  [
    'model proven and loaded',
    async () => orThrow(await loadProven(bundleAt(join(defaultModelFolder, name, version)))).retire(),
  ],
];

try {
  while (store.size() < Number(flags.entities)) await handle(nextBatch(), signal);
  const table = [['', 'loop held, ms', 'at most', 'collection of garbage at most, ms']];
  for (const [what, act] of beside) {
    const { delayMs, delayMsMax, collectionMsMax } = await underLoad(act);
    table.push([what, ...[delayMs, delayMsMax, collectionMsMax].map((ms) => formatNumber(ms, 1))]);
  }
  process.stdout.write(`${flags.rate} events a second, ${formatNumber(store.size())} entities\n\n`);
  process.stdout.write(`${formatTable(table).join('\n')}\n`);
} finally {
  await store.close();
  await rm(folder, { recursive: true });
}

/** Handles events at the rate, and does something beside from time to time: the median of those times, so that one odd one is no result. */
async function underLoad(act: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const collectionsMs: number[] = [];
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collectionsMs.push(duration);
  });
  collections.observe({ entryTypes: ['gc'] });
  const spanMs = Number(flags.seconds) * 1_000;
  const load = atRate(spanMs);
  const delaysMs: number[] = [];
  for (let time = 0; time < timesEach; time++) {
    await sleep(spanMs / (timesEach + 1));
    delay.reset();
    delay.enable();
    await act();
    await sleep(aftermathMs);
    delay.disable();
    // The monitor asks every millisecond, and counts that one in.
    delaysMs.push(delay.max / 1e6 - 1);
  }
  await load;
  collections.disconnect();
  return {
    delayMs: median(delaysMs),
    delayMsMax: Math.max(...delaysMs),
    collectionMsMax: Math.max(0, ...collectionsMs),
  };
}

async function atRate(spanMs: number): Promise<void> {
  const startMs = performance.now();
  let waiting: { readonly batch: RecordBatch; at: number } | undefined;
  for (let tick = 0; tick * tickMs < spanMs; tick++) {
    const leftMs = startMs + tick * tickMs - performance.now();
    if (leftMs > 0) await sleep(leftMs);
    const records: IncomingRecord[] = [];
    while (records.length < eventsPerTick) {
      if (waiting === undefined || waiting.at === waiting.batch.records.length) waiting = { batch: nextBatch(), at: 0 };
      records.push(waiting.batch.records[waiting.at++]!);
    }
    await handle({ ...waiting!.batch, records }, signal);
  }
}

function nextBatch(): RecordBatch {
  const { value } = batches.next();
  if (value === undefined) throw new Error('The stream ended: raise --entities, or lower --seconds.');
  return value;
}
