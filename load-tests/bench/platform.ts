import { getHeapStatistics } from 'node:v8';
import { parseArgs } from 'node:util';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { restartForHugePages } from '../../src/adapters/system/huge-pages.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { featureCount } from '../../src/features/extract.ts';
import { readFacts } from '../../src/features/facts.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { Observer } from '../../src/features/observe.ts';
import { HoldBoard } from '../../src/holds.ts';
import type { RecordBatch } from '../../src/ports.ts';
import { StoreGuard } from '../../src/store-guard.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { decodeEvent } from '../../src/wire/decode-event.ts';
import { benchPipeline, loadShippedParts, type ShippedParts } from './bench-pipeline.ts';
import { policyThatEmits } from './emitting-policy.ts';
import { cpuNs, median } from './measure.ts';
import { linesOf, partitionedBatches } from './partitions.ts';
import { batchSize } from './sample.ts';
import { simulatedStream } from './stream-cache.ts';

/**
 * The whole path at the cardinality of a platform, in a process of its own: a store is filled with so many entities, events go through
 * the path until it is compiled for them, and those that come next are measured. Prints a `PlatformReport` as JSON.
 *
 * What one stream has of entities is bounded by what is worth keeping on disk. More of them are several platforms with keys of their
 * own in one store: the same texts under another key are other entities.
 */

// As `winnow run` does.
restartForHugePages([]);

const { values: flags } = parseArgs({
  options: {
    entities: { type: 'string', default: '1000000' },
    partitions: { type: 'string', default: '8' },
    /** Events that are measured, and as many before them that are not. */
    events: { type: 'string', default: '200000' },
    /** Share of events whose decision is sent; as the policy that ships has it, unless given. */
    emitted: { type: 'string' },
    /** Gives the store less than the entities need, so that each event makes some go. */
    full: { type: 'boolean', default: false },
    seed: { type: 'string', default: '5' },
  },
});

/** A simulated account and what it touches come to some nine entities; with so few, events are left once the store is filled. */
const entitiesPerAccount = 8;
const platformEntitiesMax = 1_000_000;
/** Of a store that is to be full: about what an entity takes, which is printed. */
const bytesPerEntityFull = 380;
const fullBytesMin = 16 * 1024 * 1024;
/** Of a store that is never full. */
const bytesPerEntityAmple = 700;
const ampleBytesMin = 64 * 1024 * 1024;
/** Batches that are read before they are handled, so that reading is not measured. */
const batchesAtOnce = 32;

export interface PlatformReport {
  readonly entities: number;
  readonly partitions: number;
  /** Events that were measured. */
  readonly events: number;
  readonly nsPerEvent: number;
  /** Share of events whose decision was sent. */
  readonly emitted: number;
  readonly features: number;
  readonly bytesPerEntity: number;
  /** Bytes that an event leaves behind for the collection of garbage, on the heap and in buffers; its cost is in `nsPerEvent`. */
  readonly garbageBytesPerEvent: number;
  /** Entities that went for want of room, an event. */
  readonly evictionsPerEvent: number;
}

const entitiesMin = Number(flags.entities);
const partitions = Number(flags.partitions);
const eventsMin = Number(flags.events);
const platforms = Math.ceil(entitiesMin / platformEntitiesMax);
const file = await simulatedStream({
  seed: Number(flags.seed),
  accounts: Math.ceil(entitiesMin / platforms / entitiesPerAccount),
});
const shipped = await loadShippedParts();
const measuredParts =
  flags.emitted === undefined
    ? shipped
    : { ...shipped, policy: await policyThatEmits(Number(flags.emitted), file, shipped) };
process.stdout.write(`${JSON.stringify(await measurePlatform(measuredParts))}\n`);

/** Rounds of a filled store and what comes next, until enough was measured: a small platform's stream is short. */
async function measurePlatform(parts: ShippedParts): Promise<PlatformReport> {
  const tally = { warmed: 0, events: 0, cpuNs: 0, emitted: 0, evictions: 0, growth: [] as number[] };
  let store: EmbeddedFeatureStore;
  do {
    store = new EmbeddedFeatureStore({ memoryBytesMax: memoryBytes() });
    const round = openPlatforms(store, parts);
    await fill(store, round);
    const before = evictionsOf(store);
    const handled = await handleRest(round, tally);
    if (handled === 0) throw new Error('The stream ended before the store was filled.');
    tally.evictions += evictionsOf(store) - before;
  } while (tally.events < eventsMin);
  return {
    entities: store.size(),
    partitions,
    events: tally.events,
    nsPerEvent: tally.cpuNs / tally.events,
    emitted: tally.emitted / tally.events,
    features: featureCount,
    bytesPerEntity: store.reading().bytes / store.size(),
    garbageBytesPerEvent: median(tally.growth) / batchSize,
    evictionsPerEvent: tally.evictions / tally.events,
  };
}

