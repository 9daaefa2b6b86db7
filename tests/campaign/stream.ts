import {
  messageOf,
  simulatedDay,
  withoutCrowdedTargets,
  type EventMessage,
} from '../integration/processor/support/stream.ts';

/** One simulated day of so many accounts, some four events each. */
const accounts = 900;

export interface Stream {
  readonly messages: readonly EventMessage[];
  /** Time of the last event: milliseconds since the epoch. */
  readonly newestMs: number;
}

/** What is written in a round. What history holds in the end does not depend on the order in which partitions come. */
export function streamOf(seed: number): Stream {
  const events = withoutCrowdedTargets(simulatedDay(seed, accounts));
  return { messages: events.map(messageOf), newestMs: events.at(-1)!.timeMs };
}

export function eventIdOf(value: Buffer | string | null): string {
  return (JSON.parse(String(value)) as { id: string }).id;
}
