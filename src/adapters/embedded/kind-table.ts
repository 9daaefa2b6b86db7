import assert from 'node:assert/strict';
import type { KindLayout } from '../../features/state.ts';
import type { Judgement } from '../../history/judgement.ts';
import { KindHistory, noBlock, type Touch } from '../../history/kind-history.ts';
import { counterWords, isSingle } from '../../history/single-element.ts';
import type { Budget } from './budget.ts';
import { savedBlockWordsMax, type SlabBlocks } from './distinct-blocks.ts';
import { EntityIndex, indexBytesPerEntity } from './entity-index.ts';
import { Queues } from './queues.ts';
import { inNewPlace, rankOf, ranks, seenAgain, unseen, wasTouched, withLabel, withStanding } from './retention.ts';
import { Slab } from './slab.ts';

/** In place of a dump's number: a record that no dump is to have. */
const never = 0xffff_ffff;
/** The first slot is no entity's. */
const blankSlot = 0;
/**
 * Slots of entities that went which wait for the next ones. In a memory that is full as many come as go, mostly of the same kinds: the
 * new one finds a record that is in the processor's cache, and no other moves.
 */
const holesMax = 32;

/**
 * All entities of one kind: where each lies, and which goes first. What is remembered of them is `history`'s. Where more went than
 * came, the last record moves into the slot of one that goes, so a slot holds until the next `remove`.
 */
export class KindTable {
  /** A record an entity. Its fields up to the key are of this process alone; from there on they are what `save` writes. */
  readonly slab: Slab;
  readonly index: EntityIndex;
  readonly history: KindHistory;
  /** The last dump that was begun. */
  dump = 0;
  readonly #kind: number;
  readonly #blocks: SlabBlocks;
  readonly #budget: Budget;
  readonly #queues: Queues;
  /** Word: the last dump that has this entity, or that began before there was one. */
  readonly #dumped: number;
  /** Words: a handle, or a single element, of each distinct counter. */
  readonly #handles: number;
  readonly #handleCount: number;
  /** Word: what was seen of the entity, as in `retention.ts`. */
  readonly #seen: number;

