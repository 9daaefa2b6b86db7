import { makeEvents, type LoadEvent } from '../load/stream.ts';

/** The events of a run's scenarios: made once, since making them takes longer than many a scenario, and the same for each of them. */
export class EventSupply {
  readonly #seed: number;
  #held: readonly LoadEvent[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The first so many of the stream. They happened before they were made; a run of hours is well within what may be late. */
  first(count: number): readonly LoadEvent[] {
    if (this.#held.length < count) this.#held = makeEvents({ count, seed: this.#seed, endMs: Date.now() });
    return this.#held.slice(0, count);
  }
}
