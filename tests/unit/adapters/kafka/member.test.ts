import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PartitionPast } from '../../../../src/adapters/kafka/assignment.ts';
import { GroupMember, type MemberSurroundings } from '../../../../src/adapters/kafka/member.ts';
import type { PartitionEnds } from '../../../../src/adapters/kafka/partition-ends.ts';
import { PartitionPasts } from '../../../../src/adapters/kafka/partition-pasts.ts';
import type { BatchHandler } from '../../../../src/adapters/kafka/source-options.ts';
import type { StartPositions } from '../../../../src/adapters/kafka/start-positions.ts';
import { FailureError } from '../../../../src/domain/failure.ts';
import { HoldBoard } from '../../../../src/holds.ts';
import { silentTelemetry } from '../../../../src/telemetry.ts';
import { clock, kafkaSettings } from '../../../integration/kafka/support.ts';

const events = Object.fromEntries(
  ['CRASH', 'FETCH_START', 'FETCH', 'HEARTBEAT', 'REBALANCING', 'GROUP_JOIN', 'END_BATCH_PROCESS'].map((name) => [
    name,
    name,
  ]),
);

/** A client that is told what it is assigned and what it has fetched, and keeps where it was told to begin. */
class ScriptedConsumer {
  readonly events = events;
  readonly seeks: unknown[] = [];
  readonly #emitter = new EventEmitter();
  readonly #running = Promise.withResolvers<(payload: EachBatchPayload) => Promise<void>>();
  #resumed = Promise.withResolvers<void>();

