import { hash } from 'node:crypto';
import type { Mode } from '../domain/decision.ts';

/** Hex digits of an id: 128 bits, so that two causes never meet. */
const digits = 32;

/**
 * The id of the decision that an event causes: the same event, model, policy and mode always give the same one, so that a
 * reader can drop what a redelivery repeats.
 */
export function decisionId(
  source: string,
  eventId: string,
  modelSha256: string,
  policySha256: string,
  mode: Mode,
): string {
  return `dec_${hash('sha256', `${source}\n${eventId}\n${modelSha256}\n${policySha256}\n${mode}`, 'hex').slice(0, digits)}`;
}
