import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { containedReader } from '../../src/adapters/file/reader.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { HoldBoard } from '../../src/holds.ts';
import { modelRuntime } from '../../src/app/model-runtime.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  loadDeployment,
  orThrow,
  proveAgainst,
} from '../../src/app/versions.ts';
import type { IncomingRecord, OutgoingRecord, RecordBatch } from '../../src/ports.ts';
import { loadBundle } from '../../src/scoring/bundle.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { Panel } from '../../src/scoring/panel.ts';
import type { ServedModel } from '../../src/scoring/served-model.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { StoreGuard } from '../../src/store-guard.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { slopeOf } from '../slope.ts';
import { copyBundle } from '../stage/versions.ts';
import { formatNumber, formatTable } from '../table.ts';
import { benchPipeline, loadShippedParts } from './bench-pipeline.ts';

/**
 * Swaps the champion again and again while batches go through the path: two bundles in turn, the starter and a copy of it under another
 * hash, each loaded anew and the one before the last freed. Tells what memory and latency come to, and that each event has one decision by
 * one model. Both bundles are proven once, in a process of their own, whose memory is none of ours.
 *
 * Run it with: npm run bench:swaps -- --swaps 300
 */

const { values: options } = parseArgs({
  options: { swaps: { type: 'string', default: '300' }, seed: { type: 'string', default: '18' } },
});
const swaps = Number(options.swaps);
const batchSize = 256;
/** Batches between two swaps, beside those that go while a bundle is loaded. */
const batchesBetween = 4;
const mebibyte = 1024 ** 2;
/** History is full early, and takes no part in how memory grows. */
const historyBytesMax = 16 * mebibyte;
/** From so many swaps on memory is judged: before that, what a process learns about its load is more than a swap could leave. */
const judgedFrom = 100;
/** Mebibytes that a swap may leave. A bundle of this size takes more than ten. */
const leftMiBMax = 0.1;

