import { hash } from 'node:crypto';
import type { Cause, Mode } from '../domain/decision.ts';
import { eventKey, type AccountEvent, type EventType } from '../domain/event.ts';

/** Hex digits of an id: 128 bits, so that two causes never meet. */
const digits = 32;

/** What causes a decision, where it is not what happened. */
const kindsOfCause: Readonly<Partial<Record<EventType, Cause['kind']>>> = {
  'account.labelled': 'label',
  'account.group_verdict': 'group',
  'account.listed': 'list',
};

/** What all decisions about a cause are functions of, beside the cause and the account. */
export interface DecisionVersions {
  readonly modelSha256: string;
  /** Null where nothing was taken for usual. */
  readonly normsSha256: string | null;
  readonly policySha256: string;
  readonly mode: Mode;
}

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
  const kind = kindsOfCause[event.type] ?? 'event';
  return decisionIdOf(`${kind} ${eventKey(event)}`, event.subject, { modelSha256, normsSha256, policySha256, mode });
}

/**
 * The id of the decision that anything causes.
 * @param cause its kind, and what tells it from every other of that kind.
 */
export function decisionIdOf(
  cause: string,
  subject: string,
  { modelSha256, normsSha256, policySha256, mode }: DecisionVersions,
): string {
  const whole = `${cause} ${subject.length}:${subject} ${modelSha256} ${normsSha256 ?? 'no norms'} ${policySha256} ${mode}`;
  return `dec_${hash('sha256', whole, 'hex').slice(0, digits)}`;
}
