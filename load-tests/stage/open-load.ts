import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../load/time.ts';
import type { Schedule } from './deliveries.ts';

/** Milliseconds between two looks at what is due. */
const tickMs = 5;
const recordsPerSendMax = 1_000;
/** Sends without an answer. Beyond that events wait here, and are late. */
const inFlightMax = 32;

export interface LoadOptions<Event> {
  readonly events: readonly Event[];
  readonly schedule: Schedule;
  /** Events per second, until it is changed. */
  readonly rate: number;
  /** Resolves once the broker has acknowledged all of them. */
  readonly send: (events: Event[]) => Promise<unknown>;
}

/**
 * Events that are due whether or not earlier ones have been taken: an open system, as the world outside is one. The rate may be changed at any
 * time. Each event is due at an instant of its own, noted in the schedule.
 */
export class OpenLoad<Event> {
  readonly #options: LoadOptions<Event>;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #rate: number;
  /** Events since the rate was set, and when the first of them is due: summed up, a rounding error each would be another rate. */
  #fromMs = nowMs();
  #count = 0;
  #isEnding = false;
  #failure: Error | null = null;

  constructor(options: LoadOptions<Event>) {
    this.#options = options;
    this.#rate = options.rate;
    this.#running = this.#run().catch((error: unknown) => this.#fail(error));
  }

  /** Events per second from now on. */
  set rate(rate: number) {
    assert(rate > 0, 'a rate is positive');
    this.#fromMs = this.#nextMs();
    this.#count = 0;
    this.#rate = rate;
  }

  /** Throws when it could not send, or had no events left. */
  assertRunning(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Resolves once everything that was due is acknowledged. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
    await Promise.all(this.#inFlight);
    this.assertRunning();
  }

  async #run(): Promise<void> {
    const { schedule, events } = this.#options;
    let handedOver = 0;
    while (!this.#isEnding && this.#failure === null) {
      for (const untilMs = nowMs(); this.#nextMs() <= untilMs; this.#count += 1) {
        if (schedule.sent === events.length) throw new Error(`All ${events.length} events are sent: make more`);
        schedule.add(this.#nextMs());
      }
      handedOver = this.#handOver(handedOver, schedule.sent);
      await sleep(tickMs);
    }
    while (handedOver < schedule.sent && this.#failure === null) {
      handedOver = this.#handOver(handedOver, schedule.sent);
      await sleep(tickMs);
    }
  }

  #nextMs(): number {
    return this.#fromMs + (this.#count * 1_000) / this.#rate;
  }

  /** Sends what it may. Returns the first event that has to wait. */
  #handOver(from: number, to: number): number {
    let next = from;
    while (next < to && this.#inFlight.size < inFlightMax) {
      const end = Math.min(to, next + recordsPerSendMax);
      const sending: Promise<void> = this.#options
        .send(this.#options.events.slice(next, end))
        .catch((error: unknown) => this.#fail(error))
        .then(() => void this.#inFlight.delete(sending));
      this.#inFlight.add(sending);
      next = end;
    }
    return next;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }
}