const { champion } = orThrow(await loadDeployment(defaultDeploymentFile));
const folder = await mkdtemp(join(tmpdir(), 'winnow-swaps-'));
async function measureSwaps(): Promise<boolean> {
  const versions = [champion.version, `${champion.version}-again`];
  const starter = join(defaultModelFolder, champion.name, champion.version);
  await cp(starter, join(folder, champion.name, champion.version), { recursive: true });
  await copyBundle(starter, join(folder, champion.name, versions[1]!), versions[1]!);
  const proven = new Map<string, string>();
  for (const version of versions) {
    const bundle = { folder, name: champion.name, version };
    proven.set(version, orThrow(await proveAgainst(bundle, {})).manifestSha256);
  }
  const load = async (version: string): Promise<ServedModel> =>
    orThrow(await loadBundle(containedReader(folder), modelRuntime, champion.name, version, proven.get(version)!));

  const shipped = await loadShippedParts();
  const failures: string[] = [];
  const telemetry = {
    ...silentTelemetry,
    modelFailed: ({ message }: { message: string }) => void failures.push(message),
  };
  const slot = new ModelSlot(await load(versions[0]!), {
    timeoutMs: 60_000,
    failuresMax: 1,
    clock: systemClock,
    telemetry,
  });
  const ledger = new Ledger();
  const store = new EmbeddedFeatureStore({ memoryBytesMax: historyBytesMax });
  const holds = new HoldBoard(systemClock, silentTelemetry);
  const pipeline = benchPipeline(shipped, {
    panel: new Panel(slot),
    store: new StoreGuard(store, { holdMs: 0, retryInitialMs: 0, retryMaxMs: 0, clock: systemClock, holds }),
    output: { send: (_, records) => Promise.resolve(ledger.take(records)), close: () => Promise.resolve() },
    emit: 'all',
  });
  const batches = recordBatches();
  const latencies: { readonly during: number[]; readonly between: number[] } = { during: [], between: [] };
  const memoryMiB: number[] = [];
  const signal = new AbortController().signal;
  const swap = { isGoing: false };
  const step = async (): Promise<void> => {
    const batch = batches.next().value;
    ledger.expect(batch);
    const startMs = performance.now();
    const wasGoing = swap.isGoing;
    await pipeline(batch, signal);
    latencies[wasGoing || swap.isGoing ? 'during' : 'between'].push(performance.now() - startMs);
    ledger.settle();
    // As a consumer does between two fetches.
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (let done = 0; done < swaps; done++) {
    swap.isGoing = true;
    const swapping = load(versions[(done + 1) % 2]!)
      .then((model) => slot.replace(model))
      .finally(() => (swap.isGoing = false));
    while (swap.isGoing) await step();
    await swapping;
    for (let left = batchesBetween; left > 0; left--) await step();
    memoryMiB.push(process.memoryUsage.rss() / mebibyte);
  }
  await slot.close();
  return tell(ledger, failures, memoryMiB, latencies);
}

function tell(
  ledger: Ledger,
  failures: readonly string[],
  memoryMiB: readonly number[],
  { during, between }: { readonly during: readonly number[]; readonly between: readonly number[] },
): boolean {
  const leftMiB = slopeOf(memoryMiB.slice(Math.floor(memoryMiB.length / 2)));
  const faults = [...ledger.faults, ...failures];
  const table = [
    ['', 'value'],
    ['swaps', String(swaps)],
    ['events', String(ledger.events)],
    ['events lost, decided twice, or by two models in a batch', String(faults.length)],
    ['resident memory at first, MiB', formatNumber(memoryMiB[0]!)],
    ['resident memory in the end, MiB', formatNumber(memoryMiB.at(-1)!)],
    ['left by a swap over the second half, MiB', leftMiB.toFixed(3)],
    ...[0.5, 0.99, 1].flatMap((quantile) => [
      [
        `batch of ${batchSize} while a bundle is loaded, p${quantile * 100}, ms`,
        formatNumber(quantileOf(during, quantile)),
      ],
      [`batch of ${batchSize} between swaps, p${quantile * 100}, ms`, formatNumber(quantileOf(between, quantile))],
    ]),
  ];
  process.stdout.write(`${formatTable(table).join('\n')}\n`);
  for (const fault of faults.slice(0, 10)) process.stderr.write(`${fault}\n`);
  const isFlat = swaps < judgedFrom || leftMiB < leftMiBMax;
  if (!isFlat) process.stderr.write(`A swap leaves more than ${leftMiBMax} MiB.\n`);
  return faults.length === 0 && isFlat;
}

/** Which decisions came of which records. */
class Ledger {
  readonly faults: string[] = [];
  events = 0;
  #expected = new Set<number>();
  #models = new Set<string>();

  expect({ records }: RecordBatch): void {
    this.#expected = new Set(records.map(({ offset }) => offset));
    this.events += records.length;
  }

  take(records: readonly OutgoingRecord[]): void {
    for (const { value } of records) {
      const { data } = JSON.parse(String(value)) as WireDecision;
      const offset = Number(data.trigger?.offset ?? NaN);
      // Decisions about labels name no record of theirs: they are counted by what is left.
      if (!Number.isNaN(offset) && !this.#expected.delete(offset))
        this.faults.push(`${offset} is decided twice, or was never there`);
      this.#models.add(data.model.version);
    }
  }

  settle(): void {
    if (this.#expected.size > 0) this.faults.push(`${this.#expected.size} events of a batch were lost`);
    if (this.#models.size > 1) this.faults.push('a batch was decided by two models');
    this.#models = new Set();
  }
}

/** Scored events, without end: another platform when one is over. */
function* recordBatches(): Generator<RecordBatch, never> {
  const encoder = new TextEncoder();
  let records: IncomingRecord[] = [];
  let offset = 0;
  for (let seed = Number(options.seed); ; seed++) {
    for (const { json, type } of simulate({ seed, accounts: 5_000 }).events()) {
      if (type === 'account.labelled' || type === 'account.erasure_requested') continue;
      records.push({ offset: offset++, key: null, value: encoder.encode(json), headers: [], timestampMs: Date.now() });
      if (records.length < batchSize) continue;
      yield { topic: 'account-events', partition: 0, records };
      records = [];
    }
  }
}

function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? NaN;
}

try {
  const ok = await measureSwaps();
  process.exitCode = ok ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