  constructor(layout: KindLayout, blocks: SlabBlocks, budget: Budget, chunkBytes: number) {
    const slab = new Slab(chunkBytes, holesMax);
    this.slab = slab;
    this.#kind = layout.kindIndex;
    this.#blocks = blocks;
    this.#budget = budget;
    this.#dumped = slab.reserve('dumped', 1, 4);
    this.#handleCount = layout.distincts.length;
    this.#handles = slab.reserve('handles', this.#handleCount * counterWords, 4);
    const links = Queues.reserveLinks(slab);
    this.index = new EntityIndex(slab, chunkBytes);
    this.#queues = new Queues(slab, links, ranks.length);
    this.#seen = slab.reserve('seen', 1, 4);
    this.history = new KindHistory(layout, slab, this.#handles, blocks);
  }

  /** Bytes of an entity without blocks. */
  get entityBytes(): number {
    return this.slab.recordBytes + indexBytesPerEntity;
  }

  /** Bytes of an entity with all the blocks that it can have. */
  get entityBytesMax(): number {
    return this.entityBytes + this.#handleCount * this.#blocks.blockBytesMax;
  }

  /** As `Queues.placements`. */
  get placements(): number {
    return this.#queues.placements;
  }

  /** A slot for an entity that is not held. */
  add(high: number, low: number): number {
    this.blank();
    const slot = this.index.add(high, low);
    this.#setDumped(slot, this.dump);
    this.#write(slot, this.#seen, unseen);
    this.#queues.place(slot, rankOf(unseen));
    this.#budget.add(this.#kind, rankOf(unseen), this.entityBytes);
    return slot;
  }

  /** Forgets the entity in a slot, and gives its blocks and the slot back: the last entity may have that slot from here on. */
  remove(slot: number): void {
    assert(slot > 0 && slot < this.slab.end, 'what goes is held: the blank record stays');
    const rank = this.#rankOf(slot);
    this.#budget.add(this.#kind, rank, -this.#bytesOf(slot));
    for (let index = 0; index < this.#handleCount; index++) {
      const handle = this.#handle(slot, index);
      // Gone from here first: another block of this entity may move into its place, and get its handle.
      this.#write(slot, this.#handles + index * counterWords, noBlock);
      this.#blocks.release(handle);
    }
    this.#queues.remove(slot, rank);
    this.index.remove(slot);
    if (this.slab.leave(slot)) return this.#setDumped(slot, never);
    const { last } = this;
    if (slot !== last) this.#move(last, slot);
    this.slab.releaseLast();
  }

  /** The slot of the last entity: it may move when another one goes. */
  get last(): number {
    return this.slab.end - 1;
  }

  /** The slot of a record that is all zeros, and stays so: what is read of an entity that is not held. It is the first one. */
  blank(): number {
    if (this.slab.end === 0) this.#setDumped(this.slab.take(), never);
    return blankSlot;
  }

  /** Whether a slot is that of all that is not held. */
  isBlank(slot: number): boolean {
    return slot === blankSlot;
  }

  /** The entity of a rank whose turn to go is next, or -1. */
  first(rank: number): number {
    return this.#queues.first(rank);
  }

  /** Whether an entity was touched since it was given its place: then it may be given another instead of going. */
  wasTouched(slot: number): boolean {
    return wasTouched(this.#read(slot, this.#seen));
  }

  /** Gives an entity the last place of its queue. */
  placeLast(slot: number): void {
    const rank = this.#rankOf(slot);
    this.#queues.remove(slot, rank);
    this.#queues.place(slot, rank);
    this.#write(slot, this.#seen, inNewPlace(this.#read(slot, this.#seen)));
  }

  /** Event time of the last touch of the entity of the lowest rank whose turn is next; NaN when there is none. */
  nextMs(): number {
    for (let rank = 0; rank < ranks.length; rank++) {
      const slot = this.#queues.first(rank);
      if (slot < 0) continue;
      const lastMs = this.history.spans.lastMs(this.slab.chunkOf(slot), this.slab.startOf(slot));
      return lastMs === 0 ? NaN : lastMs;
    }
    return NaN;
  }

  /** Notes that an event touches an entity. `isAttempt` and `idleMs`: as of `seenAgain`. */
  touch(slot: number, isAttempt: boolean, idleMs: number): void {
    this.#see(slot, seenAgain(this.#read(slot, this.#seen), isAttempt, idleMs));
  }

  /** Notes that an action other than allow came to stand for an account. */
  noteStanding(slot: number): void {
    this.#see(slot, withStanding(this.#read(slot, this.#seen)));
  }

  /** Notes whether an entity has labels. */
  noteLabel(slot: number, isLabelled: boolean): void {
    this.#see(slot, withLabel(this.#read(slot, this.#seen), isLabelled));
  }

  /** Adds a touch to an entity. */
  apply(slot: number, touch: Touch): void {
    const blockBytes = this.#blocks.bytes;
    this.#blocks.serve(this.#kind, slot);
    this.history.add(this.slab.chunkOf(slot), this.slab.startOf(slot), touch);
    this.#chargeBlocks(slot, blockBytes);
  }

  /** One of an entity's blocks has another handle by now. */
  blockMoved(slot: number, from: number, to: number): void {
    for (let index = 0; index < this.#handleCount; index++)
      if (this.#handle(slot, index) === from) return this.#write(slot, this.#handles + index * counterWords, to);
  }

  /** As `KindHistory.rejudge`. */
  rejudge(slot: number, former: Judgement, judgement: Judgement): void {
    this.history.rejudge(this.slab.chunkOf(slot), this.slab.startOf(slot), former, judgement);
    if (judgement !== 0) this.noteLabel(slot, true);
  }

  /** As `KindHistory.readLabels`. */
  readLabels(slot: number, timeMs: number, own: Judgement, values: Float64Array, row: number): void {
    this.history.readLabels(this.slab.chunkOf(slot), this.slab.startOf(slot), timeMs, own, values, row);
  }

  /** As `KindHistory.forget`. */
  forget(slot: number, judgement: Judgement, element: number): void {
    const blockBytes = this.#blocks.bytes;
    this.#blocks.serve(this.#kind, slot);
    this.history.forget(this.slab.chunkOf(slot), this.slab.startOf(slot), judgement, element);
    this.#chargeBlocks(slot, blockBytes);
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
    if (this.slab.wordsOf(slot)[this.slab.startOf(slot) + this.#dumped]! >= this.dump) return false;
    this.#setDumped(slot, this.dump);
    return true;
  }

  /** Words that `save` writes at most. */
  get savedWordsMax(): number {
    return this.slab.recordWords - this.index.keyPlace + this.#handleCount * savedBlockWordsMax;
  }

  /** Copies an entity to `target`, from `at` on: key, last touch, all that is counted. Returns where it ends. */
  save(slot: number, target: Uint32Array, at: number): number {
    const words = this.slab.wordsOf(slot);
    const end = this.slab.startOf(slot) + this.slab.recordWords;
    let to = at;
    for (let from = this.slab.startOf(slot) + this.index.keyPlace; from < end; from++) target[to++] = words[from]!;
    for (let index = 0; index < this.#handleCount; index++)
      to = this.#blocks.save(words, this.slab.startOf(slot) + this.#handles + index * counterWords, target, to);
    return to;
  }

  /** Adds the entity that `save` wrote at `at`; returns where it ends. `relink` completes the table. */
  restore(source: Uint32Array, at: number): number {
    this.blank();
    const slot = this.slab.take();
    const words = this.slab.wordsOf(slot);
    const start = this.slab.startOf(slot);
    let from = at;
    for (let word = this.index.keyPlace; word < this.slab.recordWords; word++) words[start + word] = source[from++]!;
    this.#blocks.serve(this.#kind, slot);
    for (let index = 0; index < this.#handleCount; index++)
      from = this.#blocks.restore(source, from, words, start + this.#handles + index * counterWords);
    this.index.adopt(slot);
    this.#budget.add(this.#kind, this.#rankOf(slot), this.#bytesOf(slot));
    return from;
  }

  /** All entities are restored: makes the queues as they were. */
  relink(placements: number): void {
    this.blank();
    const slots = Uint32Array.from({ length: this.last }, (_, index) => index + 1);
    this.#queues.relink(slots, (slot) => this.#rankOf(slot), placements);
  }

  /** What was seen of an entity is more, or less, by now: it may be of another rank. */
  #see(slot: number, seen: number): void {
    const former = this.#rankOf(slot);
    const rank = rankOf(seen);
    this.#write(slot, this.#seen, rank === former ? seen : inNewPlace(seen));
    if (rank === former) return;
    const bytes = this.#bytesOf(slot);
    this.#budget.add(this.#kind, former, -bytes);
    this.#budget.add(this.#kind, rank, bytes);
    this.#queues.remove(slot, former);
    this.#queues.place(slot, rank);
  }

  #move(slot: number, to: number): void {
    this.index.move(slot, to);
    this.slab.copy(slot, to);
    this.#queues.moved(to, this.#rankOf(to));
    for (let index = 0; index < this.#handleCount; index++) this.#blocks.follow(this.#handle(to, index), to);
  }

  #rankOf(slot: number): number {
    return rankOf(this.#read(slot, this.#seen));
  }

  /** Bytes of an entity, blocks and all. */
  #bytesOf(slot: number): number {
    let bytes = this.entityBytes;
    for (let index = 0; index < this.#handleCount; index++) bytes += this.#blocks.bytesOf(this.#handle(slot, index));
    return bytes;
  }

  #setDumped(slot: number, dump: number): void {
    this.#write(slot, this.#dumped, dump);
  }

  /** Of a counter's block, or `noBlock`. */
  #handle(slot: number, index: number): number {
    const words = this.slab.wordsOf(slot);
    const at = this.slab.startOf(slot) + this.#handles + index * counterWords;
    return isSingle(words, at) ? noBlock : words[at]!;
  }

  /** An entity's blocks take more than when all blocks took `formerBytes`. */
  #chargeBlocks(slot: number, formerBytes: number): void {
    const grownBytes = this.#blocks.bytes - formerBytes;
    if (grownBytes !== 0) this.#budget.add(this.#kind, this.#rankOf(slot), grownBytes);
  }

  #read(slot: number, place: number): number {
    return this.slab.wordsOf(slot)[this.slab.startOf(slot) + place]!;
  }

  #write(slot: number, place: number, value: number): void {
    this.slab.wordsOf(slot)[this.slab.startOf(slot) + place] = value;
  }
}