  on(event: string, listener: (event: object) => void): void {
    this.#emitter.on(event, listener);
  }
  connect = (): Promise<void> => Promise.resolve();
  subscribe = (): Promise<void> => Promise.resolve();
  disconnect = (): Promise<void> => Promise.resolve();
  describeGroup = (): Promise<unknown> => Promise.resolve({ members: [] });
  cut = (): void => undefined;
  pause = (): void => undefined;
  resume = (): void => this.#resumed.resolve();
  seek = (to: unknown): void => void this.seeks.push(to);
  run = async ({ eachBatch }: { readonly eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> =>
    this.#running.resolve(eachBatch);

  get isRunning(): Promise<unknown> {
    return this.#running.promise;
  }

  /** Resolves when the partitions may be read. */
  async assign(...partitions: readonly number[]): Promise<void> {
    await this.#running.promise;
    this.#resumed = Promise.withResolvers();
    this.#emitter.emit('GROUP_JOIN', { payload: { memberAssignment: { t: partitions }, duration: 0 } });
    await this.#resumed.promise;
  }

  /** Records from an offset on, of partition 0 and one unless given. Resolves when all are handled. */
  async fetched(offset: number, partition = 0, count = 1): Promise<void> {
    const eachBatch = await this.#running.promise;
    const messages = Array.from({ length: count }, (_, index) => ({
      key: null,
      value: null,
      timestamp: '1',
      offset: String(offset + index),
      attributes: 0,
      headers: {},
    }));
    const lastOffset = (): string => messages.at(-1)!.offset;
    const batch = { topic: 't', partition, messages, highWatermark: '100', lastOffset };
    await eachBatch({
      batch,
      heartbeat: () => Promise.resolve(),
      pause: () => () => undefined,
      resolveOffset: () => undefined,
      commitOffsetsIfNecessary: () => Promise.resolve(),
      isRunning: () => true,
      isStale: () => false,
    } as unknown as EachBatchPayload);
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

/** Of the loop: more than it takes until whoever may begin has begun. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

const place = { topic: 't', partition: 0 };

interface Scene {
  readonly pasts: PartitionPasts;
  readonly made: GroupMember;
  readonly pass: (ms: number) => void;
  readonly consumer: ScriptedConsumer;
  /** What was forgotten, and which offset the group had committed when a record was handed over. */
  readonly told: unknown[];
  /** Over records, as they were found. */
  readonly jumps: unknown[];
}

interface Parts {
  readonly startPositions?: StartPositions;
  readonly handler?: BatchHandler;
  /** Called whenever something is tried. */
  readonly progress?: () => void;
}

/** A member that shares its history, of a process that remembers a partition of topic t. One record a slice, and one turn at a time. */
function member(
  past: PartitionPast | undefined,
  group: Pick<PartitionEnds, 'committed' | 'former'>,
  { startPositions, handler, progress = () => undefined }: Parts = {},
): Scene {
  let nowMs = 0;
  const settings = kafkaSettings(['127.0.0.1:1']);
  const pasts = new PartitionPasts();
  if (past !== undefined) pasts.remember(place, past);
  const consumer = new ScriptedConsumer();
  const told: unknown[] = [];
  const jumps: unknown[] = [];
  const ends = [0, 1].map((partition) => ({ topic: 't', partition, low: 0, high: 100, wasReset: false, ...group }));
  const surroundings: MemberSurroundings = {
    startPositions,
    ends: { ids: async () => new Map([['t', 'new']]), of: async () => ends, ofGroup: async () => ends },
    pasts,
    gaps: {
      found: (gap) => void jumps.push(gap),
      forget: ({ partition }) => void told.push(['jumps forgotten', partition]),
    },
  };
  const options = {
    settings: {
      ...settings,
      retry: { ...settings.retry, initialMs: 1, maxMs: 1 },
      consumer: { ...settings.consumer, partitionsConcurrent: 1 },
    },
    topics: ['t'],
    recordsMax: 1,
    handler:
      handler ??
      (async ({ committedOffset }: { readonly committedOffset?: number | undefined }) =>
        void told.push(committedOffset)),
    telemetry: {
      ...silentTelemetry,
      partitionRemade: (_topic: string, _partition: number, expected: number, found: number) =>
        void told.push(['remade', expected, found]),
    },
    forgetOffsets: async (_topic: string, _partition: number, known: string) => void told.push(['forgotten', known]),
    holds: new HoldBoard(clock, silentTelemetry),
    log: () => undefined,
    clock: { ...clock, monotonicMs: () => nowMs },
    progress,
    onLost: () => undefined,
    onAssigned: () => undefined,
  };
  const made = new GroupMember(options, surroundings, () => consumer as never);
  const lived = made.live();
  onTestFinished(async () => {
    made.leave();
    await lived;
  });
  return { made, pasts, pass: (ms) => (nowMs += ms), consumer, told, jumps };
}

const ofFormer: PartitionPast = { last: 'committed', reached: 60, topicId: 'former', position: 60 };

describe('a partition that was made anew, in a group that shares its history', () => {
  // The watermarks of the new topic were deleted, and events of it passed for what a producer had sent twice: they got no decision.
  it('is forgotten by its first member alone; the next one goes on where the group has committed to it', async () => {
    const first = member(ofFormer, { committed: undefined, former: 60 });
    await first.consumer.assign(0);
    await first.consumer.fetched(0);
    expect(first.told).toEqual([['remade', 60, 0], ['forgotten', 'all'], ['jumps forgotten', 0], undefined]);

    const next = member(ofFormer, { committed: 40 });
    await next.consumer.assign(0);
    await next.consumer.fetched(40);
    expect(next.told).toEqual([['forgotten', 'own'], ['jumps forgotten', 0], 40]);
    expect(next.pasts.of(place)).toMatchObject({ reached: 41, topicId: 'new', position: 41 });
    await next.consumer.assign(0);
    await next.consumer.fetched(41);
    expect(next.told).toEqual([['forgotten', 'own'], ['jumps forgotten', 0], 40, 40]);
  });
});

describe('where a process was in a partition', () => {
  const past: PartitionPast = { last: 'nothing', reached: 30, topicId: 'new', position: 25 };

  it('is where it goes on, when the group knows nothing of it', async () => {
    const { consumer } = member(past, { committed: undefined });
    await consumer.assign(0);
    expect(consumer.seeks).toEqual([{ topic: 't', partition: 0, offset: '25' }]);
  });

  // It was elsewhere for days, and records that have their decisions came again.
  it('counts no more once another member has had the partition', async () => {
    const { consumer } = member(past, { committed: undefined });
    await consumer.assign(1);
    await consumer.assign(0, 1);
    expect(consumer.seeks).toEqual([]);
  });
});

it('a member waits for no answer of the coordinator before it has asked to join, however long its history is written down', async () => {
  const written = Promise.withResolvers<void>();
  const startPositions = { find: () => written.promise, of: () => [], remade: () => undefined } as unknown;
  const { made, pass, consumer } = member(
    undefined,
    { committed: 0 },
    { startPositions: startPositions as StartPositions },
  );
  pass(100_000);
  expect(made.coordinator.silentMs).toBe(0);
  written.resolve();
  await consumer.isRunning;
  pass(3);
  expect(made.coordinator.silentMs).toBe(3);
});

// Where all turns waited for the brokers to acknowledge decisions, nothing was computed, and at a rate every record waited behind them.
it('while what is decided of one partition waits for its sends, records of another are handed over, and none of its own', async () => {
  const sent = Promise.withResolvers<void>();
  const handed: string[] = [];
  const handler: BatchHandler = async ({ partition, records }, _signal, decided) => {
    handed.push(`${partition}/${records[0]!.offset}`);
    if (partition !== 0) return;
    decided();
    await sent.promise;
  };
  const { consumer } = member(undefined, { committed: 0 }, { handler });
  await consumer.assign(0, 1);
  const waiting = consumer.fetched(0, 0, 2);
  await consumer.fetched(0, 1, 2);
  expect(handed).toEqual(['0/0', '1/0', '1/1']);
  sent.resolve();
  await waiting;
  expect(handed).toEqual(['0/0', '1/0', '1/1', '0/1']);
});

it('records are handed over one partition at a time until they are decided', async () => {
  const computed = Promise.withResolvers<void>();
  const handed: number[] = [];
  const handler: BatchHandler = async ({ partition }) => {
    handed.push(partition);
    await computed.promise;
  };
  const { consumer } = member(undefined, { committed: 0 }, { handler });
  await consumer.assign(0, 1);
  const both = [consumer.fetched(0, 0), consumer.fetched(0, 1)];
  await until(() => handed.length === 1);
  await someTurns();
  expect(handed).toEqual([0]);
  computed.resolve();
  await Promise.all(both);
  expect(handed).toEqual([0, 1]);
});

// With the topic of decisions away each of 64 partitions that had come to rest decided its batch anew at each try, all at the same time.
it('what could not be sent is decided anew only when its partition has a turn again', async () => {
  const [refused, computed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const handed: number[] = [];
  let tries = 0;
  const handler: BatchHandler = async ({ partition }, _signal, decided) => {
    handed.push(partition);
    if (partition === 1) return computed.promise;
    if (handed.filter((each) => each === 0).length > 1) return;
    decided();
    await refused.promise;
    tries = 0;
    throw new FailureError({ code: 'SEND_FAILED', message: 'away.' });
  };
  const { consumer } = member(undefined, { committed: 0 }, { handler, progress: () => (tries += 1) });
  await consumer.assign(0, 1);
  const first = consumer.fetched(0, 0);
  await until(() => handed.length === 1);
  const second = consumer.fetched(0, 1);
  await until(() => handed.length === 2);
  refused.resolve();
  await until(() => tries > 0);
  await someTurns();
  expect(handed).toEqual([0, 1]);
  computed.resolve();
  await Promise.all([first, second]);
  expect(handed).toEqual([0, 1, 0]);
});

// Six seconds after it had jumped, and before anybody had looked, its partitions were dealt out anew, and what was lost was never told.
it('a jump over records is told at once, and once, by who reads on', async () => {
  const { consumer, jumps } = member(undefined, { committed: 0 });
  await consumer.assign(0);
  await consumer.fetched(0);
  await consumer.fetched(40);
  await consumer.fetched(41);
  expect(jumps).toEqual([{ ...place, from: 1, next: 40 }]);
});
