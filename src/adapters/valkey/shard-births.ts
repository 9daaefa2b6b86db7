/** No shard has this birth: nothing was ever appended to it. */
const unborn = 0;

/**
 * Finds out that shards were emptied under way, by a server that came back without its data or by a hand: a shard's birth is a number
 * that its first append gives it. What this process does not know from before, it cannot miss.
 */
export class ShardBirths {
  /** [shard] its birth when it was last heard of. */
  readonly #births: number[] = [];
  #lost = 0;

  /** Notes what a reply says of its shard. */
  note(shard: number, birth: number): void {
    const former = this.#births[shard] ?? unborn;
    this.#births[shard] = birth;
    if (former !== unborn && birth !== former) this.#lost++;
  }

  /** Shards that were emptied since this was last asked. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}
