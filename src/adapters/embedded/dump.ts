import type { PartitionProgress } from './progress.ts';
import type { Slab } from './slab.ts';

/** All that the store holds beside its entities. */
export interface StoreState {
  readonly entities: number;
  readonly newestMs: number;
  /** By kind, and then of kept standings. */
  readonly placements: readonly number[];
  readonly partitions: readonly Readonly<PartitionProgress>[];
}

/** What a dump needs of a table. */
export interface DumpedTable {
  readonly slab: Slab;
  /** The last dump that was begun. */
  dump: number;
  readonly savedWordsMax: number;
  takeForDump(slot: number): boolean;
  save(slot: number, target: Uint32Array, at: number): number;
}

/** Slots that a step looks at: half a millisecond's work, so that batches wait for no longer. */
const slotsPerStep = 512;

/** Where the entities of a dump go. */
export interface RecordSink {
  /** Makes sure that `count` words fit after `at`; `words` and `at` may be others afterwards. */
  room(count: number): void;
  readonly words: Uint32Array;
  at: number;
}

/**
 * Writes down all entities as they are at one moment, in steps between which history goes on.
 *
 * Who is about to change an entity calls `preserve` first: it is then written before its turn. So each entity is written once,
 * in the state of the moment at which the dump began, nothing is held twice, and an event costs more only where it is the first
 * one to touch an entity since that moment. An entity that is new is not written. One that is about to move into the slot of another
 * that goes has to be preserved too: its new slot may be past already.
 */
export class Dump {
  readonly #tables: readonly DumpedTable[];
  readonly #sink: RecordSink;
  /** What comes next in turn. */
  #kind = 0;
  #slot = 0;

  constructor(tables: readonly DumpedTable[], sink: RecordSink) {
    this.#tables = tables;
    this.#sink = sink;
    for (const table of tables) table.dump++;
  }

  preserve(kind: number, slot: number): void {
    const table = this.#tables[kind]!;
    if (!table.takeForDump(slot)) return;
    const sink = this.#sink;
    sink.room(1 + table.savedWordsMax);
    sink.words[sink.at] = kind;
    sink.at = table.save(slot, sink.words, sink.at + 1);
  }

  /** Writes what is left in some of the slots; false when there is no slot left. */
  step(slots = slotsPerStep): boolean {
    for (let left = slots; left > 0; left--) {
      while (this.#slot >= (this.#tables[this.#kind]?.slab.end ?? Infinity)) {
        this.#kind++;
        this.#slot = 0;
      }
      if (this.#kind === this.#tables.length) return false;
      this.preserve(this.#kind, this.#slot++);
    }
    return true;
  }
}
