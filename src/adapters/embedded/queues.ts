import type { Slab } from './slab.ts';

/** Places of the links that queues keep in each record. */
export interface QueueLinks {
  readonly older: number;
  readonly newer: number;
}

/**
 * One queue of slots for each rank, in the records of a slab: who was placed first goes first. A touch moves nobody, so that it
 * costs no look at neighbours; who was touched meanwhile is given another place when its turn comes.
 *
 * Links are slots plus 1, and 0 is none.
 */
export class Queues {
  /** Places given so far. An entity keeps the number of its own, from which `relink` makes the queues anew. */
  placements = 0;
  readonly #slab: Slab;
  readonly #older: number;
  readonly #newer: number;
  /** Double: number of the place. */
  readonly #placed: number;
  /** The two ends of each queue. */
  readonly #oldest: Uint32Array;
  readonly #newest: Uint32Array;

  /** Links are made anew by `relink`, so they are reserved before what is worth keeping. */
  static reserveLinks(slab: Slab): QueueLinks {
    return { older: slab.reserve('older', 1, 4), newer: slab.reserve('newer', 1, 4) };
  }

  constructor(slab: Slab, { older, newer }: QueueLinks, queues: number) {
    this.#slab = slab;
    this.#older = older;
    this.#newer = newer;
    this.#placed = slab.reserve('placed', 1, 8);
    this.#oldest = new Uint32Array(queues);
    this.#newest = new Uint32Array(queues);
  }

  /** Gives a slot that is in no queue the last place of one. */
  place(slot: number, queue: number): void {
    this.#append(slot, queue);
    this.#slab.chunkOf(slot).doubles[this.#placedAt(slot)] = ++this.placements;
  }

  /** Takes a slot out of its queue. */
  remove(slot: number, queue: number): void {
    const newer = this.#get(slot, this.#newer);
    const older = this.#get(slot, this.#older);
    if (newer !== 0) this.#set(newer - 1, this.#older, older);
    else this.#newest[queue] = older;
    if (older !== 0) this.#set(older - 1, this.#newer, newer);
    else this.#oldest[queue] = newer;
  }

  /** The slot whose turn is next, or -1. */
  first(queue: number): number {
    return this.#oldest[queue]! - 1;
  }

  /** A record of a queue lies in another slot by now, links and all. */
  moved(slot: number, queue: number): void {
    const newer = this.#get(slot, this.#newer);
    const older = this.#get(slot, this.#older);
    if (newer !== 0) this.#set(newer - 1, this.#older, slot + 1);
    else this.#newest[queue] = slot + 1;
    if (older !== 0) this.#set(older - 1, this.#newer, slot + 1);
    else this.#oldest[queue] = slot + 1;
  }

  /**
   * Makes the queues of these slots, in the order of their places.
   * @param placements how many places were given in all.
   */
  relink(slots: Uint32Array, queueOf: (slot: number) => number, placements: number): void {
    const placed = Float64Array.from(slots, (slot) => this.#slab.chunkOf(slot).doubles[this.#placedAt(slot)]!);
    const order = Uint32Array.from(slots.keys()).toSorted((first, second) => placed[first]! - placed[second]!);
    for (const index of order) this.#append(slots[index]!, queueOf(slots[index]!));
    this.placements = placements;
  }

  #append(slot: number, queue: number): void {
    const newest = this.#newest[queue]!;
    this.#set(slot, this.#older, newest);
    this.#set(slot, this.#newer, 0);
    if (newest !== 0) this.#set(newest - 1, this.#newer, slot + 1);
    else this.#oldest[queue] = slot + 1;
    this.#newest[queue] = slot + 1;
  }

  #placedAt(slot: number): number {
    return this.#slab.startOf(slot) / 2 + this.#placed;
  }

  #get(slot: number, place: number): number {
    return this.#slab.wordsOf(slot)[this.#slab.startOf(slot) + place]!;
  }

  #set(slot: number, place: number, value: number): void {
    this.#slab.wordsOf(slot)[this.#slab.startOf(slot) + place] = value;
  }
}
