import { randomBytes } from 'node:crypto';
import { EntityState } from '../../../src/adapters/valkey/entity-state.ts';
import { kindPlans, type KindPlan } from '../../../src/adapters/valkey/kind-plan.ts';
import type { ValkeySettings } from '../../../src/adapters/valkey/settings.ts';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import type { ObservationBatch } from '../../../src/features/observation.ts';
import { entityKinds, snapshotColumnCount } from '../../../src/features/state.ts';
import { standingWords } from '../../../src/history/account-memory.ts';
import type { StandingChange } from '../../../src/ports.ts';
import { keyHighOf, observationsOf, startMs, type PlainEvent } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';

/** What the tests against a real Valkey share: settings, a stream, and a look at everything that the server holds. */

export function valkeySettings(nodes: readonly string[], overrides: Partial<ValkeySettings> = {}): ValkeySettings {
  return {
    nodes,
    cluster: nodes.length > 1,
    tls: { enabled: false, rejectUnauthorized: true },
    keyPrefix: uniquePrefix(),
    shards: 4,
    timeoutMs: 5_000,
    retentionDays: 30,
    standingDays: 1_825,
    ...overrides,
  };
}

/** A beginning of keys that no other test has: the server may be shared. */
export function uniquePrefix(): string {
  return `test-${randomBytes(5).toString('hex')}:`;
}

export function openStore(nodes: readonly string[], overrides: Partial<ValkeySettings> = {}): ValkeyFeatureStore {
  return new ValkeyFeatureStore(valkeySettings(nodes, overrides), () => undefined);
}

export function portOf(node: string): number {
  return Number(node.slice(node.lastIndexOf(':') + 1));
}

const minuteMs = 60_000;

/** The same `count` events for the same seed: few entities, so that they meet, with late, repeated and labelled ones. */
export function streamOf(seed: number, count: number): readonly PlainEvent[] {
  const draw = drawing(seed);
  return Array.from({ length: count }, (_, offset) => drawEvent(draw, offset)).map((event) =>
    event.offset % 41 === 40 ? erasureLike(event) : event,
  );
}

/** The account of an event asks to be forgotten instead. */
function erasureLike({ offset, timeMs, id, account }: PlainEvent): PlainEvent {
  return { offset, timeMs, id, account, target: account, erases: true };
}

function drawEvent(draw: (limit: number) => number, offset: number): PlainEvent {
  const event = {
    offset,
    timeMs: startMs + offset * 7 * minuteMs - (draw(4) === 0 ? draw(15) * minuteMs : 0),
    id: draw(12) === 0 ? 1 + draw(5) : 1_000 + offset,
    account: 1 + draw(9),
    device: draw(6),
    ip: draw(4),
    target: draw(3),
    cohort: draw(4),
    value: draw(100) / 7,
    label: draw(5) === 0 ? 1 + draw(2) : 0,
    joins: draw(3) === 0,
    adds: draw(64),
    element: draw(60) * 71_582_788,
  };
  // What is shown of an entity is often its account.
  return offset % 3 === 0 ? { ...event, element: keyHighOf(event.account) } : event;
}

