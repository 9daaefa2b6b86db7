import type { Standing } from '../../domain/standing.ts';
import {
  readStanding,
  standingCode,
  standingWords,
  wordWords,
  writeStanding,
  writeWord,
} from '../../history/account-memory.ts';
import { EntityIndex, indexBytesPerEntity } from './entity-index.ts';
import { Queues } from './queues.ts';
import { Slab } from './slab.ts';

/** Part of all memory that is theirs. */
export const keptPart = 1 / 32;

/**
 * What stands for accounts whose history had to go, where no time ends it: a tenth of the memory that the account would take. Of more
 * than there is room for, those that were kept first go. Records lie without gaps, as in `KindTable`, and a dump has them too.
 */
export class KeptStandings {
  readonly slab: Slab;
  /** The last dump that was begun. */
  dump = 0;
  /** Standings that went because there was no room. */
  dropped = 0;
  readonly #index: EntityIndex;
  readonly #queues: Queues;
  /** Word: the last dump that has this one, or that began before there was one. */
  readonly #dumped: number;
  /** Words: the action's code, and the standing as `writeStanding` and `writeWord` write it. */
  readonly #standing: number;
  readonly #countMax: number;

  readonly #preserve: (slot: number) => void;

  /**
   * @param bytesMax of all of them; at least one has room.
   * @param preserve called before one in a slot changes: a dump under way is to have it.
   */
  constructor(bytesMax: number, chunkBytes: number, preserve: (slot: number) => void = () => undefined) {
    this.#preserve = preserve;
    const slab = new Slab(chunkBytes);
    this.slab = slab;
    this.#dumped = slab.reserve('dumped', 1, 4);
    const links = Queues.reserveLinks(slab);
    this.#index = new EntityIndex(slab, chunkBytes);
    this.#queues = new Queues(slab, links, 1);
    this.#standing = slab.reserve('code, standing, word', 1 + standingWords + wordWords, 4);
    const bytes = slab.recordBytes + indexBytesPerEntity;
    this.#countMax = Math.max(1, Math.floor((bytesMax - slab.slackBytesMax - this.#index.slackBytesMax) / bytes));
  }

  get size(): number {
    return this.#index.size;
  }

  /** As `Queues.placements`. */
  get placements(): number {
    return this.#queues.placements;
  }

  /** Words that `save` writes. */
  get savedWordsMax(): number {
    return this.slab.recordWords - this.#index.keyPlace;
  }

  get allocatedBytes(): number {
    return this.slab.allocatedBytes + this.#index.allocatedBytes;
  }

  find(high: number, low: number): number {
    return this.size === 0 ? -1 : this.#index.find(high, low);
  }

  standing(slot: number): Standing {
    const { words } = this.slab.chunkOf(slot);
    const at = this.slab.startOf(slot) + this.#standing;
    return readStanding(words, at + 1, words[at]!, at + 1 + standingWords);
  }

  /**
   * Keeps what stands for an account that is not held, where no time ends it; else nothing of it is kept.
   * @param standsAlone it is kept also where time ends it, in the first half of the places: nothing lets go of it when its time is over, and what no
   *   time ends must not go for it
   */
  keep(high: number, low: number, standing: Standing, standsAlone = false): void {
    this.drop(this.find(high, low));
    if (standing.lasts !== true) {
      if (!standsAlone) return;
      if (this.size * 2 >= this.#countMax) return void this.dropped++;
    }
    while (this.size >= this.#countMax) {
      this.drop(this.#queues.first(0));
      this.dropped++;
    }
    const slot = this.#index.add(high, low);
    const { words } = this.slab.chunkOf(slot);
    const start = this.slab.startOf(slot);
    words[start + this.#dumped] = this.dump;
    words[start + this.#standing] = standingCode(standing);
    writeWord(words, writeStanding(words, start + this.#standing + 1, standing), standing);
    this.#queues.place(slot, 0);
  }

  /** Lets go of the one in a slot, or of none where that is -1. The last one has this slot from here on. */
  drop(slot: number): void {
    if (slot < 0) return;
    const last = this.slab.end - 1;
    this.#preserve(slot);
    this.#preserve(last);
    this.#queues.remove(slot, 0);
    this.#index.remove(slot);
    if (slot !== last) {
      this.#index.move(last, slot);
      this.slab.copy(last, slot);
      this.#queues.moved(slot, 0);
    }
    this.slab.releaseLast();
  }

  /** Whether the dump of the moment is to have the one in a slot and does not yet. Once asked, it counts as dumped. */
  takeForDump(slot: number): boolean {
    const { words } = this.slab.chunkOf(slot);
    const at = this.slab.startOf(slot) + this.#dumped;
    if (words[at]! >= this.dump) return false;
    words[at] = this.dump;
    return true;
  }

  /** Copies one to `target`, from `at` on; returns where it ends. */
  save(slot: number, target: Uint32Array, at: number): number {
    const start = this.slab.startOf(slot);
    const saved = this.slab.chunkOf(slot).words.subarray(start + this.#index.keyPlace, start + this.slab.recordWords);
    target.set(saved, at);
    return at + saved.length;
  }

  /** Adds the one that `save` wrote at `at`; returns where it ends. `relink` completes it. */
  restore(source: Uint32Array, at: number): number {
    const slot = this.slab.take();
    const start = this.slab.startOf(slot) + this.#index.keyPlace;
    const end = at + this.savedWordsMax;
    this.slab.chunkOf(slot).words.set(source.subarray(at, end), start);
    this.#index.adopt(slot);
    return end;
  }

  /** All are restored: makes the queue as it was. A store of less memory keeps what it has room for. */
  relink(placements: number): void {
    this.#queues.relink(
      Uint32Array.from({ length: this.slab.end }, (_, slot) => slot),
      () => 0,
      placements,
    );
    while (this.size > this.#countMax) this.drop(this.#queues.first(0));
  }
}
