import type { Message } from 'kafkajs';
import { distinctExactMax } from '../../../../src/features/state.ts';
import { simulate, type SimulatedEvent } from '../../../../src/simulation/simulate.ts';

const dayMs = 24 * 3_600_000;
const days = 14;

export interface EventMessage extends Message {
  readonly key: string;
  readonly value: string;
}

/** Simulated events as the platform writes them, keyed by the account, attacks among them; all of them lie in the past. */
export function* simulated(seed: number, accounts: number): Generator<EventMessage, void, undefined> {
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const { events } = simulate({ seed, accounts, days, startMs: today - (days + 1) * dayMs });
  for (const event of events()) yield messageOf(event);
}

/** The first `count` of them. */
export function simulatedEvents(seed: number, count: number): EventMessage[] {
  // An account brings about eleven events.
  const events = simulated(seed, Math.ceil(count / 5))
    .take(count)
    .toArray();
  if (events.length < count) throw new Error(`seed ${seed} gives only ${events.length} events`);
  return events;
}

/** The events of one whole day that lies in the past, at whose end each of them is still in the window of 24 hours. */
export function simulatedDay(seed: number, accounts: number): SimulatedEvent[] {
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  return Array.from(simulate({ seed, accounts, days: 1, startMs: today - 2 * dayMs }).events());
}

/**
 * Of a target's hour, more actors than fit are a sample, and which depends on the order in which they come. Such targets are left out, so
 * that what history holds in the end does not depend on that order.
 */
export function withoutCrowdedTargets(events: readonly SimulatedEvent[]): SimulatedEvent[] {
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

export function messageOf({ json, subject }: SimulatedEvent): EventMessage {
  return { key: subject, value: json };
}

/** Marks a record that is no valid event, so that its fate can be told from a valid one's. */
export const invalidHeader = 'case';

/** A record that is no event. */
export function invalid(
  name: string,
  value: Buffer | string | null,
  key: Buffer | string | null = 'acc_invalid',
): Message {
  return { key, value, headers: { [invalidHeader]: name } };
}

/** Puts one of `rare` after every `every` of `many`, in turn. */
export function mixed(many: readonly Message[], rare: readonly Message[], every: number): Message[] {
  return many.flatMap((each, index) => {
    const turn = Math.floor(index / every);
    return index % every === every - 1 ? [each, rare[turn % rare.length]!] : [each];
  });
}