/** Numbers from 0 to below a limit: mulberry32 (Tommy Ettinger, public domain). */
export function drawing(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Handles a part of a stream as the pipeline does: observe, then settle what became of it. */
export async function handle(
  store: ValkeyFeatureStore,
  events: readonly PlainEvent[],
  partition = 0,
): Promise<ObservationBatch> {
  const batch = observationsOf(events, partition);
  await store.observe(batch);
  await store.settle({ topic: batch.topic, partition, offset: events.at(-1)!.offset }, decisionsOn(events));
  return batch;
}

/** A made-up decision on every fifth event, the same whenever it is handled. None outlives an erasure of its account. */
function decisionsOn(events: readonly PlainEvent[]): readonly StandingChange[] {
  return events
    .filter(({ offset }) => offset % 5 === 0)
    .filter(({ account, offset }) => {
      return !events.some((later) => later.erases === true && later.account === account && later.offset >= offset);
    })
    .map(({ account, offset, timeMs }) => ({
      keyHigh: account * 7919,
      keyLow: account,
      standing: {
        action: offset % 10 === 0 ? 'review' : 'block',
        decisionId: `dec_${offset.toString(16).padStart(32, '0')}`,
        sinceMs: timeMs,
      },
    }));
}

/** Runs a whole stream through a store of its own, undisturbed, and tells what Valkey then holds. */
export async function undisturbedState(
  nodes: readonly string[],
  events: readonly PlainEvent[],
): Promise<ReadonlyMap<string, string>> {
  const settings = valkeySettings(nodes);
  const store = new ValkeyFeatureStore(settings, () => undefined);
  for (let from = 0; from < events.length; from += 16) await handle(store, events.slice(from, from + 16));
  await store.close();
  return wholeState(nodes, settings.keyPrefix, events.at(-1)!.timeMs);
}

/** What of an entity is compared. */
export type Compared =
  /** Everything, for streams that were handled in one order. */
  | 'everything'
  /**
   * What is the same in whatever order partitions were handled. Not: how the touches of an entity that several accounts share are
   * spaced (a late touch makes a gap of 0); the last digits of running means; and what stands for an account, since the decision
   * may have seen more, or less, of the other partitions.
   */
  | 'in any order';

/**
 * Everything that Valkey holds under a prefix, key by key, without the prefix. Watermarks as they are; an entity as what it says
 * at several times within the allowed lateness, of the stream's end and of its own last touch, and what it remembers: how much of it
 * is state and how much log depends on who wrote it anew, and when.
 */
export async function wholeState(
  nodes: readonly string[],
  keyPrefix: string,
  newestMs: number,
  compared: Compared = 'everything',
): Promise<ReadonlyMap<string, string>> {
  const state = new Map<string, string>();
  for (const [key, value] of await valuesUnder(nodes, keyPrefix))
    state.set(key, describe(key, value, newestMs, compared));
  return new Map([...state].toSorted(([first], [second]) => (first < second ? -1 : 1)));
}

/**
 * Every key of the history under a prefix, without it, with its value; bytes as latin-1. They begin with the number of the format: what
 * accounts have in common, and what members tell each other, are kept beside it under names.
 */
export async function valuesUnder(
  nodes: readonly string[],
  keyPrefix: string,
): Promise<ReadonlyMap<string, Buffer | Record<string, string>>> {
  const values = new Map<string, Buffer | Record<string, string>>();
  for (const node of nodes) {
    const client = await connectTo(portOf(node));
    const binary = client.withTypeMapping({ [36]: Buffer });
    for await (const keys of binary.scanIterator({ MATCH: `${keyPrefix}[0-9]*`, COUNT: 1_000 })) {
      const valueOf = async (key: Buffer): Promise<void> => {
        const name = key.toString('latin1').slice(keyPrefix.length);
        const isHash = name.endsWith(':watermarks');
        values.set(name, isHash ? { ...(await client.hGetAll(key)) } : ((await binary.get(key)) as unknown as Buffer));
      };
      // All at once, in one round trip.
      await Promise.all(keys.map(valueOf));
    }
    client.destroy();
  }
  return values;
}

/** Every byte that the servers hold in keys, fields and values, whoever's they are. Keys of other types than Winnow's are an error. */
export async function bytesIn(nodes: readonly string[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const node of nodes) {
    const client = await connectTo(portOf(node));
    const binary = client.withTypeMapping({ [36]: Buffer });
    const values = {
      string: async (key: Buffer) => [(await binary.get(key)) as unknown as Buffer],
      hash: async (key: Buffer) => [...(await binary.hKeys(key)), ...(await binary.hVals(key))],
    };
    for await (const keys of binary.scanIterator({ COUNT: 1_000 })) {
      for (const key of keys) parts.push(key, ...(await values[(await client.type(key)) as keyof typeof values](key)));
    }
    client.destroy();
  }
  return Buffer.concat(parts);
}

function describe(key: string, value: Buffer | Record<string, string>, newestMs: number, compared: Compared): string {
  if (!Buffer.isBuffer(value)) return describeWatermarks(key, value);
  const plan = kindPlans[key.charCodeAt(key.length - 1)]!;
  const words = new Uint32Array(value.length / 4);
  new Uint8Array(words.buffer).set(value);
  const state = new EntityState(plan);
  state.load(words, 0, words.length);
  state.readLog();
  const idleMs = state.idleMs(newestMs);
  const ends = Number.isNaN(idleMs) ? [newestMs] : [newestMs, newestMs - idleMs];
  const readings = ends.flatMap((endMs) =>
    [0, 8, 14].map((minutes) => {
      const timeMs = endMs - minutes * minuteMs;
      const row = new Float64Array(snapshotColumnCount).fill(NaN);
      state.read(timeMs, state.idleMs(timeMs), row, 0);
      if (compared === 'in any order') leaveOutOrder(row, plan);
      let known = '';
      for (let column = 0; column < row.length; column++)
        if (!Number.isNaN(row[column])) known += `${column}=${row[column]} `;
      return known;
    }),
  );
  return [entityKinds[plan.kindIndex], ...readings, rememberedOf(state, compared)].join('\n');
}

/**
 * Watermarks of a shard. How far a partition is settled is said by its home shard; another shard notes the end of the last batch that
 * brought it standings, which depends on how the stream was cut into batches. Births are drawn.
 */
function describeWatermarks(key: string, watermarks: Record<string, string>): string {
  const shard = Number(/\{s(\d+)\}/.exec(key)![1]);
  const shards = Number(/\.(\d+)\{/.exec(key)![1]);
  const isSaid = (field: string): boolean =>
    field !== 'birth' && (!field.startsWith('settled:') || Number(field.split(':').at(-1)) % shards === shard);
  return JSON.stringify(watermarks, Object.keys(watermarks).filter(isSaid).toSorted());
}

/** What an account remembers beside its counters: the words of its fields. */
function rememberedOf({ plan, record }: EntityState, compared: Compared): string {
  if (!plan.isAccount) return '';
  const { words } = record.memory;
  if (compared === 'in any order')
    record.accounts!.takeStanding(record.memory, 0, 0, new Uint32Array(standingWords), 0, -1);
  const ofAccounts = record.layout.fields.slice(record.layout.fields.findIndex(({ name }) => name === 'buckets') + 1);
  return ofAccounts
    .map(({ name, startByte, count, size }) => {
      return `${name}: ${words.slice(startByte / 4, (startByte + count * size) / 4).join(' ')}`;
    })
    .join('\n');
}

/** Decimals; a spread of nothing is only nearly that. */
const decimalsOfMeans = 5;

function leaveOutOrder(row: Float64Array, { isAccount, layout }: KindPlan): void {
  const { gap_mean_s: mean, gap_variation: variation } = layout.spans;
  if (!isAccount) for (const column of [mean, variation]) if (column !== undefined) row[column] = NaN;
  for (const { column } of layout.measures)
    for (const figure of [column, column + 1]) row[figure] = Number(row[figure]!.toFixed(decimalsOfMeans));
}
