import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for all of it together: what does not end by then is left to the end of the process. */
const farewellMsMax = 2_000;

/**
 * What is to be let go when a run ends, however it ends: parts that were made before another one could not be, and those that
 * serve until the end. In the reverse order of their making, each although one before it failed.
 */
export class Farewell {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Resolves when all is let go, or the time is over; never rejects. */
  async say(msMax = farewellMsMax): Promise<void> {
    const done = new AbortController();
    const late = sleep(msMax, undefined, { ref: false, signal: done.signal }).catch(() => undefined);
    await Promise.race([this.#all(), late]);
    done.abort();
  }

  async #all(): Promise<void> {
    for (const step of this.#steps.toReversed()) await Promise.try(step).catch(() => undefined);
  }
}
