import { hash } from 'node:crypto';
import type { AccountEvent } from '../domain/event.ts';
import type { HoldWord } from '../domain/legal-hold.ts';
import { parseTime } from './time.ts';

/** Hex digits of what a hold is called. */
const digits = 32;

/** What names the hold that an event places or lifts: a hash of its authority and reference; null of other events. */
export function nameOfHold(event: AccountEvent): string | null {
  if (event.type !== 'account.hold_placed' && event.type !== 'account.hold_lifted') return null;
  const { authority, reference } = event.data;
  return hash('sha256', `${authority.length}:${authority}${reference}`, 'hex').slice(0, digits);
}

/** The last moment of the hold that an event places, milliseconds since the epoch; null where it has none, and of other events. */
export function endOfHold(event: AccountEvent): number | null {
  const until = event.type === 'account.hold_placed' ? event.data.until : undefined;
  return until === undefined ? null : parseTime(until);
}

/**
 * What an event says of whether its account may be forgotten; undefined of events that say nothing of it.
 * @param knownMs when it was written, milliseconds since the epoch
 */
export function holdWordOf(event: AccountEvent, knownMs: number): HoldWord | undefined {
  const { type, timeMs } = event;
  switch (type) {
    case 'account.erasure_requested':
      return { type, timeMs, knownMs, hold: null, untilMs: null };
    case 'account.hold_placed':
    case 'account.hold_lifted':
      return { type, timeMs, knownMs: timeMs, hold: nameOfHold(event), untilMs: endOfHold(event) };
    default:
      return undefined;
  }
}
