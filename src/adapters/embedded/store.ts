import assert from 'node:assert/strict';
import type { Standing } from '../../domain/standing.ts';
import { labelCodes, type ObservationBatch } from '../../features/observation.ts';
import { SnapshotValues } from '../../features/snapshot-values.ts';
import {
  entityKinds,
  kindLayouts,
  labelledKinds,
  snapshotColumnCount,
  elementCount,
  measureCount,
} from '../../features/state.ts';
import { AccountMemory, isYoung } from '../../history/account-memory.ts';
import type { Touch } from '../../history/kind-history.ts';
import type { Field } from '../../history/record.ts';
import { HistoryBounds } from '../../history/time-bounds.ts';
import {
  observationFates,
  type FeatureStore,
  type Position,
  type SnapshotBatch,
  type StandingChange,
} from '../../ports.ts';
import { SlabBlocks } from './distinct-blocks.ts';
import { Dump, type RecordSink } from './dump.ts';
import { KindTable } from './kind-table.ts';
import { Progress, type PartitionProgress } from './progress.ts';

const kindCount = entityKinds.length;
const accountKind = entityKinds.indexOf('account');
const [applied, replayed, duplicate, outside] = observationFates.keys().toArray() as [number, number, number, number];

/** All that the store holds beside its entities. */
export interface StoreState {
  readonly entities: number;
  readonly newestMs: number;
  /** By kind. */
  readonly touches: readonly number[];
  readonly partitions: readonly Readonly<PartitionProgress>[];
}

/**
 * History in the memory of this process: fast, exact for one process, gone when it ends unless a snapshot was taken.
 *
 * Holds at most `entitiesMax` entities of all kinds together. When it is full, one goes: of the entities touched longest ago in
 * each kind, the one whose own last act lies furthest back in event time. An account's standing goes with it.
 */
