import assert from 'node:assert/strict';
import type { Standing } from '../../domain/standing.ts';
import { elementOfKey, labelCodes, type ObservationBatch } from '../../features/observation.ts';
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
import { isAttempt } from '../../history/attempt.ts';
import type { Touch } from '../../history/kind-history.ts';
import type { Field } from '../../history/record.ts';
import { HistoryBounds } from '../../history/time-bounds.ts';
import {
  observationFates,
  type AccountKeys,
  type FeatureStore,
  type Position,
  type SnapshotBatch,
  type StandingChange,
} from '../../ports.ts';
import type { HistoryReading } from '../../telemetry.ts';
import { AccountStandings } from './account-standings.ts';
import { Budget } from './budget.ts';
import { SlabBlocks } from './distinct-blocks.ts';
import { Dump, type RecordSink, type StoreState } from './dump.ts';
import { keptPart, KeptStandings } from './kept-standings.ts';
import { KindTable } from './kind-table.ts';
import { Progress, type TopicPosition } from './progress.ts';
import { ranks } from './retention.ts';
import { chunkBytesFor } from './slab.ts';

const kindCount = entityKinds.length;
/** [kind] its place among those that count labels; -1 for the others. */
const linkOfKind = entityKinds.map((_, kind) => labelledKinds.findIndex(({ kindIndex }) => kindIndex === kind));
const accountKind = entityKinds.indexOf('account');
const targetKind = entityKinds.indexOf('target');
/** Place of kept standings in a dump, behind all kinds. */
const keptPlace = kindCount;
const [applied, replayed, duplicate, outside] = observationFates.keys().toArray() as [number, number, number, number];

/** Entities that are looked at, at most, for one that goes: those touched since they were placed are given another place. */
const looksMax = 16;
/**
 * History in the memory of this process: fast, exact for one process, gone when it ends unless a snapshot was taken.
 *
 * Takes at most `memoryBytesMax` bytes. When that is full, entities go before an event is observed that may need room: which, says
 * `retention.ts` for the ranks and `budget.ts` for the shares of kinds.
 */
export class EmbeddedFeatureStore implements FeatureStore {
  readonly #memoryBytesMax: number;
  readonly #budget = new Budget();
  readonly #blocks: SlabBlocks;
  /** [rank × kind] entities that went because there was no room. */
  readonly #evictions = new Float64Array(ranks.length * kindCount);
  /** Bytes that one event adds at most. */
  readonly #eventBytesMax: number;
  readonly #tables: readonly KindTable[];
  readonly #accounts: AccountMemory;
  readonly #kept: KeptStandings;
  readonly #standings: AccountStandings;
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

  constructor({ memoryBytesMax }: { readonly memoryBytesMax: number }) {
    this.#memoryBytesMax = memoryBytesMax;
    const chunkBytes = chunkBytesFor(memoryBytesMax);
    this.#blocks = new SlabBlocks(chunkBytes, (kind, slot, from, to) => this.#tables[kind]!.blockMoved(slot, from, to));
    this.#tables = kindLayouts.map((layout) => new KindTable(layout, this.#blocks, this.#budget, chunkBytes));
    this.#accounts = new AccountMemory(this.#tables[accountKind]!.slab);
    const keptBytesMax = memoryBytesMax * keptPart;
    this.#kept = new KeptStandings(keptBytesMax, chunkBytes, (slot) => this.#dump?.preserve(keptPlace, slot));
    this.#standings = new AccountStandings(this.#tables[accountKind]!, this.#accounts, this.#kept);
    this.#eventBytesMax = sumOf(this.#tables, ({ entityBytesMax }) => entityBytesMax);
    this.#budget.bytesMax =
      memoryBytesMax - keptBytesMax - this.#eventBytesMax - sumOf(this.#parts(), ({ slackBytesMax }) => slackBytesMax);
  }

