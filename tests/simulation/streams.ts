import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { featureNames } from '../../src/features/catalogue.ts';
import type { Action } from '../../src/domain/decision.ts';
import type { FeatureStore } from '../../src/ports.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { scoreOfRow, World } from '../pipeline/world.ts';
import { policyOf } from '../unit/steps/events.ts';
import { topic } from './broker.ts';
import { VirtualTime } from './virtual-time.ts';

/** A record as it is in the log; its offset is its place there. */
export interface LogRecord {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly timestampMs: number;
}

/** What an undisturbed run does about a record. */
export type Fate =
  | { readonly kind: 'decision'; readonly id: string; readonly action: Action; readonly text: string }
  | { readonly kind: 'dead letter'; readonly text: string }
  | { readonly kind: 'silence' };

/** A partition from its first record to its last, and what an undisturbed run makes of it. */
export interface Stream {
  readonly records: readonly LogRecord[];
  readonly fates: readonly Fate[];
}

export const partitionCount = 3;
/** Streams that there are; computing what is expected of each costs as much as a simulation. */
export const streamsMax = 8;
const recordsPerPartition = 30;
const accountsPerPartition = 5;
const startMs = Date.UTC(2026, 9, 5, 12);

export const policy = policyOf({ id: 'busy', mode: 'enforce', when: 'account_events_1h >= 6', then: 'review' });

/** Not what looks at all partitions, whose batches come in another order each time: shares of the platform, and how long it is known. */
const columnsOfOnePartition = Int32Array.from(
  [...featureNames.entries()].flatMap(([column, name]) =>
    /surge|share|history_age|burst|idle/.test(name) ? [] : [column],
  ),
);
const noContributions: readonly number[] = featureNames.map(() => 0);
const seen = new Float32Array(columnsOfOnePartition.length);

/** Depends on all history of a partition, asks for all four actions, and explains nothing: looking for reasons takes time. */
export const modelOptions = {
  scoreRow(row: Float32Array): number {
    for (let index = 0; index < seen.length; index++) seen[index] = row[columnsOfOnePartition[index]!]!;
    return scoreOfRow(seen);
  },
  explainRow: () => noContributions,
};

/** All streams of one kind. */
export class Streams {
  readonly partitions = partitionCount;
  readonly #streams: ReadonlyMap<string, Stream>;

  constructor(streams: ReadonlyMap<string, Stream>) {
    this.#streams = streams;
  }

  of(partition: number, era: number): Stream {
    return this.#streams.get(`${partition}.${era}`)!;
  }
}

const known = new Map<number, Promise<Streams>>();

/** The streams of a seed, which many seeds share. */
export function streamsOf(seed: number): Promise<Streams> {
  const kind = seed % streamsMax;
  const streams = known.get(kind) ?? makeStreams(kind);
  known.set(kind, streams);
  return streams;
}

async function makeStreams(kind: number): Promise<Streams> {
  const streams = new Map<string, Stream>();
  for (let partition = 0; partition < partitionCount; partition++)
    for (const era of [0, 1]) streams.set(`${partition}.${era}`, await makeStream(kind, partition, era));
  return new Streams(streams);
}

async function makeStream(kind: number, partition: number, era: number): Promise<Stream> {
  const chance = new VirtualTime(1_000 + kind * 100 + partition * 10 + era);
  const records: LogRecord[] = [];
  for (let offset = 0; offset < recordsPerPartition; offset++) {
    const former = records.at(-2);
    if (former !== undefined && chance.chance(0.05)) records.push(former);
    else if (chance.chance(0.05))
      records.push(recordOf('nobody', Buffer.from(`{"of":"${partition}.${era}"`), offset, era));
    else records.push(event(chance, partition, era, offset));
  }
  return { records, fates: await undisturbed(partition, records) };
}

/** An event whose entities no other partition and no other era touches. */
function event(chance: VirtualTime, partition: number, era: number, offset: number): LogRecord {
  const place = `${partition}.${era}`;
  const isLast = offset >= recordsPerPartition - accountsPerPartition;
  // Each account has the last word once.
  const account = isLast ? offset % accountsPerPartition : chance.whole(0, accountsPerPartition - 1);
  const subject = `account-${place}-${account}`;
  const type = isLast
    ? 'account.login'
    : chance.oneOf(['account.signup', 'account.login', 'account.login', 'account.labelled']);
  const context = {
    ip: `${60 + partition * 10 + era}.20.30.${chance.whole(1, 3)}`,
    device_id: `device-${place}-${chance.whole(1, 3)}`,
  };
  const data = {
    'account.signup': {
      status: 'succeeded',
      context,
      email: `somebody.${account}@mail-${partition}-${era}.example`,
      form_ms: chance.whole(900, 90_000),
    },
    'account.login': { status: chance.oneOf(['succeeded', 'failed']), context, method: 'password' },
    'account.labelled': { label: chance.oneOf(['fake', 'genuine']), by: 'review' },
  }[type as 'account.login'];
  const timeMs = startMs + offset * 20_000 + chance.whole(0, 9_999);
  const text = JSON.stringify({
    specversion: '1.0',
    id: `${place}.${offset}`,
    source: '/simulation',
    type,
    subject,
    time: new Date(timeMs).toISOString(),
    data,
  });
  return recordOf(subject, Buffer.from(text), offset, era);
}

/** How often the topic of these records had been made before. */
export function eraOf(records: readonly { readonly value: Uint8Array | null }[]): number {
  return Number(/"(?:id|of)":"\d+\.(\d+)/.exec(String(records[0]!.value))![1]);
}

function recordOf(subject: string, value: Buffer, offset: number, era: number): LogRecord {
  return { key: Buffer.from(subject), value, timestampMs: startMs + offset * 20_000 + era * 7_000 };
}

/** What is made of a partition's records by a process to which nothing happens. */
export async function undisturbed(
  partition: number,
  records: readonly LogRecord[],
  history: FeatureStore = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 }),
): Promise<Fate[]> {
  const world = new World({ emit: 'all', policy, model: modelOptions, history });
  await world.take({
    topic,
    partition,
    records: records.map((record, offset) => ({ ...record, offset, headers: [] })),
  });
  const fates: Fate[] = records.map(() => ({ kind: 'silence' }));
  for (const { value, source } of world.sent.decisions) {
    const text = String(value);
    const { id, data } = JSON.parse(text) as WireDecision;
    fates[Number(source!.offset)] = { kind: 'decision', id, action: data.action, text };
  }
  for (const { source, value } of world.sent.deadLetters)
    fates[Number(source!.offset)] = { kind: 'dead letter', text: String(value) };
  return fates;
}
