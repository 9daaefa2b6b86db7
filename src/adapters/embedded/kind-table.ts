import type { KindLayout } from '../../features/state.ts';
import { KindHistory, type Touch } from '../../history/kind-history.ts';
import { savedBlockWordsMax, SlabBlocks } from './distinct-blocks.ts';
import { EntityIndex } from './entity-index.ts';
import { Slab } from './slab.ts';

/** In place of a dump's number: a record that no dump is to have. */
const never = 0xffff_ffff;

/** All entities of one kind: where each lies, and who was touched when. What is remembered of them is `history`'s. */
export class KindTable {
  /** A record an entity. Its fields up to the key are of this process alone; from there on they are what `save` writes. */
  readonly slab = new Slab();
  readonly index: EntityIndex;
  readonly history: KindHistory;
  /** The last dump that was begun. */
  dump = 0;
  readonly #blocks: SlabBlocks;
  /** Word: the last dump that has this entity, or that began before there was one. */
  readonly #dumped: number;
  /** Words: handles of blocks, one a distinct counter. */
  readonly #handles: number;
  readonly #handleCount: number;
  #blank = -1;

  constructor(layout: KindLayout, blocks: SlabBlocks) {
    const { slab } = this;
    this.#blocks = blocks;
    this.#dumped = slab.reserve('dumped', 1, 4);
    this.#handleCount = layout.distincts.length;
    this.#handles = slab.reserve('handles', this.#handleCount, 4);
    this.index = new EntityIndex(slab);
    this.history = new KindHistory(layout, slab, this.#handles, blocks);
  }

  /** A slot for an entity that is not held. */
  add(high: number, low: number): number {
    const slot = this.index.add(high, low);
    this.#setDumped(slot, this.dump);
    return slot;
  }

  /** Forgets the entity in a slot, and gives its blocks back. */
  remove(slot: number): void {
    for (let index = 0; index < this.#handleCount; index++) this.#blocks.release(this.#handle(slot, index));
    this.index.remove(slot);
    this.#setDumped(slot, never);
  }

  /** The slot of a record that is all zeros, and stays so: what is read of an entity that is not held. */
  blank(): number {
    if (this.#blank < 0) {
      this.#blank = this.slab.take();
      this.#setDumped(this.#blank, never);
    }
    return this.#blank;
  }

  /** Event time of the touch of the entity that was touched longest ago; Infinity when there is none. */
  oldestMs(): number {
    const slot = this.index.oldest();
    return slot < 0 ? Infinity : this.history.spans.lastMs(this.slab.chunkOf(slot), this.slab.startOf(slot));
  }

  /** Adds a touch to an entity. */
  apply(slot: number, touch: Touch): void {
    this.index.touch(slot);
    this.history.add(this.slab.chunkOf(slot), this.slab.startOf(slot), touch);
  }

  /** As `KindHistory.relabel`. */
  relabel(slot: number, former: number, label: number): void {
    this.history.relabel(this.slab.chunkOf(slot), this.slab.startOf(slot), former, label);
  }

  /** As `KindHistory.read`. */
  read(slot: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    this.history.read(this.slab.chunkOf(slot), this.slab.startOf(slot), timeMs, idleMs, values, row);
  }

  /** Milliseconds from the entity's last touch to `timeMs`, not below 0; NaN for a new entity. */
  idleMs(slot: number, timeMs: number): number {
    return this.history.spans.idleMs(this.slab.chunkOf(slot), this.slab.startOf(slot), timeMs);
  }

  /** Milliseconds from the entity's first touch to `timeMs`, not below 0; NaN for a new entity. */
  ageMs(slot: number, timeMs: number): number {
    return this.history.spans.ageMs(this.slab.chunkOf(slot), this.slab.startOf(slot), timeMs);
  }

  /** Whether the dump of the moment is to have the entity in a slot and does not yet. Once asked, it counts as dumped. */
  takeForDump(slot: number): boolean {
    if (this.slab.chunkOf(slot).words[this.slab.startOf(slot) + this.#dumped]! >= this.dump) return false;
    this.#setDumped(slot, this.dump);
    return true;
  }

  /** Words that `save` writes at most. */
  get savedWordsMax(): number {
    return this.slab.recordWords - this.index.keyPlace + this.#handleCount * savedBlockWordsMax;
  }

  /** Copies an entity to `target`, from `at` on: key, last touch, all that is counted. Returns where it ends. */
  save(slot: number, target: Uint32Array, at: number): number {
    const { words } = this.slab.chunkOf(slot);
    const end = this.slab.startOf(slot) + this.slab.recordWords;
    let to = at;
    for (let from = this.slab.startOf(slot) + this.index.keyPlace; from < end; from++) target[to++] = words[from]!;
    for (let index = 0; index < this.#handleCount; index++)
      to = this.#blocks.save(this.#handle(slot, index), target, to);
    return to;
  }

  /** Adds the entity that `save` wrote at `at`; returns where it ends. `index.relink` completes the table. */
  restore(source: Uint32Array, at: number): number {
    const slot = this.slab.take();
    const { words } = this.slab.chunkOf(slot);
    const start = this.slab.startOf(slot);
    let from = at;
    for (let word = this.index.keyPlace; word < this.slab.recordWords; word++) words[start + word] = source[from++]!;
    for (let index = 0; index < this.#handleCount; index++) {
      words[start + this.#handles + index] = this.#blocks.restore(source, from);
      from += SlabBlocks.savedWords(source, from);
    }
    this.index.adopt(slot);
    return from;
  }

  #setDumped(slot: number, dump: number): void {
    this.slab.chunkOf(slot).words[this.slab.startOf(slot) + this.#dumped] = dump;
  }

  #handle(slot: number, index: number): number {
    return this.slab.chunkOf(slot).words[this.slab.startOf(slot) + this.#handles + index]!;
  }
}