  observe(batch: ObservationBatch): Promise<SnapshotBatch> {
    const values = this.#values.take(batch.count);
    const fates = new Uint8Array(batch.count);
    const standings = new Array<Standing | undefined>(batch.count);
    const watermark = this.#progress.appliedBefore(batch);
    for (let row = 0; row < batch.count; row++) this.#observeOne(batch, row, watermark, values, fates, standings);
    if (batch.count > 0)
      this.#progress.apply(batch.topic, batch.partition, batch.offsets[0]!, batch.offsets[batch.count - 1]!);
    const settled = this.#progress.settled(batch.topic, batch.partition);
    const release = (): void => this.#values.give(values);
    return Promise.resolve({ values, fates, standings, ...settled, release });
  }

  settle({ topic, partition, offset }: Position, changes: readonly StandingChange[]): Promise<void> {
    for (const { keyHigh, keyLow, standing, hasActed, standsAlone } of changes) {
      const slot = this.#tables[accountKind]!.index.find(keyHigh, keyLow);
      if (slot < 0) {
        this.#kept.keep(keyHigh, keyLow, standing, standsAlone);
        continue;
      }
      this.#dump?.preserve(accountKind, slot);
      this.#standings.settle(slot, standing, hasActed);
    }
    this.#progress.complete(topic, partition, offset);
    return Promise.resolve();
  }

  /** History begins after this record of a partition; after -1, with the first. Of a former topic it knows nothing any more. */
  beginAfter({ topic, partition, offset, topicId }: TopicPosition): void {
    this.#progress.identify(topic, partition, topicId);
    this.#progress.complete(topic, partition, offset);
  }

  /** How far history reaches in each partition that it knows. */
  coveredOffsets(): readonly TopicPosition[] {
    return this.#progress.covered();
  }

  /** It is in this process, and answers. */
  probe(): Promise<void> {
    return Promise.resolve();
  }

  forgetOffsets(topic: string, partition: number, topicId?: string): Promise<void> {
    this.#progress.forget(topic, partition, topicId);
    return Promise.resolve();
  }

  /** Bytes of entities between two events: what is left of the memory beside half-empty chunks and what one event may add. */
  get entityBytesMax(): number {
    return this.#budget.bytesMax;
  }

  forget({ keyHigh, keyLow, targetHigh, targetLow }: AccountKeys): Promise<void> {
    const keys = new Uint32Array(kindCount * 2);
    keys.set([keyHigh, keyLow], accountKind * 2);
    keys.set([targetHigh, targetLow], targetKind * 2);
    this.#erase(keys, 0);
    return Promise.resolve();
  }

  size(): number {
    return this.#size;
  }

