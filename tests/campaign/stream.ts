import { distinctExactMax } from '../../src/features/state.ts';
import type { SimulatedEvent } from '../../src/simulation/simulate.ts';
import { messageOf, simulatedDay, type EventMessage } from '../integration/processor/support/stream.ts';

/** One simulated day of so many accounts, some four events each. */
const accounts = 900;

export interface Stream {
  readonly messages: readonly EventMessage[];
  /** Time of the last event: milliseconds since the epoch. */
  readonly newestMs: number;
}

/**
 * What is written in a round. Of a target's hour more actors than fit are a sample, and which depends on the order in which partitions
 * come; such targets are left out, so that what history holds in the end does not depend on that order.
 */
export function streamOf(seed: number): Stream {
  const events = withoutCrowdedTargets(simulatedDay(seed, accounts));
  return { messages: events.map(messageOf), newestMs: events.at(-1)!.timeMs };
}

function withoutCrowdedTargets(events: readonly SimulatedEvent[]): SimulatedEvent[] {
  const byTarget = Map.groupBy(events, targetOf);
  const actors = (target: string): number => new Set(byTarget.get(target)?.map(({ subject }) => subject)).size;
  return events.filter((event) => {
    const target = targetOf(event);
    return target === undefined || actors(target) <= distinctExactMax;
  });
}

function targetOf({ json }: SimulatedEvent): string | undefined {
  return (JSON.parse(json) as { data: { target?: string } }).data.target;
}

export function eventIdOf(value: Buffer | string | null): string {
  return (JSON.parse(String(value)) as { id: string }).id;
}
