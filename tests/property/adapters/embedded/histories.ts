import fc from 'fast-check';
import type { RecordSink, StoreState } from '../../../../src/adapters/embedded/dump.ts';
import { keptPart } from '../../../../src/adapters/embedded/kept-standings.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import { actions } from '../../../../src/domain/decision.ts';
import type { StandingChange } from '../../../../src/ports.ts';
import { observationsOf, startMs, type PlainEvent } from '../../../contract/feature-store-contract.ts';

/** Random histories of a store, and what it holds as plain values that can be compared. */

export const topic = 'account-events';
const minuteMs = 60_000;
/** An account is of one partition, as on Kafka. */
const accountsPerPartition = 5;

/** Events of one partition that are observed together. */
export interface Batch {
  readonly partition: number;
  readonly events: readonly PlainEvent[];
}

const event = fc.record({
  stepMs: fc.oneof({ weight: 5, arbitrary: fc.nat(5 * minuteMs) }, fc.nat(12 * 60 * minuteMs)),
  latenessMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(20 * minuteMs)),
  id: fc.integer({ min: 1, max: 300 }),
  account: fc.integer({ min: 1, max: accountsPerPartition }),
  device: fc.nat(4),
  ip: fc.nat(3),
  target: fc.nat(3),
  cohort: fc.nat(2),
  value: fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(NaN)),
  label: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 })),
  joins: fc.boolean(),
  adds: fc.nat(1023),
  // Many different ones, so that blocks of distinct counters overflow.
  element: fc.oneof(fc.nat(20), fc.integer({ min: 1, max: 0xffff_ffff })),
});

/** Batches of `partitions` partitions, in the order in which they are observed. */
export function histories(partitions: number): fc.Arbitrary<readonly Batch[]> {
  const batch = fc.record({
    partition: fc.nat(partitions - 1),
    events: fc.array(event, { minLength: 1, maxLength: 25 }),
  });
  return fc.array(batch, { minLength: 1, maxLength: 20 }).map((batches) => {
    const nextOffsets = Array.from({ length: partitions }, () => 0);
    let nowMs = startMs;
    return batches.map(({ partition, events }) => ({
      partition,
      events: events.map(({ stepMs, latenessMs, account, ...rest }) => {
        nowMs += stepMs;
        return {
          ...rest,
          offset: nextOffsets[partition]!++,
          timeMs: nowMs - latenessMs,
          account: partition * accountsPerPartition + account,
        };
      }),
    }));
  });
}

/** Bounds that are never reached, and such as make entities go all the time. */
export const memoryBounds = fc.constantFrom(64 * 1024 * 1024, memoryBytesOf(6_000));

/** The bound of a store that holds so many bytes of entities between two events. */
export function memoryBytesOf(entityBytes: number): number {
  const few = 4 * 1024 * 1024;
  // All but what is kept of standings, less what chunks and one event take.
  const part = 1 - keptPart;
  const takenBytes = few * part - new EmbeddedFeatureStore({ memoryBytesMax: few }).entityBytesMax;
  return Math.ceil((entityBytes + takenBytes) / part);
}

export async function observe(store: Pick<EmbeddedFeatureStore, 'observe'>, { partition, events }: Batch) {
  const { values, fates, standings } = await store.observe(observationsOf(events, partition));
  return { values, fates, standings };
}

/** What a batch's decisions, a function of its events here, leave standing. */
export function settle(store: Pick<EmbeddedFeatureStore, 'settle'>, { partition, events }: Batch): Promise<void> {
  const decided = events.filter(({ id }) => id % 3 === 0);
  return store.settle(
    { topic, partition, offset: events.at(-1)!.offset },
    decided.map(({ account, id, offset, timeMs }): StandingChange => {
      const decisionId = `dec_${(id * 0x10001 + offset).toString(16).padStart(32, '0')}`;
      const standing = { action: actions[id % actions.length]!, decisionId, sinceMs: timeMs };
      const word = { saidMs: timeMs, holds: 'allow', protectedUntilMs: timeMs + 60_000 } as const;
      const more = { ...(id % 5 === 0 ? { lasts: true as const } : {}), ...(id % 7 === 0 ? { word } : {}) };
      return { keyHigh: account * 7919, keyLow: account, standing: { ...standing, ...more } };
    }),
  );
}

export async function take(store: EmbeddedFeatureStore, batch: Batch): Promise<void> {
  await observe(store, batch);
  await settle(store, batch);
}

/** Keeps each record that is written, in hexadecimal. */
export class CollectingSink implements RecordSink {
  words = new Uint32Array(0);
  at = 0;
  readonly #records: Uint32Array[] = [];

  room(count: number): void {
    this.#keep();
    this.words = new Uint32Array(count);
    this.at = 0;
  }

  get records(): readonly Uint32Array[] {
    this.#keep();
    return this.#records;
  }

  #keep(): void {
    if (this.at > 0) this.#records.push(this.words.slice(0, this.at));
    this.at = 0;
  }
}

/** All that a store holds: equal for stores that cannot be told apart. */
export interface Held {
  readonly state: StoreState;
  /** Records in hexadecimal, in an order that does not depend on where they lie. */
  readonly records: readonly string[];
}

export function heldBy(store: EmbeddedFeatureStore): Held {
  const sink = new CollectingSink();
  const dump = store.beginDump(sink);
  while (dump.step());
  store.endDump();
  return { state: store.state(), records: inOrder(sink) };
}

export function inOrder({ records }: CollectingSink): readonly string[] {
  return records
    .map((words) => Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex'))
    .toSorted();
}

/** A new store that holds what was written. */
export function restored(
  memoryBytesMax: number,
  written: { readonly state: StoreState; readonly records: readonly Uint32Array[] },
): EmbeddedFeatureStore {
  const store = new EmbeddedFeatureStore({ memoryBytesMax });
  for (const record of written.records) store.restore(record);
  store.finishRestore(written.state);
  return store;
}
