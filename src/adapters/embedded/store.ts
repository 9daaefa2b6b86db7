import assert from 'node:assert/strict';
import { limits } from '../../domain/limits.ts';
import type { Standing } from '../../domain/standing.ts';
import { labelCodes, type ObservationBatch } from '../../features/observation.ts';
import {
  earliestMs,
  entityKinds,
  kindLayouts,
  labelledKinds,
  snapshotColumnCount,
  youngAgeMsMax,
} from '../../features/state.ts';
import { observationFates, type FeatureStore, type SnapshotBatch, type StandingChange } from '../../ports.ts';
import { AccountMemory } from './account-memory.ts';
import { DistinctSketches } from './distinct-sketches.ts';
import { KindTable } from './kind-table.ts';

const kindCount = entityKinds.length;
const accountKind = entityKinds.indexOf('account');
const [applied, replayed, duplicate] = observationFates.map((_, index) => index) as [number, number, number];

/**
 * History in the memory of this process: fast, exact for one process, gone when it ends.
 *
 * Holds at most `entitiesMax` entities of all kinds together. When it is full, one goes: of the entities touched longest ago in
 * each kind, the one whose own last act lies furthest back in event time. An account's standing goes with it.
 */
export class EmbeddedFeatureStore implements FeatureStore {
  readonly #entitiesMax: number;
  readonly #tables: readonly KindTable[];
  readonly #accounts: AccountMemory;
  /** Highest offset applied, by topic and partition. */
  readonly #watermarks = new Map<string, number>();
  /** The newest event time seen: what is far behind it does not count in windows. */
  #newestMs = earliestMs;
  #size = 0;

  constructor(options: { readonly entitiesMax: number }) {
    assert(options.entitiesMax >= kindCount, 'an event touches up to one entity of each kind');
    this.#entitiesMax = options.entitiesMax;
    const sketches = new DistinctSketches();
    this.#tables = kindLayouts.map((layout) => new KindTable(layout, sketches));
    this.#accounts = new AccountMemory(this.#tables[accountKind]!.index.capacity);
  }

  observe(batch: ObservationBatch): Promise<SnapshotBatch> {
    const values = new Float64Array(batch.count * snapshotColumnCount).fill(NaN);
    const fates = new Uint8Array(batch.count);
    const standings = new Array<Standing | undefined>(batch.count);
    const partition = `${batch.topic}:${batch.partition}`;
    const watermark = this.#watermarks.get(partition) ?? -1;
    for (let row = 0; row < batch.count; row++) this.#observeOne(batch, row, watermark, values, fates, standings);
    const last = batch.count > 0 ? batch.offsets[batch.count - 1]! : -1;
    if (last > watermark) this.#watermarks.set(partition, last);
    return Promise.resolve({ values, fates, standings });
  }

  settle(changes: readonly StandingChange[]): Promise<void> {
    for (const { keyHigh, keyLow, standing } of changes) {
      const slot = this.#tables[accountKind]!.index.find(keyHigh, keyLow);
      if (slot >= 0) this.#accounts.settle(slot, standing);
    }
    return Promise.resolve();
  }

  size(): number {
    return this.#size;
  }

  close(): Promise<void> {
    return Promise.resolve();
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
    const accountSlot = this.#slotOf(
      accountKind,
      batch.keys[row * kindCount * 2 + accountKind * 2]!,
      batch.keys[row * kindCount * 2 + accountKind * 2 + 1]!,
    );
    standings[row] = this.#accounts.standing(accountSlot);
    const isReplayed = batch.offsets[row]! <= watermark;
    const isDuplicate = !isReplayed && this.#accounts.seen(accountSlot, batch.eventKeys[row]!);
    fates[row] = isReplayed ? replayed : isDuplicate ? duplicate : applied;
    const isApplied = fates[row] === applied;
    if (timeMs > this.#newestMs) this.#newestMs = timeMs;
    const counts = timeMs >= earliestMs && timeMs > this.#newestMs - limits.eventBehindMsMax;

    // The account is as old as it is after this event: a new one is young.
    const isYoung = this.#tables[accountKind]!.ageMs(accountSlot, timeMs) < youngAgeMsMax;
    if (isApplied && batch.joins[row] === 1) this.#accounts.join(accountSlot, batch.keys, row * kindCount * 2);
    if (isApplied && batch.labels[row] !== labelCodes.none) this.#label(accountSlot, batch.labels[row]!);

    for (let kind = 0; kind < kindCount; kind++) {
      const keyAt = (row * kindCount + kind) * 2;
      const high = batch.keys[keyAt]!;
      const low = batch.keys[keyAt + 1]!;
      if (high === 0 && low === 0) continue;
      const table = this.#tables[kind]!;
      const slot = kind === accountKind ? accountSlot : this.#slotOf(kind, high, low);
      const idleMs = table.idleMs(slot, timeMs);
      if (isApplied) table.apply(slot, batch, row, counts, isYoung);
      table.read(slot, timeMs, idleMs, values, row * snapshotColumnCount);
    }
  }

  /** People say what an account is: its label moves at each entity that it remembers from its signup. */
  #label(accountSlot: number, label: number): void {
    const former = this.#accounts.relabel(accountSlot, label);
    if (former === label) return;
    for (let link = 0; link < labelledKinds.length; link++) {
      const table = this.#tables[labelledKinds[link]!.kindIndex]!;
      const slot = table.index.find(
        this.#accounts.link(accountSlot, link, 0),
        this.#accounts.link(accountSlot, link, 1),
      );
      if (slot >= 0) table.relabel(slot, former, label);
    }
  }

  #slotOf(kind: number, high: number, low: number): number {
    const table = this.#tables[kind]!;
    const held = table.index.find(high, low);
    if (held >= 0) return held;
    if (this.#size === this.#entitiesMax) this.#evictOldest();
    const slot = table.add(high, low);
    if (kind === accountKind) {
      this.#accounts.grow(table.index.capacity);
      this.#accounts.clear(slot);
    }
    this.#size++;
    return slot;
  }

  #evictOldest(): void {
    let oldest = this.#tables[0]!;
    for (const table of this.#tables) if (table.oldestMs() < oldest.oldestMs()) oldest = table;
    oldest.removeOldest();
    this.#size--;
  }
}
