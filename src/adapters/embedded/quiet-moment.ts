/** Milliseconds that batches are held back at most. */
const heldMsMax = 250;

/**
 * Finds a moment at which no batch is between its observation and its end, so that a snapshot is of whole batches: one that it has
 * in part would be decided again with its own later events in view, and perhaps otherwise.
 *
 * From `find` to `end` new batches are held back, until those under way have come to their end. Something may keep one for long,
 * such as a broker that is away: then the moment is not quiet, and a snapshot of it is correct as well.
 */
export class QuietMoment {
  readonly #isQuiet: () => boolean;
  #held: PromiseWithResolvers<void> | undefined;
  #found: PromiseWithResolvers<void> | undefined;

  constructor(isQuiet: () => boolean) {
    this.#isQuiet = isQuiet;
  }

  /** What a batch has to wait for before it may begin; undefined for nothing. */
  get held(): Promise<void> | undefined {
    return this.#held?.promise;
  }

  async find(): Promise<void> {
    this.#held = Promise.withResolvers();
    if (this.#isQuiet()) return;
    this.#found = Promise.withResolvers();
    const timer = setTimeout(this.#found.resolve, heldMsMax);
    await this.#found.promise;
    clearTimeout(timer);
  }

  /** A batch has come to its end. */
  look(): void {
    if (this.#found !== undefined && this.#isQuiet()) this.#found.resolve();
  }

  /** Lets go what was held back. */
  end(): void {
    this.#held?.resolve();
    this.#held = undefined;
    this.#found = undefined;
  }
}
