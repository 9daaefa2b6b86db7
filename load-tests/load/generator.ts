import type { Histogram } from 'hdr-histogram-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { record } from './latencies.ts';
import { dueMs, dueUntil, type Phase } from './ledger.ts';
import type { LoadEvent } from './stream.ts';
import { nowMs } from './time.ts';

export interface GeneratorOptions {
  readonly events: readonly LoadEvent[];
  /** Resolves once the broker has acknowledged all of them. */
  readonly send: (events: LoadEvent[]) => Promise<unknown>;
  /** Milliseconds from the instant at which an event was due until it was handed to the client. */
  readonly lateness: Histogram;
  /** Milliseconds from there until the broker had acknowledged it. */
  readonly acknowledgement: Histogram;
}

/** Milliseconds between two looks at what is due. On average an event waits for half of it, before any processor. */
const tickMs = 5;
const recordsPerSendMax = 1_000;
/** Sends without an answer. Beyond that events wait here, and their lateness counts. */
export const inFlightMax = 32;

/**
 * Sends the events of a phase when they are due, whether or not earlier ones have been acknowledged, let alone decided: an
 * open system, as the world outside is one. Resolves with the rate at which it sent the measured ones, in events per
 * second, once all are acknowledged.
 */
export async function sendPhase(phase: Phase, options: GeneratorOptions): Promise<number> {
  const { events, lateness, acknowledgement } = options;
  const inFlight = new Set<Promise<void>>();
  let failure: unknown;
  const send = async (from: number, to: number): Promise<void> => {
    const sentMs = nowMs();
    const measured = Math.max(0, to - Math.max(from, phase.measuredFrom));
    for (let index = to - measured; index < to; index += 1) record(lateness, sentMs - dueMs(phase, index));
    await options.send(events.slice(from, to));
    if (measured > 0) record(acknowledgement, nowMs() - sentMs, measured);
  };

  for (let next = phase.from; next < phase.to;) {
    const due = dueUntil(phase, nowMs());
    while (next < due && inFlight.size < inFlightMax) {
      const to = Math.min(due, next + recordsPerSendMax);
      const sending: Promise<void> = send(next, to)
        .catch((error: unknown) => (failure ??= error))
        .then(() => void inFlight.delete(sending));
      inFlight.add(sending);
      next = to;
    }
    if (failure !== undefined) break;
    await sleep(tickMs);
  }
  const endMs = nowMs();
  await Promise.all(inFlight);
  if (failure !== undefined) throw new Error('The generator could not send', { cause: failure });
  const measured = phase.to - phase.measuredFrom;
  return (measured * 1_000) / (endMs - dueMs(phase, phase.measuredFrom));
}
