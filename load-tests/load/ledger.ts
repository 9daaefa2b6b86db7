import assert from 'node:assert/strict';
import type { Histogram } from 'hdr-histogram-js';
import { record } from './latencies.ts';

/** A stretch of the stream that is sent at a constant rate: event `i` of `from <= i < to` is due at `dueMs(phase, i)`. */
export interface Phase {
  readonly from: number;
  readonly to: number;
  /** Events before this one are sent and awaited, and not measured. */
  readonly measuredFrom: number;
  readonly startMs: number;
  /** Events per second. */
  readonly rate: number;
  /** Takes the latency of each measured event. */
  readonly latency: Histogram;
}

/** The instant at which an event is to arrive, on the clock of `startMs`. */
export function dueMs({ from, startMs, rate }: Phase, index: number): number {
  return startMs + ((index - from) * 1_000) / rate;
}

/** The first event that is not due yet. */
export function dueUntil({ from, to, startMs, rate }: Phase, nowMs: number): number {
  const due = Math.floor(((nowMs - startMs) * rate) / 1_000) + 1;
  return Math.min(to, from + Math.max(0, due));
}

/**
 * Holds what was sent to one processor against what came out. Latency is counted from the instant at which an event was due,
 * not from when it was sent: what had to wait, because everything before it was late, is late too. (Gil Tene calls
 * the mistake of not doing so coordinated omission.)
 */
export class Ledger {
  readonly #indexById: ReadonlyMap<string, number>;
  readonly #seen: Uint8Array;
  readonly #phases: Phase[] = [];
  #received = 0;
  #duplicates = 0;
  #unknown = 0;

  /** @param indexById position in the stream of each event's id. */
  constructor(indexById: ReadonlyMap<string, number>) {
    this.#indexById = indexById;
    this.#seen = new Uint8Array(indexById.size);
  }

  /** Everything in it counts as sent from now on. Phases follow each other without a gap. */
  open(phase: Phase): void {
    assert(phase.from === this.sent && phase.to <= this.#seen.length, 'phases follow each other');
    this.#phases.push(phase);
  }

  /** An output that was caused by the event of this id has come at this instant. */
  receive(id: string, nowMs: number): void {
    const index = this.#indexById.get(id) ?? Infinity;
    if (index >= this.sent) {
      this.#unknown += 1;
      return;
    }
    if (this.#seen[index] === 1) {
      this.#duplicates += 1;
      return;
    }
    this.#seen[index] = 1;
    this.#received += 1;
    const phase = this.#phases.findLast(({ from }) => from <= index)!;
    if (index >= phase.measuredFrom) record(phase.latency, nowMs - dueMs(phase, index));
  }

  get sent(): number {
    return this.#phases.at(-1)?.to ?? 0;
  }

  get received(): number {
    return this.#received;
  }

  get missing(): number {
    return this.sent - this.#received;
  }

  /** Outputs whose event had one already. At-least-once allows them. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Outputs of events that were not sent. */
  get unknown(): number {
    return this.#unknown;
  }
}
