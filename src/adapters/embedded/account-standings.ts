import type { Standing } from '../../domain/standing.ts';
import type { AccountMemory } from '../../history/account-memory.ts';
import type { KeptStandings } from './kept-standings.ts';
import type { KindTable } from './kind-table.ts';

/** What stands for accounts: beside their history while that is held, and kept apart where it had to go and no time ends it. */
export class AccountStandings {
  readonly #table: KindTable;
  readonly #memory: AccountMemory;
  readonly #kept: KeptStandings;

  constructor(table: KindTable, memory: AccountMemory, kept: KeptStandings) {
    this.#table = table;
    this.#memory = memory;
    this.#kept = kept;
  }

  /** @param slot of the account; the blank one where it is not held. */
  of(slot: number, high: number, low: number): Standing | undefined {
    const standing = this.#memory.standing(this.#table.slab.chunkOf(slot), this.#table.slab.startOf(slot));
    if (standing !== undefined || this.#kept.size === 0) return standing;
    const kept = this.#kept.find(high, low);
    return kept < 0 ? undefined : this.#kept.standing(kept);
  }

  /**
   * Notes what stands for an account that is held in a slot.
   * @param hasActed whether another action than allow stood before it, and was not noted.
   */
  settle(slot: number, standing: Standing, hasActed = false): void {
    this.#memory.settle(this.#table.slab.chunkOf(slot), this.#table.slab.startOf(slot), standing);
    if (hasActed || standing.action !== 'allow' || standing.word !== undefined) this.#table.noteStanding(slot);
  }

  /** An account is back in a slot of its own: what stood for it stands. */
  recall(slot: number, high: number, low: number): void {
    const kept = this.#kept.find(high, low);
    if (kept < 0) return;
    this.settle(slot, this.#kept.standing(kept));
    this.#kept.drop(kept);
  }

  /** The account in a slot has to go. */
  keep(slot: number): void {
    const [memory, start] = [this.#table.slab.chunkOf(slot), this.#table.slab.startOf(slot)];
    if (!this.#memory.lasts(memory, start)) return;
    const key = start + this.#table.index.keyPlace;
    this.#kept.keep(memory.words[key]!, memory.words[key + 1]!, this.#memory.standing(memory, start)!);
  }
}
