import type { Message } from 'kafkajs';
import { simulate } from '../../../../src/simulation/simulate.ts';

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
  for (const { json, subject } of events()) yield { key: subject, value: json };
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
