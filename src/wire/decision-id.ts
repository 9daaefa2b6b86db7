import { hash } from 'node:crypto';
import type { Mode } from '../domain/decision.ts';
import { eventKey, type AccountEvent } from '../domain/event.ts';

/** Hex digits of an id: 128 bits, so that two causes never meet. */
const digits = 32;

/**
 * The id of the decision that an event causes: the same event, account, model, norms, policy and mode always give the same one, so that
 * a reader can drop what a redelivery repeats. Two accounts never share one, whatever their producers call their events.
 */
export function decisionId(
  event: Pick<AccountEvent, 'source' | 'id' | 'type' | 'timeMs' | 'subject'>,
  modelSha256: string,
  normsSha256: string | null,
  policySha256: string,
  mode: Mode,
): string {
  const cause = `event ${eventKey(event)} ${event.subject.length}:${event.subject}`;
  return `dec_${hash('sha256', `${cause} ${modelSha256} ${normsSha256 ?? 'no norms'} ${policySha256} ${mode}`, 'hex').slice(0, digits)}`;
}