  /** What history takes of its memory, and what it costs to keep to that. */
  reading(): HistoryReading {
    return {
      bytes: sumOf([...this.#parts(), this.#kept], ({ allocatedBytes }) => allocatedBytes),
      bytesMax: this.#memoryBytesMax,
      standings: { kept: this.#kept.size, dropped: this.#kept.dropped },
      kinds: this.#tables.map((table, kind) => ({
        kind: entityKinds[kind]!,
        bytes: this.#budget.bytesOf(kind),
        evictions: ranks.map((rank, index) => ({ rank, count: this.#evictions[index * kindCount + kind]! })),
        nextAgeMs: Math.max(0, this.#bounds.newestMs - table.nextMs()),
      })),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The fields of each kind's records: equal where `restore` understands what a dump wrote. */
  layout(): readonly (readonly Field[])[] {
    return [...this.#tables, this.#kept].map(({ slab }) => slab.fields);
  }

  /** All but the entities, as it is now. */
  state(): StoreState {
    return {
      entities: this.#size,
      newestMs: this.#bounds.newestMs,
      placements: [...this.#tables, this.#kept].map(({ placements }) => placements),
      partitions: this.#progress.state(),
    };
  }

  /** Begins to write down the entities as they are now. One dump at a time; `endDump` ends it, finished or not. */
  beginDump(sink: RecordSink): Dump {
    assert(this.#dump === null, 'one dump at a time');
    this.#dump = new Dump([...this.#tables, this.#kept], sink);
    return this.#dump;
  }

  endDump(): void {
    this.#dump = null;
  }

  /** Adds the entities that a dump wrote into `words`, to a store that has observed nothing. `finishRestore` completes it. */
  restore(words: Uint32Array): void {
    for (let at = 0; at < words.length;) {
      const isKept = words[at] === keptPlace;
      const table = isKept ? this.#kept : this.#tables[words[at]!];
      assert(table !== undefined, 'a record is of a kind');
      at = table.restore(words, at + 1);
      assert(at <= words.length, 'a record is whole');
      if (!isKept) this.#size++;
    }
  }

  /** All entities are back: the rest, and the order in which they go. A store of less memory keeps what it has room for. */
  finishRestore({ newestMs, placements, partitions }: StoreState): void {
    this.#bounds = new HistoryBounds(newestMs);
    this.#progress.restore(partitions);
    for (const [kind, table] of this.#tables.entries()) table.relink(placements[kind]!);
    this.#kept.relink(placements[keptPlace]!);
    // A store that observed an event last may be above its bound by that.
    while (this.#budget.bytes > this.#budget.bytesMax + this.#eventBytesMax) this.#evict();
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
    const erases = batch.erases[row] === 1;
    // Whoever asks to be forgotten is, whatever their clock says.
    const isAdmitted = erases || this.#bounds.admit(timeMs, batch);
    if (erases && !isReplayed) this.#erase(batch.keys, firstKey);
    const mayAdd = isAdmitted && !isReplayed && !erases;
    // Before any slot is looked up: who goes makes another move.
    if (mayAdd) this.#makeRoom();
    const accountSlot = this.#slotOf(batch.keys, firstKey, accountKind, mayAdd);
    const accounts = this.#tables[accountKind]!;
    const memory = accounts.slab.chunkOf(accountSlot);
    const start = accounts.slab.startOf(accountSlot);
    standings[row] = this.#standings.of(
      accountSlot,
      batch.keys[firstKey + accountKind * 2]!,
      batch.keys[firstKey + accountKind * 2 + 1]!,
    );
    if (mayAdd) this.#dump?.preserve(accountKind, accountSlot);
    const isDuplicate = mayAdd && this.#accounts.seen(memory, start, batch.eventKeys[row]!);
    const isApplied = mayAdd && !isDuplicate;
    fates[row] = !isAdmitted ? outside : isReplayed ? replayed : isDuplicate ? duplicate : applied;

    // Before the event moves the spans.
    this.#touch.isYoung = isYoung(accounts.ageMs(accountSlot, timeMs));
    if (isApplied && batch.joins[row] === 1) this.#accounts.join(memory, start, batch.keys, firstKey);
    if (isApplied && batch.labels[row] !== labelCodes.none) this.#judge(accountSlot, batch.labels[row]!, timeMs);

    const onlyTried = isAttempt(batch, row);
    for (let kind = 0; kind < kindCount; kind++) {
      if (batch.keys[firstKey + kind * 2] === 0 && batch.keys[firstKey + kind * 2 + 1] === 0) continue;
      const table = this.#tables[kind]!;
      const touch = this.#touchOf(batch, row, kind);
      const slot = kind === accountKind ? accountSlot : this.#slotOf(batch.keys, firstKey, kind, isApplied, touch);
      const idleMs = table.idleMs(slot, timeMs);
      if (isApplied && !table.isBlank(slot)) {
        this.#dump?.preserve(kind, slot);
        table.touch(slot, onlyTried, idleMs);
        table.apply(slot, touch);
      }
      table.read(slot, timeMs, idleMs, values, row * snapshotColumnCount);
      const link = linkOfKind[kind]!;
      if (link < 0) continue;
      const high = batch.keys[firstKey + kind * 2]!;
      const low = batch.keys[firstKey + kind * 2 + 1]!;
      const own = this.#accounts.judgementAt(memory, start, link, high, low);
      table.readLabels(slot, timeMs, own, values, row * snapshotColumnCount);
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

  /** Removes the entities that a row names; of its account also what others hold of it. */
  #erase(keys: Uint32Array, firstKey: number): void {
    for (let kind = 0; kind < kindCount; kind++) {
      const at = firstKey + kind * 2;
      if (keys[at] === 0 && keys[at + 1] === 0) continue;
      const slot = this.#tables[kind]!.index.find(keys[at]!, keys[at + 1]!);
      if (kind === accountKind) this.#kept.drop(this.#kept.find(keys[at]!, keys[at + 1]!));
      if (slot < 0) continue;
      if (kind === accountKind) this.#takeBack(slot, elementOfKey(keys[at]!));
      this.#remove(kind, slot);
    }
  }

  /** Others give back what they hold of an account. */
  #takeBack(accountSlot: number, element: number): void {
    const { slab } = this.#tables[accountKind]!;
    const judgement = this.#accounts.judgement(slab.chunkOf(accountSlot), slab.startOf(accountSlot));
    this.#eachLinked(accountSlot, (table, slot) => table.forget(slot, judgement, element));
  }

  /** People find what an account is: that moves at each entity that it remembers from its signup. */
  #judge(accountSlot: number, label: number, timeMs: number): void {
    const { slab } = this.#tables[accountKind]!;
    const memory = slab.chunkOf(accountSlot);
    const start = slab.startOf(accountSlot);
    const former = this.#accounts.takeLabel(memory, start, label, timeMs);
    if (former === undefined) return;
    const judgement = this.#accounts.judgement(memory, start);
    this.#tables[accountKind]!.noteLabel(accountSlot, judgement !== 0);
    if (judgement !== former) this.#eachLinked(accountSlot, (table, slot) => table.rejudge(slot, former, judgement));
  }

  /** Changes each entity that an account remembers from its signup, and that is still held. */
  #eachLinked(accountSlot: number, change: (table: KindTable, slot: number) => void): void {
    const { slab } = this.#tables[accountKind]!;
    const memory = slab.chunkOf(accountSlot);
    const start = slab.startOf(accountSlot);
    for (let link = 0; link < labelledKinds.length; link++) {
      const { kindIndex } = labelledKinds[link]!;
      const table = this.#tables[kindIndex]!;
      const slot = table.index.find(
        this.#accounts.link(memory, start, link, 0),
        this.#accounts.link(memory, start, link, 1),
      );
      if (slot < 0) continue;
      this.#dump?.preserve(kindIndex, slot);
      change(table, slot);
    }
  }

  /** The slot of an entity. One that is not held is added, or, when it may only be read or nothing of its touch is kept, is blank. */
  #slotOf(keys: Uint32Array, firstKey: number, kind: number, mayAdd: boolean, touch?: Touch): number {
    const high = keys[firstKey + kind * 2]!;
    const low = keys[firstKey + kind * 2 + 1]!;
    const table = this.#tables[kind]!;
    const held = table.index.find(high, low);
    if (held >= 0) return held;
    if (!mayAdd || (touch !== undefined && !table.history.takes(touch))) return table.blank();
    this.#size++;
    const slot = table.add(high, low);
    if (kind === accountKind) this.#standings.recall(slot, high, low);
    return slot;
  }

  /** Slabs and indexes: all that grows. */
  #parts(): readonly { readonly allocatedBytes: number; readonly slackBytesMax: number }[] {
    return [...this.#tables.flatMap(({ slab, index }) => [slab, index]), ...this.#blocks.slabs];
  }

  #makeRoom(): void {
    while (this.#budget.bytes > this.#budget.bytesMax) this.#evict();
  }

  #evict(): void {
    const { kind, rank } = this.#budget.next();
    const table = this.#tables[kind]!;
    let slot = table.first(rank);
    for (let looks = 1; looks < looksMax && table.wasTouched(slot); looks++) {
      this.#dump?.preserve(kind, slot);
      table.placeLast(slot);
      slot = table.first(rank);
    }
    if (kind === accountKind) this.#standings.keep(slot);
    this.#remove(kind, slot);
    this.#evictions[rank * kindCount + kind]!++;
  }

  /** Removes an entity; the last one of its kind may take its slot. */
  #remove(kind: number, slot: number): void {
    const table = this.#tables[kind]!;
    this.#dump?.preserve(kind, slot);
    this.#dump?.preserve(kind, table.last);
    table.remove(slot);
    this.#size--;
  }
}

function sumOf<T>(parts: readonly T[], bytesOf: (part: T) => number): number {
  return parts.reduce((sum, part) => sum + bytesOf(part), 0);
}