export class EmbeddedFeatureStore implements FeatureStore {
  readonly #entitiesMax: number;
  readonly #tables: readonly KindTable[];
  readonly #accounts: AccountMemory;
  readonly #progress = new Progress();
  readonly #values = new SnapshotValues();
  #bounds = new HistoryBounds();
  /** The touch of the moment. */
  readonly #touch: Touch = {
    timeMs: 0,
    bits: 0,
    elements: new Uint32Array(0),
    elementRow: 0,
    measures: new Float64Array(0),
    measureRow: 0,
    isYoung: true,
  };
  #size = 0;
  /** The dump under way. */
  #dump: Dump | null = null;

  constructor(options: { readonly entitiesMax: number }) {
    assert(options.entitiesMax >= kindCount, 'an event touches up to one entity of each kind');
    this.#entitiesMax = options.entitiesMax;
    const blocks = new SlabBlocks();
    this.#tables = kindLayouts.map((layout) => new KindTable(layout, blocks));
    this.#accounts = new AccountMemory(this.#tables[accountKind]!.slab);
  }

  observe(batch: ObservationBatch): Promise<SnapshotBatch> {
    const values = this.#values.take(batch.count);
    const fates = new Uint8Array(batch.count);
    const standings = new Array<Standing | undefined>(batch.count);
    const watermark = this.#progress.applied(batch.topic, batch.partition);
    for (let row = 0; row < batch.count; row++) this.#observeOne(batch, row, watermark, values, fates, standings);
    if (batch.count > 0) this.#progress.apply(batch.topic, batch.partition, batch.offsets[batch.count - 1]!);
    const settledOffset = this.#progress.completed(batch.topic, batch.partition);
    return Promise.resolve({ values, fates, standings, settledOffset, release: () => this.#values.give(values) });
  }

  settle({ topic, partition, offset }: Position, changes: readonly StandingChange[]): Promise<void> {
    for (const { keyHigh, keyLow, standing } of changes) {
      const { index, slab } = this.#tables[accountKind]!;
      const slot = index.find(keyHigh, keyLow);
      if (slot < 0) continue;
      this.#dump?.preserve(accountKind, slot);
      this.#accounts.settle(slab.chunkOf(slot), slab.startOf(slot), standing);
    }
    this.#progress.complete(topic, partition, offset);
    return Promise.resolve();
  }

  /** History begins after this record of a partition; after -1, with the first. */
  beginAfter({ topic, partition, offset }: Position): void {
    this.#progress.complete(topic, partition, offset);
  }

  /** How far history reaches in each partition that it knows. */
  coveredOffsets(): readonly Position[] {
    return this.#progress.covered();
  }

  forgetOffsets(topic: string, partition: number): Promise<void> {
    this.#progress.forget(topic, partition);
    return Promise.resolve();
  }

  size(): number {
    return this.#size;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The fields of each kind's records: equal where `restore` understands what a dump wrote. */
  layout(): readonly (readonly Field[])[] {
    return this.#tables.map(({ slab }) => slab.fields);
  }

  /** All but the entities, as it is now. */
  state(): StoreState {
    return {
      entities: this.#size,
      newestMs: this.#bounds.newestMs,
      touches: this.#tables.map(({ index }) => index.touches),
      partitions: this.#progress.state(),
    };
  }

  /** Begins to write down the entities as they are now. One dump at a time; `endDump` ends it, finished or not. */
  beginDump(sink: RecordSink): Dump {
    assert(this.#dump === null, 'one dump at a time');
    this.#dump = new Dump(this.#tables, sink);
    return this.#dump;
  }

  endDump(): void {
    this.#dump = null;
  }

  /** Adds the entities that a dump wrote into `words`, to a store that has observed nothing. `finishRestore` completes it. */
  restore(words: Uint32Array): void {
    for (let at = 0; at < words.length; this.#size++) {
      const table = this.#tables[words[at]!];
      assert(table !== undefined, 'a record is of a kind');
      at = table.restore(words, at + 1);
      assert(at <= words.length, 'a record is whole');
    }
  }

  /** All entities are back: the rest, and the order in which entities were touched. */
  finishRestore({ newestMs, touches, partitions }: StoreState): void {
    this.#bounds = new HistoryBounds(newestMs);
    this.#progress.restore(partitions);
    for (const [kind, { index }] of this.#tables.entries()) index.relink(touches[kind]!);
    while (this.#size > this.#entitiesMax) this.#evictOldest();
  }

  #observeOne(
    batch: ObservationBatch,
    row: number,
    watermark: number,
    values: Float64Array,
    fates: Uint8Array,
    standings: (Standing | undefined)[],
  ): void {
    const timeMs = batch.timesMs[row]!;
    const firstKey = row * kindCount * 2;
    const isReplayed = batch.offsets[row]! <= watermark;
    const mayAdd = this.#bounds.admit(timeMs, batch) && !isReplayed;
    const accountSlot = this.#slotOf(batch.keys, firstKey, accountKind, mayAdd);
    const accounts = this.#tables[accountKind]!;
    const memory = accounts.slab.chunkOf(accountSlot);
    const start = accounts.slab.startOf(accountSlot);
    standings[row] = this.#accounts.standing(memory, start);
    if (mayAdd) this.#dump?.preserve(accountKind, accountSlot);
    const isDuplicate = mayAdd && this.#accounts.seen(memory, start, batch.eventKeys[row]!);
    const isApplied = mayAdd && !isDuplicate;
    fates[row] = isApplied ? applied : isReplayed ? replayed : isDuplicate ? duplicate : outside;

    // Before the event moves the spans.
    this.#touch.isYoung = isYoung(accounts.ageMs(accountSlot, timeMs));
    if (isApplied && batch.joins[row] === 1) this.#accounts.join(memory, start, batch.keys, firstKey);
    if (isApplied && batch.labels[row] !== labelCodes.none) this.#label(accountSlot, batch.labels[row]!);

    for (let kind = 0; kind < kindCount; kind++) {
      if (batch.keys[firstKey + kind * 2] === 0 && batch.keys[firstKey + kind * 2 + 1] === 0) continue;
      const table = this.#tables[kind]!;
      const slot = kind === accountKind ? accountSlot : this.#slotOf(batch.keys, firstKey, kind, isApplied);
      const idleMs = table.idleMs(slot, timeMs);
      if (isApplied) {
        this.#dump?.preserve(kind, slot);
        table.apply(slot, this.#touchOf(batch, row, kind));
      }
      table.read(slot, timeMs, idleMs, values, row * snapshotColumnCount);
    }
  }

  /** What row `row` adds to its entity of a kind; whether its account is young is known before. Holds until the next call. */
  #touchOf(batch: ObservationBatch, row: number, kind: number): Touch {
    const touch = this.#touch;
    touch.timeMs = batch.timesMs[row]!;
    touch.bits = batch.adds[row * kindCount + kind]!;
    touch.elements = batch.elements;
    touch.elementRow = row * elementCount;
    touch.measures = batch.measures;
    touch.measureRow = row * measureCount;
    return touch;
  }

  /** People say what an account is: its label moves at each entity that it remembers from its signup. */
  #label(accountSlot: number, label: number): void {
    const { slab } = this.#tables[accountKind]!;
    const memory = slab.chunkOf(accountSlot);
    const start = slab.startOf(accountSlot);
    const former = this.#accounts.relabel(memory, start, label);
    if (former === label) return;
    for (let link = 0; link < labelledKinds.length; link++) {
      const { kindIndex } = labelledKinds[link]!;
      const table = this.#tables[kindIndex]!;
      const slot = table.index.find(
        this.#accounts.link(memory, start, link, 0),
        this.#accounts.link(memory, start, link, 1),
      );
      if (slot < 0) continue;
      this.#dump?.preserve(kindIndex, slot);
      table.relabel(slot, former, label);
    }
  }

  /** The slot of an entity. One that is not held is added, or, when it may only be read, is blank. */
  #slotOf(keys: Uint32Array, firstKey: number, kind: number, mayAdd: boolean): number {
    const high = keys[firstKey + kind * 2]!;
    const low = keys[firstKey + kind * 2 + 1]!;
    const table = this.#tables[kind]!;
    const held = table.index.find(high, low);
    if (held >= 0) return held;
    if (!mayAdd) return table.blank();
    if (this.#size === this.#entitiesMax) this.#evictOldest();
    this.#size++;
    return table.add(high, low);
  }

  #evictOldest(): void {
    let kind = 0;
    for (let other = 1; other < kindCount; other++)
      if (this.#tables[other]!.oldestMs() < this.#tables[kind]!.oldestMs()) kind = other;
    const slot = this.#tables[kind]!.index.oldest();
    this.#dump?.preserve(kind, slot);
    this.#tables[kind]!.remove(slot);
    this.#size--;
  }
}
