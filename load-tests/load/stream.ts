import { simulate, type SimulatedEvent } from '../../src/simulation/simulate.ts';

export interface LoadEvent {
  /** Unique in the run: by it an output is matched with what caused it. */
  readonly id: string;
  /** Account id. */
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Below the seven days after which an event no longer counts in windows. */
const days = 6;
/** A stream of this many days has about eight events an account. */
const eventsPerAccount = 6;

/**
 * The last `count` events of a simulated stream, all shifted by the same time so that the last one happens at `endMs` (epoch
 * milliseconds): what lies between two events, and so every window, is as it was simulated. The same arguments give the
 * same bytes.
 */
export function makeEvents({ count, seed, endMs }: { count: number; seed: number; endMs: number }): LoadEvent[] {
  let events: SimulatedEvent[] = [];
  for (let accounts = Math.ceil(count / eventsPerAccount); events.length < count; accounts *= 2) {
    events = [...simulate({ seed, accounts, days }).events()];
  }
  const shiftMs = endMs - events.at(-1)!.timeMs;
  return events.slice(-count).map((event) => toLoadEvent(event, shiftMs));
}

function toLoadEvent({ json, subject, timeMs }: SimulatedEvent, shiftMs: number): LoadEvent {
  // The envelope comes before the data, so the first such text is the event's own time.
  const shifted = json.replace(isoTime(timeMs), isoTime(timeMs + shiftMs));
  const { id } = JSON.parse(shifted) as { id: string };
  return { id, key: Buffer.from(subject), value: Buffer.from(shifted) };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