function memoryBytes(): number {
  return flags.full
    ? Math.max(fullBytesMin, entitiesMin * bytesPerEntityFull)
    : ampleBytesMin + entitiesMin * bytesPerEntityAmple;
}

/** One platform's stream, under keys of its own, and its path into the store that all share. */
function openPlatforms(store: EmbeddedFeatureStore, parts: ShippedParts) {
  const holds = new HoldBoard(systemClock, silentTelemetry);
  const guard = new StoreGuard(store, { holdMs: 0, retryInitialMs: 1, retryMaxMs: 1, clock: systemClock, holds });
  return Array.from({ length: platforms }, (_, index) => {
    const hasher = new EntityKeyHasher(new TextEncoder().encode(`winnow-bench-${index}`.padEnd(16, '-')));
    const topic = `account-events-${index}`;
    const pipeline = benchPipeline(parts, { hasher, store: guard });
    const batches = partitionedBatches(linesOf(file), partitions);
    return {
      observer: new Observer(hasher),
      handle: (batch: RecordBatch, signal: AbortSignal) => pipeline({ ...batch, topic }, signal),
      next: (): RecordBatch | undefined => {
        const { value } = batches.next();
        return value === undefined ? undefined : { ...value, topic };
      },
    };
  });
}
type Platforms = ReturnType<typeof openPlatforms>;

/** Lets the store observe, and nothing else be done, until it has the entities, or is full. */
async function fill(store: EmbeddedFeatureStore, round: Platforms): Promise<void> {
  for (let turn = 0; store.size() < entitiesMin && !(flags.full && evictionsOf(store) > 0); turn++) {
    const { observer, next } = round[turn % round.length]!;
    const batch = next();
    if (batch === undefined) throw new Error('The stream ended before the store had its entities.');
    const { topic, partition, records } = batch;
    const observations = emptyObservations(topic, partition, records.length);
    for (const [row, record] of records.entries()) {
      const decoded = decodeEvent(record);
      if (!decoded.ok) throw new Error(`the simulator wrote no event: ${decoded.failure.message}`);
      observer.observe(readFacts(decoded.value, shipped.reference), record.offset, observations, row);
    }
    (await store.observe(observations)).release();
    await store.settle({ topic, partition, offset: records.at(-1)!.offset }, []);
  }
}

interface Tally {
  warmed: number;
  events: number;
  cpuNs: number;
  emitted: number;
  /** Bytes by batch. */
  readonly growth: number[];
}

/** What is left of the streams, as long as something is to be measured. Returns how many events. */
async function handleRest(round: Platforms, tally: Tally): Promise<number> {
  const { signal } = new AbortController();
  let handled = 0;
  for (let turn = 0; tally.events < eventsMin; turn++) {
    const { handle, next } = round[turn % round.length]!;
    const batches: RecordBatch[] = [];
    for (let batch = next(); batch !== undefined; batch = batches.length < batchesAtOnce ? next() : undefined)
      batches.push(batch);
    if (batches.length === 0) break;
    const isWarm = tally.warmed >= eventsMin;
    const events = batches.length * batchSize;
    const startNs = cpuNs();
    let emitted = 0;
    for (const batch of batches) {
      const before = heldBytes();
      const report = await handle(batch, signal);
      if (isWarm) tally.growth.push(heldBytes() - before);
      emitted += report.decisions.reduce((sum, { count }) => sum + count, 0);
    }
    handled += events;
    if (isWarm) {
      tally.cpuNs += cpuNs() - startNs;
      tally.events += events;
      tally.emitted += emitted;
    } else tally.warmed += events;
  }
  return handled;
}

/** Between two collections it only grows, and what one batch adds is nearly all garbage; the median passes over the collections. */
function heldBytes(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}

function evictionsOf(store: EmbeddedFeatureStore): number {
  return store
    .reading()
    .kinds.flatMap(({ evictions }) => evictions)
    .reduce((sum, { count }) => sum + count, 0);
}
