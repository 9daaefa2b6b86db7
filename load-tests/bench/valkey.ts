import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { ValkeyFeatureStore } from '../../src/adapters/valkey/store.ts';
import { offlineHasher, offlineReference } from '../../src/evaluation/offline.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';
import { entityKinds } from '../../src/features/state.ts';
import { observedEvents } from '../../tests/integration/valkey/simulated.ts';
import { ServerUnavailable } from '../../tests/servers/unavailable.ts';
import { nodesVariable, startValkey, type ValkeyServer } from '../../tests/servers/valkey.ts';
import { connectTo } from '../../tests/servers/valkey/nodes.ts';
import { formatNumber } from '../table.ts';
import { eventTexts, type EventSource } from './event-source.ts';
import { median, quantile } from './measure.ts';
import { formatSections, formatVerdict, valkeySections } from './report.ts';
import { measureMemory, type Client, type KindMemory } from './valkey-memory.ts';
import { measureRepresentations } from './valkey-representations.ts';

/** What the shared store costs: the client, the server, the wire, the wait, and the memory. `npm run bench:valkey` */

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    accounts: { type: 'string', default: '8000' },
    batches: { type: 'string', default: '64,256' },
    shards: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    'events-file': { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
const source: EventSource = { file: flags['events-file'], seed: 5, accounts: Number(flags.accounts) };
/** The first part of the stream fills the store; what comes after is measured. */
const warmUpShare = 0.5;

interface Measured {
  readonly batchSize: number;
  readonly touchesPerEvent: number;
  readonly clientUsPerEvent: number;
  /** Of that, what stopped the program to collect garbage: most of it are the arrays of the answers, which any store makes. */
  readonly collectionUsPerEvent: number;
  readonly serverUsPerEvent: number;
  readonly eventsPerServerCoreSecond: number;
  readonly roundTripMsP50: number;
  readonly roundTripMsP99: number;
  readonly sentBytesPerEvent: number;
  readonly receivedBytesPerEvent: number;
  readonly entities: number;
  readonly bytesPerEntity: number;
}

/** Or why there is nothing to report. */
export type ValkeyReport = Awaited<ReturnType<typeof measureAll>> | { readonly unavailable: string };

const answer = await measureIfAvailable();
process.stdout.write(flags.json ? `${JSON.stringify(answer, null, 2)}\n` : format(answer));
// The search for a Valkey leaves a timer behind where a command is missing.
process.exit();

async function measureIfAvailable(): Promise<ValkeyReport> {
  let server: ValkeyServer | undefined;
  try {
    server = await startValkey();
    return await measureAll(server);
  } catch (error) {
    if (error instanceof ServerUnavailable) return { unavailable: error.message };
    throw error;
  } finally {
    await server?.stop();
  }
}

async function measureAll({ nodes }: ValkeyServer) {
  const client = await connectTo(Number(nodes[0]!.split(':')[1]));
  try {
    if ((await client.dbSize()) > 0)
      throw new ServerUnavailable(`The one of ${nodesVariable} holds keys, and would have to be emptied.`);
    const { reference } = await offlineReference();
    const representations = await measureRepresentations(client);
    const measured: Measured[] = [];
    let memory: readonly KindMemory[] = [];
    for (const batchSize of flags.batches.split(',').map(Number)) {
      const batches = observedEvents(eventTexts(source), batchSize, offlineHasher(), reference);
      const figures: Measured[] = [];
      for (let round = 0; round < rounds; round++) figures.push(await measure(client, nodes, batchSize, batches));
      measured.push(middle(figures));
      memory = await measureMemory(client);
      await client.flushAll('SYNC');
    }
    const valkey = /^valkey_version:(\S+)/m.exec(await client.info('server'))?.[1] ?? 'unknown';
    return {
      valkey,
      node: process.version,
      shards: Number(flags.shards),
      rounds,
      representations,
      measured,
      memory,
    };
  } finally {
    client.destroy();
  }
}

async function measure(
  client: Client,
  nodes: readonly string[],
  batchSize: number,
  batches: readonly ObservationBatch[],
): Promise<Measured> {
  await client.flushAll('SYNC');
  const emptyBytes = (await serverFigures(client)).usedBytes;
  const store = new ValkeyFeatureStore(
    {
      nodes,
      cluster: false,
      tls: { enabled: false, rejectUnauthorized: true },
      keyPrefix: 'winnow:',
      shards: Number(flags.shards),
      timeoutMs: 10_000,
      retentionDays: 30,
      standingDays: 1_825,
    },
    () => undefined,
  );
  const warmUp = Math.floor(batches.length * warmUpShare);
  for (const batch of batches.slice(0, warmUp)) (await store.observe(batch)).release();

  const before = await serverFigures(client);
  let collectedMs = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collectedMs += duration;
  });
  collections.observe({ entryTypes: ['gc'] });
  const startCpu = process.cpuUsage();
  const roundTripsMs: number[] = [];
  let events = 0;
  for (const batch of batches.slice(warmUp)) {
    const startMs = performance.now();
    (await store.observe(batch)).release();
    roundTripsMs.push(performance.now() - startMs);
    events += batch.count;
  }
  const { user, system } = process.cpuUsage(startCpu);
  const after = await serverFigures(client);
  collections.disconnect();
  await store.close();

  const serverUsPerEvent = ((after.cpuS - before.cpuS) * 1e6) / events;
  const entities = await client.dbSize();
  return {
    batchSize,
    touchesPerEvent: batches.reduce((sum, batch) => sum + touchesOf(batch), 0) / (batches.length * batchSize),
    clientUsPerEvent: (user + system) / events,
    collectionUsPerEvent: (collectedMs * 1_000) / events,
    serverUsPerEvent,
    eventsPerServerCoreSecond: 1e6 / serverUsPerEvent,
    roundTripMsP50: median(roundTripsMs),
    roundTripMsP99: quantile(roundTripsMs, 0.99),
    sentBytesPerEvent: (after.receivedBytes - before.receivedBytes) / events,
    receivedBytesPerEvent: (after.sentBytes - before.sentBytes) / events,
    entities,
    bytesPerEntity: (after.usedBytes - emptyBytes) / entities,
  };
}

