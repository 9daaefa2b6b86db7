import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { ValkeyFeatureStore } from '../../src/adapters/valkey/store.ts';
import { offlineHasher, offlineReference } from '../../src/app/offline.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';
import { entityKinds } from '../../src/features/state.ts';
import { observedSimulation } from '../../tests/integration/valkey/simulated.ts';
import { startValkey } from '../../tests/servers/valkey.ts';
import { connectTo } from '../../tests/servers/valkey/nodes.ts';
import { median } from './measure.ts';
import { measureMemory, type KindMemory } from './valkey-memory.ts';
import { measureRepresentations, type Representation } from './valkey-representations.ts';

/** What the shared store costs: the client, the server, the wire, the wait, and the memory. */

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    accounts: { type: 'string', default: '8000' },
    batches: { type: 'string', default: '64,256' },
    shards: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
  },
});
const rounds = Number(flags.rounds);
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

const server = await startValkey();
const [, port] = server.nodes[0]!.split(':');
const client = await connectTo(Number(port));
const { reference } = await offlineReference();

const representations = await measureRepresentations(client);
const measured: Measured[] = [];
let memory: readonly KindMemory[] = [];
for (const batchSize of flags.batches.split(',').map(Number)) {
  const batches = observedSimulation(Number(flags.accounts), batchSize, offlineHasher(), reference);
  const figures: Measured[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await measure(batchSize, batches));
  measured.push(middle(figures));
  memory = await measureMemory(client);
}
const version = /^valkey_version:(\S+)/m.exec(await client.info('server'))?.[1] ?? 'unknown';
client.destroy();
await server.stop();
print();

async function measure(batchSize: number, batches: readonly ObservationBatch[]): Promise<Measured> {
  await client.flushAll('SYNC');
  const emptyBytes = (await serverFigures()).usedBytes;
  const store = new ValkeyFeatureStore(
    {
      nodes: server.nodes,
      cluster: false,
      tls: { enabled: false, rejectUnauthorized: true },
      keyPrefix: 'winnow:',
      shards: Number(flags.shards),
      timeoutMs: 10_000,
      retentionDays: 30,
    },
    () => undefined,
  );
  const warmUp = Math.floor(batches.length * warmUpShare);
  for (const batch of batches.slice(0, warmUp)) await store.observe(batch);

  const before = await serverFigures();
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
    await store.observe(batch);
    roundTripsMs.push(performance.now() - startMs);
    events += batch.count;
  }
  const { user, system } = process.cpuUsage(startCpu);
  const after = await serverFigures();
  collections.disconnect();
  await store.close();

  roundTripsMs.sort((first, second) => first - second);
  const serverUsPerEvent = ((after.cpuS - before.cpuS) * 1e6) / events;
  const entities = await client.dbSize();
  return {
    batchSize,
    touchesPerEvent: batches.reduce((sum, batch) => sum + touchesOf(batch), 0) / (batches.length * batchSize),
    clientUsPerEvent: (user + system) / events,
    collectionUsPerEvent: (collectedMs * 1_000) / events,
    serverUsPerEvent,
    eventsPerServerCoreSecond: 1e6 / serverUsPerEvent,
    roundTripMsP50: roundTripsMs[Math.floor(roundTripsMs.length / 2)]!,
    roundTripMsP99: roundTripsMs[Math.floor(roundTripsMs.length * 0.99)]!,
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

async function serverFigures() {
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

function print(): void {
  if (flags.json) {
    const report = {
      valkey: version,
      node: process.version,
      shards: Number(flags.shards),
      rounds,
      representations,
      measured,
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const lines = [
    `Valkey ${version} on this machine, ${flags.shards} shards, median of ${rounds} rounds`,
    '',
    'An address touched, one of three ways to keep it:',
    ...representations.map(describeRepresentation),
    ...measured.flatMap(describeMeasured),
    '',
    'Memory by kind, key and overhead included:',
    ...memory.map(
      ({ kind, entities, bytesPerEntity }) =>
        `  ${kind.padEnd(42)} ${bytesPerEntity.toFixed(0).padStart(9)} bytes, ${entities.toLocaleString('en-US')} of them`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describeRepresentation({ name, usPerTouch, bytesPerEntity }: Representation): string {
  return `  ${name.padEnd(42)} ${usPerTouch.toFixed(1).padStart(6)} us of server a touch ${bytesPerEntity.toFixed(0).padStart(6)} bytes an entity`;
}

function line(name: string, value: number, digits: number): string {
  const figure = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `  ${name.padEnd(42)} ${figure.padStart(9)}`;
}

function describeMeasured(figures: Measured): readonly string[] {
  return [
    '',
    `Batches of ${figures.batchSize} events, ${figures.touchesPerEvent.toFixed(1)} entities an event:`,
    line('client CPU, us an event', figures.clientUsPerEvent, 1),
    line('  of it the collection of garbage', figures.collectionUsPerEvent, 1),
    line('server CPU, us an event', figures.serverUsPerEvent, 1),
    line('events a second and Valkey core', figures.eventsPerServerCoreSecond, 0),
    line('round trip of a batch, ms, median', figures.roundTripMsP50, 2),
    line('round trip of a batch, ms, 99th percentile', figures.roundTripMsP99, 2),
    line('sent, bytes an event', figures.sentBytesPerEvent, 0),
    line('received, bytes an event', figures.receivedBytesPerEvent, 0),
    line(`memory, bytes an entity (${figures.entities.toLocaleString('en-US')})`, figures.bytesPerEntity, 0),
  ];
}
