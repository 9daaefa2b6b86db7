/** Milliseconds that batches are held back at most. */
const heldMsMax = 250;

/**
 * Finds a moment at which no batch is under way, so that a snapshot is of whole batches: one that it has in part would be decided
 * again with its own later events in view, and perhaps otherwise.
 *
 * From `find` to `end` new batches are held back, until those under way have come to their end. Something may keep one for long,
 * such as a broker that is away: then the moment is not quiet, and a snapshot of it is correct as well.
 *
 * A batch is under way from its beginning to its end, however it ends. What a store has observed and not yet completed does not
 * say that: a batch whose partition was revoked ends without being completed, and no later one completes it here.
 */
export class QuietMoment {
  #underWay = 0;
  #held: PromiseWithResolvers<void> | undefined;
  #found: PromiseWithResolvers<void> | undefined;

  /** Does a batch's work; while batches are held back, only after that. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    while (this.#held !== undefined) await this.#held.promise;
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#found?.resolve();
    }
  }

  async find(): Promise<void> {
    this.#held = Promise.withResolvers();
    if (this.#underWay === 0) return;
    this.#found = Promise.withResolvers();
    const timer = setTimeout(this.#found.resolve, heldMsMax);
    await this.#found.promise;
    clearTimeout(timer);
  }

  /** Lets go what was held back. */
  end(): void {
    this.#held?.resolve();
    this.#held = undefined;
    this.#found = undefined;
  }
}