function touchesOf({ count, keys }: ObservationBatch): number {
  let touches = 0;
  for (let at = 0; at < count * entityKinds.length * 2; at += 2) if (keys[at] !== 0 || keys[at + 1] !== 0) touches++;
  return touches;
}

async function serverFigures(client: Client) {
  const text = await client.info('everything');
  const figure = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
  return {
    cpuS: figure('used_cpu_user') + figure('used_cpu_sys'),
    usedBytes: figure('used_memory'),
    receivedBytes: figure('total_net_input_bytes'),
    sentBytes: figure('total_net_output_bytes'),
  };
}

/** The median of each figure. */
function middle(figures: readonly Measured[]): Measured {
  const names = Object.keys(figures[0]!) as (keyof Measured)[];
  return Object.fromEntries(
    names.map((name) => [name, median(figures.map((each) => each[name]))]),
  ) as unknown as Measured;
}

function format(report: ValkeyReport): string {
  const sections = valkeySections(report);
  if ('unavailable' in report) return `${formatSections(sections)}\n`;
  const ways = report.representations.map(({ name, usPerTouch }) => {
    return { name, value: usPerTouch, unit: 'us of server a touch', digits: 1 };
  });
  const kinds = report.memory.map(({ kind, entities, bytesPerEntity }) => {
    return { name: `${kind} (${formatNumber(entities)})`, value: bytesPerEntity, unit: 'bytes an entity' };
  });
  const details = [
    { title: 'An address touched, one of three ways to keep it', rows: ways },
    { title: 'Memory by kind, key and overhead included', rows: kinds },
  ];
  return `${formatSections([...details, ...sections])}\n\n${formatVerdict(sections)} Node.js ${report.node}.\n`;
}
